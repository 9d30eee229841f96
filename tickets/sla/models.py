import uuid
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.desk import priorities
from tickets.desk.models import Channel
from tickets.people import languages
from tickets.people.models import Plan
from tickets.progress import Progress, ProgressQuerySet

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


def first_warnings() -> list[int]:
    return [75]


def first_reminders() -> list[int]:
    return [150]


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
    # Percent of a target, and minutes of its own kind of time before it is due; rising.
    warn_shares = models.JSONField(_("warn at percent of the time"), default=first_warnings, blank=True)
    warn_minutes = models.JSONField(_("warn minutes before"), default=list, blank=True)
    remind_shares = models.JSONField(_("remind again at percent of the time"), default=first_reminders, blank=True)

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
            "warn_shares",
            "warn_minutes",
            "remind_shares",
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


class SLAPolicyVersion(models.Model):
    """A policy as it was, or as somebody would like it: written at every publication, and never changed afterwards.

    ``terms`` holds conditions, calendar, steps and targets as values (``tickets.sla.versions``). The one that was never
    published is the draft.
    """

    policy = models.ForeignKey(SLAPolicy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    terms = models.JSONField(_("terms"))
    reason = models.TextField(_("why it was changed"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("written"))
    published_at = models.DateTimeField(_("in force since"), null=True)

    field_classes = {"public": ("id", "policy", "number", "terms", "reason", "by", "at", "published_at")}

    class Meta:
        verbose_name = _("version of an SLA policy")
        verbose_name_plural = _("versions of SLA policies")
        ordering = ["policy", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_versions_are_numbered"),
            models.UniqueConstraint(
                fields=["policy"], condition=models.Q(published_at__isnull=True), name="one_draft_per_policy"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.number}"


class WhatIf(Progress):
    """The cases of the last ``days`` days, run through a draft: how many deadlines are met and missed, before and after."""

    version = models.ForeignKey(SLAPolicyVersion, on_delete=models.CASCADE, related_name="replays")  # goes with a draft
    days = models.PositiveSmallIntegerField(_("days"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("asked"))
    result = models.JSONField(default=dict)

    objects = ProgressQuerySet.as_manager()

    field_classes = {
        "public": (
            "id", "version", "days", "by", "at", "result", "total", "done", "failed", "cursor", "lease_until",
            "finished_at",
        )
    }  # fmt: skip

    class Meta:
        verbose_name = _("replay of a draft")
        verbose_name_plural = _("replays of drafts")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.days}"


class Recomputation(Progress):
    """New due times for the open cases, because a policy was published or a calendar edited; ``moved`` clocks changed."""

    class Cause(models.TextChoices):
        POLICY = "policy", pgettext_lazy("cause of new deadlines", "A policy was published")
        CALENDAR = "calendar", pgettext_lazy("cause of new deadlines", "Opening hours were changed")
        TIER = "tier", pgettext_lazy("cause of new deadlines", "A tier’s rhythm of updates was changed")

    cause = models.CharField(_("cause"), max_length=10, choices=Cause)
    version = models.ForeignKey(
        SLAPolicyVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="recomputations"
    )
    # What was done to the deadlines stays on record when a calendar that nothing uses any more is deleted.
    calendar = models.ForeignKey(
        "tickets.Calendar", null=True, blank=True, on_delete=models.SET_NULL, related_name="recomputations"
    )
    tier = models.ForeignKey(
        "tickets.EscalationTier", null=True, blank=True, on_delete=models.PROTECT, related_name="recomputations"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"))
    moved = models.PositiveIntegerField(_("deadlines that moved"), default=0)

    objects = ProgressQuerySet.as_manager()

    field_classes = {
        "public": (
            "id", "cause", "version", "calendar", "tier", "by", "at", "moved", "total", "done", "failed", "cursor",
            "lease_until", "finished_at",
        )
    }  # fmt: skip

    class Meta:
        verbose_name = _("new deadlines for open cases")
        verbose_name_plural = _("new deadlines for open cases")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.cause} {self.at:%Y-%m-%d %H:%M}"


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
    # What a clock may run beyond its target, because the target was shortened when it had passed already.
    grace = models.DurationField(default=timedelta)
    due_at = models.DateTimeField(_("due"), null=True)
    # Codes of ``tickets.sla.rules.Step``, as the policy had them when it was last applied. A step that was taken never
    # comes again, whatever the target becomes.
    steps = models.JSONField(default=list)
    steps_taken = models.JSONField(default=list)
    next_step = models.CharField(max_length=12, blank=True)
    next_step_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(_("missed"), null=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)

    objects = SLAClockQuerySet.as_manager()

    field_classes = {
        "operational": (
            "id", "ticket", "metric", "cycle", "policy", "policy_version", "calendar", "target_minutes", "business",
            "started_at", "spells", "grace", "due_at", "steps", "steps_taken", "next_step", "next_step_at", "breached_at",
            "stopped_at", "outcome",
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
    step = models.CharField(_("step"), max_length=12, blank=True)
    at = models.DateTimeField(_("time"))
    cause = models.CharField(_("cause"), max_length=40)
    due_before = models.DateTimeField(_("due before"), null=True)
    due_after = models.DateTimeField(_("due after"), null=True)

    field_classes = {"operational": ("id", "clock", "kind", "step", "at", "cause", "due_before", "due_after")}

    class Meta:
        verbose_name = _("clock event")
        verbose_name_plural = _("clock events")
        ordering = ["at", "id"]
        constraints = [
            # Two sweeps at once, or one run twice: each step fires once.
            models.UniqueConstraint(
                fields=["clock", "step"], condition=~models.Q(step=""), name="each_step_of_a_clock_fires_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.kind}"


class SweepFailure(models.Model):
    """A ticket that the sweep could not work on: put off for longer each time, and shown to the leads until it works."""

    ticket = models.OneToOneField("tickets.Ticket", on_delete=models.PROTECT, related_name="sweep_failure")
    first_at = models.DateTimeField(_("since"))
    last_at = models.DateTimeField(_("last tried"))
    tries = models.PositiveIntegerField(_("tries"), default=1)
    next_try_at = models.DateTimeField(_("next try"))
    error = models.CharField(_("what went wrong"), max_length=300)

    field_classes = {"operational": ("id", "ticket", "first_at", "last_at", "tries", "next_try_at", "error")}

    class Meta:
        verbose_name = _("ticket that the clocks stumble over")
        verbose_name_plural = _("tickets that the clocks stumble over")
        ordering = ["first_at"]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.error}"
