from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.outbox.models.mails import OutgoingMail


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def standing(self) -> Self:
        return self.filter(lifted_at=None)

    def suspend(self, mail: OutgoingMail, cause: str, *, detail: str, at: datetime) -> None:
        """Send no more automatic mail to where ``mail`` went. An address that gets none already keeps its date."""
        row = Suspension(address=mail.recipient.lower(), cause=cause, since=at, mail=mail, detail=detail)
        Suspension.objects.bulk_create([row], ignore_conflicts=True)
        if cause == Suspension.Cause.COMPLAINED:
            # The weightier cause: that mail arrives there is no reason to go on.
            standing = self.standing().filter(address=row.address).exclude(cause=cause)
            standing.update(cause=cause, mail=mail, detail=detail)

    def lift(self, *, at: datetime, by: object = None) -> int:
        """Let automatic mail go there again; how many were lifted."""
        return self.standing().update(lifted_at=at, lifted_by=by)


class Suspension(models.Model):
    """An address that gets no automatic mail any more, because mail to it came back or was called spam.

    ``address`` is in lower case. What a person writes is still tried, and so are sign-in codes, which are asked for.
    """

    class Cause(models.TextChoices):
        BOUNCED = "bounced", pgettext_lazy("why an address gets no mail", "Mail to it came back for good")
        COMPLAINED = "complained", pgettext_lazy("why an address gets no mail", "Its owner marked our mail as spam")

    address = models.EmailField(_("address"))
    cause = models.CharField(_("because"), max_length=10, choices=Cause)
    since = models.DateTimeField(_("since"))
    mail = models.ForeignKey(
        "tickets.OutgoingMail", null=True, blank=True, on_delete=models.PROTECT, related_name="suspensions"
    )
    detail = models.CharField(_("details"), max_length=500, blank=True)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SuspensionQuerySet.as_manager()

    field_classes = {
        "personal": ("address", "detail"),
        "operational": ("id", "cause", "since", "mail", "lifted_at", "lifted_by"),
    }

    class Meta:
        verbose_name = _("suspended address")
        verbose_name_plural = _("suspended addresses")
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["address"], condition=Q(lifted_at__isnull=True), name="one_standing_suspension"
            )
        ]

    def __str__(self) -> str:
        return self.address
