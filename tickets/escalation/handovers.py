from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.audit.actor import ActorKind
from tickets.escalation.ladder import EscalationRule, EscalationTier


class Escalation(models.Model):
    """A case went up (or came down): from whom to whom, why, with which hand-over note, and what was learned from it."""

    class Cause(models.TextChoices):
        CLOCK = "clock", pgettext_lazy("cause of an escalation", "A clock")
        AGENT = "agent", pgettext_lazy("cause of an escalation", "An agent’s decision")
        REOPENED = "reopened", pgettext_lazy("cause of an escalation", "Opened again")
        ATTEMPTS = "attempts", pgettext_lazy("cause of an escalation", "Failed attempts")
        RATING = "rating", pgettext_lazy("cause of an escalation", "A bad rating")
        PROMISE = "promise", pgettext_lazy("cause of an escalation", "A broken promise")
        OUTAGE = "outage", pgettext_lazy("cause of an escalation", "A critical outage")
        REQUEST = "request", pgettext_lazy("cause of an escalation", "The customer asked")

    class Verdict(models.TextChoices):
        JUSTIFIED = "justified", pgettext_lazy("review of an escalation", "It was needed")
        AVOIDABLE = "avoidable", pgettext_lazy("review of an escalation", "It could have been avoided")

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
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict, blank=True)
    lesson = models.TextField(_("what would have avoided it"), blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)

    field_classes = {
        "personal": ("known", "tried", "expected", "promised", "lesson"),
        "operational": (
            "id", "ticket", "at", "cause", "rule", "clock", "by_kind", "by", "from_tier", "to_tier", "from_agent",
            "to_agent", "verdict", "reviewed_by", "reviewed_at",
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(from_tier=models.F("to_tier")), name="escalation_changes_the_tier"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="", reviewed_at__isnull=True)
                | (~models.Q(verdict="") & models.Q(reviewed_at__isnull=False)),
                name="a_review_has_a_verdict",
            ),
        ]
        indexes = [
            # The leads' list of what is to be reviewed.
            models.Index(fields=["ticket"], name="escalations_to_review", condition=models.Q(reviewed_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.at:%Y-%m-%d %H:%M}"


class EscalationRequest(models.Model):
    """A customer asked for somebody more senior, and was told by when a lead answers."""

    class Reason(models.TextChoices):
        SLOW = "slow", pgettext_lazy("why somebody more senior", "It takes too long")
        UNHELPFUL = "unhelpful", pgettext_lazy("why somebody more senior", "The solutions do not help")
        TREATMENT = "treatment", pgettext_lazy("why somebody more senior", "I was not treated well")
        OTHER = "other", pgettext_lazy("why somebody more senior", "Something else")

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", pgettext_lazy("answer to a request", "Handed to a higher tier")
        DECLINED = "declined", pgettext_lazy("answer to a request", "Stays where it is")

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="escalation_requests")
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    words = models.TextField(_("in the customer’s words"), blank=True)
    at = models.DateTimeField(_("asked"))
    answer_by = models.DateTimeField(_("answer promised by"))
    late_at = models.DateTimeField(_("noticed as late"), null=True, editable=False)
    decision = models.CharField(_("answer"), max_length=10, choices=Decision, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answer = models.ForeignKey("tickets.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    field_classes = {
        "personal": ("words",),
        "operational": (
            "id", "ticket", "reason", "at", "answer_by", "late_at", "decision", "answered_at", "answered_by", "answer",
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = _("request for somebody more senior")
        verbose_name_plural = _("requests for somebody more senior")
        ordering = ["answer_by", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=models.Q(answered_at__isnull=True),
                name="one_open_request_per_ticket",
            ),
            models.CheckConstraint(
                condition=models.Q(decision="", answered_at__isnull=True)
                | (~models.Q(decision="") & models.Q(answered_at__isnull=False)),
                name="an_answer_has_a_decision",
            ),
        ]
        indexes = [
            # The leads' list, and the sweep that notices unanswered ones.
            models.Index(fields=["answer_by"], name="requests_to_answer", condition=models.Q(answered_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.reason}"
