from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.desk import priorities
from tickets.desk.priorities import choices as priority_choices
from tickets.sla.models import LONGEST_MINUTES, ClockEvent, MetricName


class EscalationTier(models.Model):
    """One rung of the ladder: who stands there, and how often the customer hears from us while they have the case."""

    level = models.PositiveSmallIntegerField(_("level"), unique=True, validators=[MinValueValidator(1)])
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("what it can do"), max_length=300, blank=True)
    teams = models.ManyToManyField(
        "tickets.Team",
        blank=True,
        related_name="tiers",
        verbose_name=_("teams"),
        help_text=_("A case that comes here goes to one of these teams. None: it stays with the team of its topic."),
    )
    update_minutes = models.PositiveIntegerField(
        _("minutes between updates to the customer, in business hours"),
        default=960,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)],
    )

    field_classes = {"public": ("id", "level", "name", "description", "teams", "update_minutes")}

    class Meta:
        verbose_name = _("escalation tier")
        verbose_name_plural = _("escalation tiers")
        ordering = ["level"]

    def __str__(self) -> str:
        return self.name


class Trigger(models.TextChoices):
    """What can set off a rule."""

    CLOCK = "clock", pgettext_lazy("trigger", "A clock reaches a step")
    REOPENED = "reopened", pgettext_lazy("trigger", "The case was opened again so many times")
    ATTEMPTS = "attempts", pgettext_lazy("trigger", "So many attempts failed")
    RATING = "rating", pgettext_lazy("trigger", "A rating of so many stars or fewer")
    PROMISE = "promise", pgettext_lazy("trigger", "A promise was broken")
    OUTAGE = "outage", pgettext_lazy("trigger", "A critical outage")
    REQUEST = "request", pgettext_lazy("trigger", "The customer asks for somebody more senior")


COUNTED = frozenset({Trigger.REOPENED, Trigger.ATTEMPTS, Trigger.RATING})
"""Triggers that need a number."""


class Notify(models.TextChoices):
    """Who is told when a rule fires."""

    ASSIGNEE = "assignee", pgettext_lazy("who is told", "Whoever has the case")
    FOLLOWERS = "followers", pgettext_lazy("who is told", "Its followers")
    LEADS = "leads", pgettext_lazy("who is told", "The leads")


class EscalationRule(models.Model):
    """When something happens to a case, this is done about it. A rule fires once per ticket and cause."""

    name = models.CharField(_("name"), max_length=120)
    active = models.BooleanField(_("in use"), default=True)
    trigger = models.CharField(_("when"), max_length=10, choices=Trigger, default=Trigger.CLOCK)
    metric = models.CharField(_("clock"), max_length=12, choices=MetricName, blank=True)
    step = models.CharField(
        _("step"),
        max_length=10,
        blank=True,
        choices=[
            (kind.value, kind.label) for kind in (ClockEvent.Kind.WARN, ClockEvent.Kind.BREACH, ClockEvent.Kind.OVERDUE)
        ],
    )
    threshold = models.PositiveSmallIntegerField(
        _("number"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text=_("Of reopenings, failed attempts or stars."),
    )
    priorities = models.JSONField(_("only these priorities"), default=list, blank=True)

    raise_tier = models.BooleanField(_("hand the case to a higher tier"), default=True)
    to_tier = models.ForeignKey(
        EscalationTier,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("straight to this tier"),
        help_text=_("Empty: to the next one up."),
    )
    highest_tier = models.ForeignKey(
        EscalationTier,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("not above this tier"),
    )
    set_priority = models.CharField(_("set the priority"), max_length=10, choices=priority_choices, blank=True)
    update_minutes = models.PositiveIntegerField(
        _("minutes between updates to the customer from then on, in business hours"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)],
    )
    notify = models.JSONField(_("tell"), default=list, blank=True)
    answer_minutes = models.PositiveIntegerField(
        _("minutes until a lead has answered the customer who asked, in business hours"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)],
    )

    field_classes = {
        "public": (
            "id", "name", "active", "trigger", "metric", "step", "threshold", "priorities", "raise_tier", "to_tier",
            "highest_tier", "set_priority", "update_minutes", "notify", "answer_minutes",
        )
    }  # fmt: skip

    class Meta:
        verbose_name = _("escalation rule")
        verbose_name_plural = _("escalation rules")
        ordering = ["trigger", "metric", "step", "threshold", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(trigger="clock") | (~models.Q(metric="") & ~models.Q(step="")),
                name="a_clock_rule_names_clock_and_step",
                violation_error_message=_("Say which clock, and at which of its steps."),
            ),
            models.CheckConstraint(
                condition=~models.Q(trigger__in=["reopened", "attempts", "rating"]) | models.Q(threshold__isnull=False),
                name="a_counting_rule_has_a_number",
                violation_error_message=_("Say at which number."),
            ),
            models.CheckConstraint(
                condition=~models.Q(trigger="request") | models.Q(answer_minutes__isnull=False),
                name="a_request_is_answered_by_a_date",
                violation_error_message=_("Say within how many minutes a lead answers: the customer is told the date."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        known = {"priorities": list(priorities.LABELS), "notify": Notify.values}
        for name, values in known.items():
            unknown = [value for value in getattr(self, name) if value not in values]
            if unknown:
                message = _("We do not know %(unknown)s. Choose from: %(known)s.")
                params = {"unknown": ", ".join(map(str, unknown)), "known": ", ".join(map(str, values))}
                raise ValidationError({name: ValidationError(message, params=params)})


class RuleFiring(models.Model):
    """A rule did what it is there for. ``cause`` names what set it off, such as one clock or one promise."""

    rule = models.ForeignKey(EscalationRule, on_delete=models.PROTECT, related_name="firings")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="firings")
    cause = models.CharField(_("cause"), max_length=40)
    at = models.DateTimeField(_("time"))

    field_classes = {"operational": ("id", "rule", "ticket", "cause", "at")}

    class Meta:
        verbose_name = _("rule that fired")
        verbose_name_plural = _("rules that fired")
        constraints = [
            # Whoever sweeps, and however often.
            models.UniqueConstraint(fields=["rule", "ticket", "cause"], name="a_rule_fires_once_per_cause")
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.rule_id} {self.cause}"
