from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.outbox import codes
from tickets.people import languages
from tickets.people.need_to_know import need_to_know


class MailState(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("mail", "Waiting")
    SENDING = "sending", pgettext_lazy("mail", "Being sent")
    SENT = "sent", pgettext_lazy("mail", "Sent")
    FAILED = "failed", pgettext_lazy("mail", "Failed")


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def to_send(self, at: datetime) -> Self:
        """Waiting and due, or taken by a worker whose lease ran out (it was killed)."""
        due = models.Q(state=MailState.QUEUED, next_try_at__lte=at)
        abandoned = models.Q(state=MailState.SENDING, lease_until__lte=at)
        return self.filter(due | abandoned)

    def readable_by(self, user: Any) -> Self:
        """For a member of the staff: mail about tickets that they need to know, and about no ticket, such as signing in."""
        known = need_to_know(user, "ticket__")
        # Whoever may read every ticket is asked no condition, and "or" with none would be the other one alone.
        return self.filter(known | models.Q(ticket=None)) if known else self.all()


class OutgoingMail(models.Model):
    """A mail as a row: written in the transaction of what it tells about, delivered afterwards, kept with its fate."""

    kind = models.CharField(_("kind"), max_length=30)
    ticket = models.ForeignKey("tickets.Ticket", null=True, blank=True, on_delete=models.PROTECT, related_name="mails")
    customer = models.ForeignKey(
        "tickets.Customer", null=True, blank=True, on_delete=models.PROTECT, related_name="mails"
    )
    message = models.ForeignKey(
        "tickets.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="mails"
    )
    recipient = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=10, choices=languages.choices)
    # The values that the templates fill in, as they were when it happened; rendered once, by whoever delivers.
    data = models.JSONField(default=dict)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("formatted"), blank=True)
    rfc_message_id = models.CharField("Message-ID", max_length=200, unique=True)
    automatic = models.BooleanField(pgettext_lazy("mail", "automatic"), default=True)
    confidential = models.BooleanField(_("holds a sign-in code"), default=False)
    code = models.CharField(_("verification code"), max_length=12, unique=True, default=codes.generate)
    state = models.CharField(_("state"), max_length=10, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next attempt"))
    lease_until = models.DateTimeField(null=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("written"))
    rendered_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    objects = OutgoingMailQuerySet.as_manager()

    field_classes = {
        "personal": ("recipient", "data", "subject", "text", "html", "last_error"),
        "operational": (
            "id", "kind", "ticket", "customer", "message", "language", "rfc_message_id", "automatic", "confidential",
            "code", "state", "attempts", "rendered_at", "next_try_at", "lease_until", "created_at",
            "sent_at",
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mail")
        ordering = ["-created_at", "-id"]
        indexes = [
            # The sweep that finds what a lost broker or a killed worker forgot.
            models.Index(fields=["next_try_at"], name="mail_to_send", condition=models.Q(state="queued")),
            models.Index(fields=["lease_until"], name="mail_abandoned", condition=models.Q(state="sending")),
        ]

    def __str__(self) -> str:
        return self.subject
