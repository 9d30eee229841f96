from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.desk import statuses
from tickets.desk.models.cases import Ticket
from tickets.people import languages


class Hitch(models.TextChoices):
    """Why an answer was not sent."""

    TAKEN_BACK = "taken_back", pgettext_lazy("pending reply", "Its author took it back")
    OVERTAKEN = "overtaken", pgettext_lazy("pending reply", "Somebody wrote in the meantime")
    REFUSED = "refused", pgettext_lazy("pending reply", "It can no longer be sent like this")


class PendingReplyQuerySet(models.QuerySet["PendingReply"]):
    def due(self, at: datetime) -> Self:
        """Nobody took these back in time; one that had a hitch waits for its author instead."""
        return self.filter(send_at__lte=at, hitch="")

    def held_up(self) -> Self:
        """Their authors believe them to be sent, and they are not."""
        return self.filter(hitch__in=[Hitch.OVERTAKEN, Hitch.REFUSED])


class PendingReply(models.Model):
    """An answer in the seconds in which its author can still take it back. Nothing of it is on record, and the customer
    sees nothing, until it is sent; then the row goes. One that was taken back, or could not be sent, is a draft: it stays
    until its author sends or discards it, so that neither a second press nor a second window loses a word.

    ``seen`` is the newest message its author knew. ``promise`` and ``attempt`` are what goes with it, as plain values.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="pending_replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("text"))
    status = models.CharField(_("status afterwards"), max_length=10, choices=statuses.choices)
    language = models.CharField(_("language"), max_length=10, choices=languages.choices)
    seen = models.BigIntegerField(null=True)
    promise = models.JSONField(null=True)
    attempt = models.JSONField(null=True)
    files = models.ManyToManyField("tickets.Attachment", related_name="pending_replies")
    created_at = models.DateTimeField(_("written"))
    send_at = models.DateTimeField(_("to be sent at"))
    hitch = models.CharField(_("why it was not sent"), max_length=10, choices=Hitch, blank=True)
    hitch_text = models.CharField(max_length=300, blank=True)

    objects = PendingReplyQuerySet.as_manager()

    field_classes = {
        "personal": ("text", "promise", "attempt", "hitch_text"),
        "operational": (
            "id", "ticket", "author", "status", "language", "seen", "files", "created_at", "send_at", "hitch",
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = _("pending reply")
        verbose_name_plural = _("pending replies")
        ordering = ["created_at", "id"]
        indexes = [
            # The sweep that sends what a lost broker or a killed worker forgot.
            models.Index(fields=["send_at"], name="replies_to_send", condition=Q(hitch=""))
        ]
        constraints = [
            # Two presses of the button, or two tabs: one answer of one person at a time.
            models.UniqueConstraint(fields=["ticket", "author"], name="one_pending_reply_each")
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.send_at:%Y-%m-%d %H:%M:%S}"
