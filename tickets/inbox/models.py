import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.people.need_to_know import need_to_know
from tickets.progress import Progress


def storage_name(mail: "RawMail", filename: str) -> str:
    """A random name: nothing of a stranger's mail is part of a path."""
    return f"inbox/{uuid.uuid4().hex[:2]}/{uuid.uuid4().hex}"


class InboundState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("inbound mail", "Waiting to be read")
    FILED = "filed", pgettext_lazy("inbound mail", "On a ticket")
    SET_ASIDE = "set_aside", pgettext_lazy("inbound mail", "Set aside")
    REPORT = "report", pgettext_lazy("inbound mail", "Delivery report")
    DROPPED = "dropped", pgettext_lazy("inbound mail", "Dropped")
    DISCARDED = "discarded", pgettext_lazy("inbound mail", "Discarded")


class Reason(models.TextChoices):
    """Why a message is on no ticket."""

    NO_TICKET = "no_ticket", pgettext_lazy("why mail is set aside", "It belongs to no ticket")
    AUTOMATIC = "automatic", pgettext_lazy("why mail is set aside", "A machine wrote it, about no ticket")
    UNKNOWN_REPORT = (
        "unknown_report",
        pgettext_lazy("why mail is set aside", "A report about a mail that we do not know"),
    )
    TOO_MANY = "too_many", pgettext_lazy("why mail is set aside", "Too many from this sender in a short time")
    TOO_FAR = "too_far", pgettext_lazy("why mail is set aside", "It came through too many servers: probably a loop")
    NO_SENDER = "no_sender", pgettext_lazy("why mail is set aside", "It has no sender")
    TOO_LARGE = "too_large", pgettext_lazy("why mail is set aside", "It is too large")
    ERASED = "erased", pgettext_lazy("why mail is set aside", "It is about a customer who was erased")
    TROUBLE = "trouble", pgettext_lazy("why mail is set aside", "We failed to read it, several times")
    DUPLICATE = "duplicate", pgettext_lazy("why mail is dropped", "We have this message already")
    OURS = "ours", pgettext_lazy("why mail is dropped", "It is our own mail, come back")


class RawMailQuerySet(models.QuerySet["RawMail"]):
    def to_read(self, at: datetime) -> Self:
        """Waiting and due, and nobody has it: the lease of a worker that was killed runs out."""
        free = Q(lease_until=None) | Q(lease_until__lte=at)
        return self.filter(free, state=InboundState.RECEIVED, next_try_at__lte=at)

    def set_aside(self) -> Self:
        return self.filter(state=InboundState.SET_ASIDE)

    def readable_by(self, user: Any) -> Self:
        """For a member of the staff: mail of tickets that they need to know, and mail that is on none.

        An answer that was set aside is on no ticket, and is still about the one that we wrote of.
        """
        known = need_to_know(user, "ticket__")
        if not known:
            return self.all()
        about_none = Q(ours=None) | Q(ours__ticket=None)
        return self.filter(known | (Q(ticket=None) & (about_none | need_to_know(user, "ours__ticket__"))))


class RawMail(models.Model):
    """An inbound message as it came, kept before anything else is done to it; and what was made of it.

    ``mailbox`` is where it came in: the name of an IMAP mailbox, a provider, or "pipe". What stands about sender and
    subject is for lists, and filled in when the message was read; everything else is read from ``file``. ``ours`` is the
    mail of ours that it answers or reports on.
    """

    mailbox = models.CharField(_("came in by"), max_length=100)
    file = models.FileField(_("message"), upload_to=storage_name, max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    # What mail servers said to each other, where whoever handed it over told us; "" for the empty sender (``<>``).
    envelope_sender = models.CharField(max_length=320, null=True)
    envelope_recipients = models.JSONField(default=list)
    received_at = models.DateTimeField(_("received"))

    rfc_message_id = models.CharField("Message-ID", max_length=500, blank=True)
    content_digest = models.CharField(max_length=64, blank=True)
    sender = models.CharField(_("from"), max_length=320, blank=True)
    sender_name = models.CharField(_("sender’s name"), max_length=200, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    automatic = models.BooleanField(pgettext_lazy("mail", "automatic"), default=False)
    files = models.PositiveIntegerField(_("files"), default=0)
    problems = models.JSONField(default=list)

    state = models.CharField(_("state"), max_length=10, choices=InboundState, default=InboundState.RECEIVED)
    reason = models.CharField(_("because"), max_length=20, choices=Reason, blank=True)
    ticket = models.ForeignKey(
        "tickets.Ticket", null=True, blank=True, on_delete=models.PROTECT, related_name="inbound_mail"
    )
    message = models.OneToOneField(
        "tickets.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="inbound_mail"
    )
    ours = models.ForeignKey(
        "tickets.OutgoingMail", null=True, blank=True, on_delete=models.PROTECT, related_name="answers"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True)

    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    objects = RawMailQuerySet.as_manager()

    field_classes = {
        "personal": (
            "file", "sha256", "envelope_sender", "envelope_recipients", "rfc_message_id", "content_digest", "sender",
            "sender_name", "subject", "last_error",
        ),
        "operational": (
            "id", "mailbox", "size", "received_at", "sent_at", "automatic", "files", "problems", "state", "reason",
            "ticket", "message", "ours", "decided_by", "decided_at", "attempts", "next_try_at", "lease_until",
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = _("inbound mail")
        verbose_name_plural = _("inbound mail")
        ordering = ["-received_at", "-id"]
        indexes = [
            # The sweep that reads what a lost broker or a killed worker forgot.
            models.Index(fields=["next_try_at"], name="inbound_to_read", condition=Q(state="received")),
            models.Index(fields=["-received_at"], name="inbound_set_aside", condition=Q(state="set_aside")),
            # An answer names the message it answers; and the same message may come in by two mailboxes.
            models.Index(fields=["rfc_message_id"], name="inbound_by_message_id", condition=~Q(rfc_message_id="")),
            # How much somebody sent of late.
            models.Index(fields=["sender", "-received_at"], name="inbound_of_a_sender"),
        ]
        constraints = [
            # What was erased has no digest any more.
            models.UniqueConstraint(
                fields=["mailbox", "sha256"], condition=~Q(sha256=""), name="each_message_once_a_mailbox"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["set_aside", "dropped"], reason__gt="") | ~Q(state__in=["set_aside", "dropped"]),
                name="set_aside_for_a_reason",
            ),
            models.CheckConstraint(condition=~Q(state="filed") | Q(ticket__isnull=False), name="filed_on_a_ticket"),
        ]

    def __str__(self) -> str:
        return self.subject or self.sender or self.mailbox


class Mailbox(Progress):
    """How far an IMAP mailbox is read. ``cursor`` is the last UID that is done, which means something only together with
    ``uid_validity`` (RFC 9051, section 2.3.1.1). What to connect to stands in the settings.

    ``total`` and ``done`` count the backlog of the poll that goes on, or went on last.
    """

    name = models.CharField(_("mailbox"), max_length=100, unique=True)
    uid_validity = models.BigIntegerField(default=0)
    polled_at = models.DateTimeField(_("last looked into"), null=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    next_poll_at = models.DateTimeField(null=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    field_classes = {
        "operational": (
            "id", "name", "uid_validity", "polled_at", "failures", "next_poll_at", "last_error", "total", "done", "failed",
            "cursor", "lease_until", "finished_at",
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
