from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.audit.actor import ActorKind
from tickets.sla.models import LONGEST_MINUTES, ClockEvent, MetricName


class EscalationTier(models.Model):
    """One rung of the ladder: who stands there, and how often the customer hears from us while they have the case."""

    level = models.PositiveSmallIntegerField(_("level"), unique=True, validators=[MinValueValidator(1)])
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("what it can do"), max_length=300, blank=True)
    update_minutes = models.PositiveIntegerField(
        _("minutes between updates to the customer, in business hours"),
        default=960,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)],
    )

    field_classes = {"public": ("id", "level", "name", "description", "update_minutes")}

    class Meta:
        verbose_name = _("escalation tier")
        verbose_name_plural = _("escalation tiers")
        ordering = ["level"]

    def __str__(self) -> str:
        return self.name


class EscalationRule(models.Model):
    """When a clock reaches a step, the case moves up one tier by itself."""

    name = models.CharField(_("name"), max_length=120)
    active = models.BooleanField(_("in use"), default=True)
    metric = models.CharField(_("clock"), max_length=12, choices=MetricName)
    step = models.CharField(
        _("step"),
        max_length=10,
        choices=[
            (kind.value, kind.label) for kind in (ClockEvent.Kind.WARN, ClockEvent.Kind.BREACH, ClockEvent.Kind.OVERDUE)
        ],
    )
    highest_tier = models.ForeignKey(
        EscalationTier,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("not above this tier"),
    )

    field_classes = {"public": ("id", "name", "active", "metric", "step", "highest_tier")}

    class Meta:
        verbose_name = _("escalation rule")
        verbose_name_plural = _("escalation rules")
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "step"],
                condition=models.Q(active=True),
                name="one_rule_per_clock_and_step",
                violation_error_message=_("There is already a rule in use for this clock and step."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Escalation(models.Model):
    """A case went up (or came down): from whom to whom, why, and with which hand-over note."""

    class Cause(models.TextChoices):
        CLOCK = "clock", pgettext_lazy("cause of an escalation", "A clock")
        AGENT = "agent", pgettext_lazy("cause of an escalation", "An agent’s decision")

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="escalations")
    at = models.DateTimeField(_("time"))
    cause = models.CharField(_("cause"), max_length=10, choices=Cause)
    rule = models.ForeignKey(EscalationRule, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    clock = models.ForeignKey("tickets.SLAClock", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by_kind = models.CharField(_("by"), max_length=10, choices=ActorKind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    from_tier = models.ForeignKey(EscalationTier, on_delete=models.PROTECT, related_name="+")
    to_tier = models.ForeignKey(EscalationTier, on_delete=models.PROTECT, related_name="+")
    from_agent = models.ForeignKey("tickets.Agent", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    to_agent = models.ForeignKey("tickets.Agent", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    known = models.TextField(_("what we know"), blank=True)
    tried = models.TextField(_("what was tried"), blank=True)
    expected = models.TextField(_("what the customer expects"), blank=True)
    promised = models.TextField(_("what was promised"), blank=True)

    field_classes = {
        "personal": ("known", "tried", "expected", "promised"),
        "operational": (
            "id", "ticket", "at", "cause", "rule", "clock", "by_kind", "by", "from_tier", "to_tier", "from_agent",
            "to_agent",
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["at", "id"]
        constraints = [
            # A rule fires once per ticket and cause, whoever sweeps, and however often.
            models.UniqueConstraint(
                fields=["rule", "clock"], condition=models.Q(rule__isnull=False), name="a_rule_fires_once_per_clock"
            ),
            models.CheckConstraint(
                condition=~models.Q(from_tier=models.F("to_tier")), name="escalation_changes_the_tier"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.at:%Y-%m-%d %H:%M}"
