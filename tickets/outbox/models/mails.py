from datetime import datetime, timedelta
from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.outbox import codes
from tickets.people import languages
from tickets.people.need_to_know import need_to_know

WORTH_A_LOOK: Final = timedelta(days=7)
"""For so long mail in trouble waits for somebody to look at it. After that it is only listed."""


class MailState(models.TextChoices):
    """``SENT`` is all that a mail server alone can tell; what comes after it is reported by providers and bounces."""

    QUEUED = "queued", pgettext_lazy("mail", "Waiting")
    SENDING = "sending", pgettext_lazy("mail", "Being sent")
    SENT = "sent", pgettext_lazy("mail", "Sent")
    DELIVERED = "delivered", pgettext_lazy("mail", "Delivered")
    BOUNCED = "bounced", pgettext_lazy("mail", "Came back")
    COMPLAINED = "complained", pgettext_lazy("mail", "Marked as spam")
    FAILED = "failed", pgettext_lazy("mail", "Failed")
    HELD = "held", pgettext_lazy("mail", "Held back")


class Hold(models.TextChoices):
    """Why a mail is held back."""

    AGENT = "agent", pgettext_lazy("why mail is held back", "Somebody at the desk holds it back")
    SUSPENDED = "suspended", pgettext_lazy("why mail is held back", "Mail to this address comes back")
    TOO_MANY = "too_many", pgettext_lazy("why mail is held back", "Too much automatic mail in a short time")


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def to_send(self, at: datetime) -> Self:
        """Waiting and due, or taken by a worker whose lease ran out (it was killed)."""
        due = models.Q(state=MailState.QUEUED, next_try_at__lte=at)
        abandoned = models.Q(state=MailState.SENDING, lease_until__lte=at)
        return self.filter(due | abandoned)

    def in_trouble(self, at: datetime) -> Self:
        """What did not reach its reader, or is held back: of the last week, and not sent again since."""
        trouble = [MailState.FAILED, MailState.BOUNCED, MailState.COMPLAINED, MailState.HELD]
        again = OutgoingMail.objects.filter(resend_of=models.OuterRef("pk"))
        return self.filter(~models.Exists(again), state__in=trouble, created_at__gt=at - WORTH_A_LOOK)

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
    held_because = models.CharField(_("held back because"), max_length=10, choices=Hold, blank=True)
    resend_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="resent", editable=False
    )
    # What the provider calls it, in its reports of what became of it.
    provider_id = models.CharField(_("provider’s number"), max_length=200, blank=True, editable=False)
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
            "code", "state", "held_because", "resend_of", "provider_id", "attempts", "rendered_at", "next_try_at",
            "lease_until", "created_at", "sent_at",
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
            # How much an address got of late; and what it got about a ticket before.
            models.Index(fields=["recipient", "-created_at"], name="mail_of_an_address"),
            # Providers' reports.
            models.Index(fields=["provider_id"], name="mail_by_provider", condition=~models.Q(provider_id="")),
            # Held back and failed: the lists that somebody at the desk looks through.
            models.Index(
                fields=["state", "-created_at"],
                name="mail_in_trouble",
                condition=models.Q(state__in=["held", "failed", "bounced", "complained"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="held") ^ models.Q(held_because=""), name="held_for_a_reason"
            )
        ]

    def __str__(self) -> str:
        return self.subject if self.subject and not self.confidential else self.code


class DeliveryEvent(models.Model):
    """What became of a mail, one line each: what servers and providers report, and what somebody at the desk did.

    ``status`` is the enhanced status code (RFC 3463) where the report has one; ``event_id`` is the reporter's own number
    for the event, by which repeats are told. The moment a server took the mail stands on the mail itself.
    """

    class Kind(models.TextChoices):
        PUT_OFF = "put_off", pgettext_lazy("delivery", "Not taken; tried again later")
        FAILED = "failed", pgettext_lazy("delivery", "Given up")
        DEFERRED = "deferred", pgettext_lazy("delivery", "Delayed on the way")
        DELIVERED = "delivered", pgettext_lazy("delivery", "Delivered")
        BOUNCED = "bounced", pgettext_lazy("delivery", "Came back")
        COMPLAINED = "complained", pgettext_lazy("delivery", "Marked as spam")
        HELD = "held", pgettext_lazy("delivery", "Held back")
        RELEASED = "released", pgettext_lazy("delivery", "Released")
        RESENT = "resent", pgettext_lazy("delivery", "Sent again")

    mail = models.ForeignKey(OutgoingMail, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("what happened"), max_length=10, choices=Kind)
    at = models.DateTimeField(_("time"))
    source = models.CharField(_("reported by"), max_length=40)
    status = models.CharField(_("status"), max_length=20, blank=True)
    detail = models.CharField(_("details"), max_length=500, blank=True)
    event_id = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    field_classes = {
        "personal": ("detail",),
        "operational": ("id", "mail", "kind", "at", "source", "status", "event_id", "by"),
    }

    class Meta:
        verbose_name = _("delivery event")
        verbose_name_plural = _("delivery events")
        ordering = ["at", "id"]
        constraints = [
            # Providers send each report until we have said yes to it, and sometimes once more.
            models.UniqueConstraint(
                fields=["source", "event_id"], condition=~models.Q(event_id=""), name="one_row_per_report"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mail_id} {self.kind}"
