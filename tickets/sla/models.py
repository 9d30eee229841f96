import uuid
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.desk import priorities
from tickets.desk.models import Channel
from tickets.people import languages
from tickets.people.models import Plan

LONGEST_MINUTES = 366 * 24 * 60
"""A year. Beyond it lie slips of the finger, and dates that no calendar holds."""


class MetricName(models.TextChoices):
    """The codes of ``tickets.sla.rules.Metric`` with their words."""

    FIRST_REPLY = "first_reply", pgettext_lazy("clock", "First reply")
    NEXT_REPLY = "next_reply", pgettext_lazy("clock", "Next reply")
    UPDATE = "update", pgettext_lazy("clock", "Update")
    RESOLUTION = "resolution", pgettext_lazy("clock", "Resolution")


class SLAPolicyQuerySet(models.QuerySet["SLAPolicy"]):
    def for_everything(self) -> Self:
        """In use, and without a condition: whatever nothing else fits, these do."""
        return self.filter(active=True, categories=None, tiers=None, plans=[], languages=[], channels=[])


class SLAPolicy(models.Model):
    """What we promise to whom. Policies are tried in order; the first whose conditions all match a ticket applies.

    An empty condition matches everything; the last policy has none, so that every ticket has a promise.
    """

    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), unique=True)
    active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    # Drawn anew by every edit, so that a process knows when what it keeps in memory is old.
    edition = models.UUIDField(default=uuid.uuid4, editable=False)
    calendar = models.ForeignKey("tickets.Calendar", on_delete=models.PROTECT, verbose_name=_("business hours"))
    categories = models.ManyToManyField("tickets.Category", blank=True, verbose_name=_("only these categories"))
    tiers = models.ManyToManyField("tickets.EscalationTier", blank=True, verbose_name=_("only these tiers"))
    plans = models.JSONField(_("only these plans"), default=list, blank=True)
    languages = models.JSONField(_("only these languages"), default=list, blank=True)
    channels = models.JSONField(_("only these channels"), default=list, blank=True)

    objects = SLAPolicyQuerySet.as_manager()

    field_classes = {
        "public": (
            "id",
            "name",
            "position",
            "active",
            "version",
            "edition",
            "calendar",
            "categories",
            "tiers",
            "plans",
            "languages",
            "channels",
        )
    }

    class Meta:
        verbose_name = _("SLA policy")
        verbose_name_plural = _("SLA policies")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        known = {
            "plans": Plan.values,
            "languages": [code for code, _name in languages.choices()],
            "channels": Channel.values,
        }
        for condition, values in known.items():
            unknown = [value for value in getattr(self, condition) if value not in values]
            if unknown:
                message = _("We do not know %(unknown)s. Choose from: %(known)s.")
                params = {"unknown": ", ".join(map(str, unknown)), "known": ", ".join(values)}
                raise ValidationError({condition: ValidationError(message, params=params)})


class SLATarget(models.Model):
    policy = models.ForeignKey(SLAPolicy, on_delete=models.CASCADE, related_name="targets")  # a line of the policy
    priority = models.CharField(_("priority"), max_length=10, choices=priorities.choices)
    metric = models.CharField(_("clock"), max_length=12, choices=MetricName)
    minutes = models.PositiveIntegerField(_("minutes"), validators=[MaxValueValidator(LONGEST_MINUTES)])
    business = models.BooleanField(_("counted in business hours"), default=True)

    field_classes = {"public": ("id", "policy", "priority", "metric", "minutes", "business")}

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.UniqueConstraint(fields=["policy", "priority", "metric"], name="one_target_per_priority_and_clock"),
            models.CheckConstraint(
                condition=models.Q(minutes__gt=0),
                name="target_above_zero",
                violation_error_message=_("A target needs at least one minute."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_priority_display()}, {self.get_metric_display()}"


class Outcome(models.TextChoices):
    MET = "met", pgettext_lazy("clock", "Met")
    BREACHED = "breached", pgettext_lazy("clock", "Missed")


class SLAClockQuerySet(models.QuerySet["SLAClock"]):
    def running(self) -> Self:
        """Neither stopped nor paused."""
        return self.filter(stopped_at=None).exclude(due_at=None)


class SLAClock(models.Model):
    """One promise of time on one ticket.

    ``spells`` are the stretches in which it ran, as pairs of ISO moments; one that still runs ends in null.

    ``next_step_at`` is the only thing the sweep looks for: when the next warning or breach falls, or null.
    """

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="clocks")
    metric = models.CharField(_("clock"), max_length=12, choices=MetricName)
    cycle = models.PositiveIntegerField(_("cycle"), default=1)
    policy = models.ForeignKey(SLAPolicy, on_delete=models.PROTECT, related_name="+", verbose_name=_("policy"))
    policy_version = models.PositiveIntegerField(_("version of the policy"))
    calendar = models.ForeignKey("tickets.Calendar", on_delete=models.PROTECT, related_name="+")
    target_minutes = models.PositiveIntegerField(_("target in minutes"))
    business = models.BooleanField(_("business hours"))
    started_at = models.DateTimeField(_("started"))
    spells = models.JSONField(default=list)
    due_at = models.DateTimeField(_("due"), null=True)
    next_step = models.CharField(max_length=10, blank=True)
    next_step_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(_("missed"), null=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)

    objects = SLAClockQuerySet.as_manager()

    field_classes = {
        "operational": (
            "id", "ticket", "metric", "cycle", "policy", "policy_version", "calendar", "target_minutes", "business",
            "started_at", "spells", "due_at", "next_step", "next_step_at", "breached_at", "stopped_at", "outcome",
        )
    }  # fmt: skip

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "metric", "cycle"], name="one_clock_per_cycle"),
            models.UniqueConstraint(
                fields=["ticket", "metric"],
                condition=models.Q(stopped_at__isnull=True),
                name="one_clock_at_work_per_metric",
            ),
        ]
        indexes = [
            # The sweep: its cost follows what is due, never how many tickets are open.
            models.Index(
                fields=["next_step_at", "id"], name="steps_to_take", condition=models.Q(next_step_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.metric} {self.cycle}"


class ClockEvent(models.Model):
    """What happened to a clock, and why: start, pause, resume, apply, warn, breach, overdue, stop."""

    class Kind(models.TextChoices):
        START = "start", pgettext_lazy("clock event", "Started")
        PAUSE = "pause", pgettext_lazy("clock event", "Paused")
        RESUME = "resume", pgettext_lazy("clock event", "Resumed")
        APPLY = "apply", pgettext_lazy("clock event", "Target changed")
        WARN = "warn", pgettext_lazy("clock event", "Warning")
        BREACH = "breach", pgettext_lazy("clock event", "Missed")
        OVERDUE = "overdue", pgettext_lazy("clock event", "Long overdue")
        STOP = "stop", pgettext_lazy("clock event", "Stopped")

    clock = models.ForeignKey(SLAClock, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("event"), max_length=10, choices=Kind)
    at = models.DateTimeField(_("time"))
    cause = models.CharField(_("cause"), max_length=40)
    due_before = models.DateTimeField(_("due before"), null=True)
    due_after = models.DateTimeField(_("due after"), null=True)

    field_classes = {"operational": ("id", "clock", "kind", "at", "cause", "due_before", "due_after")}

    class Meta:
        verbose_name = _("clock event")
        verbose_name_plural = _("clock events")
        ordering = ["at", "id"]
        constraints = [
            # Two sweeps at once, or one run twice: each step fires once.
            models.UniqueConstraint(
                fields=["clock", "kind"],
                condition=models.Q(kind__in=["warn", "breach", "overdue"]),
                name="each_step_fires_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.kind}"
