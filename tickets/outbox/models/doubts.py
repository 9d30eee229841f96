from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.people import languages


class DoubtQuerySet(models.QuerySet["Doubt"]):
    def waiting(self) -> Self:
        return self.filter(settled_at=None)


class Doubt(models.Model):
    """Somebody tells us that a mail in our name is not right: not asked for, or not from us at all.

    ``mail`` is the one whose code they gave, where it is one of ours. ``address`` is where they want to be answered, and
    may be left out.
    """

    class Kind(models.TextChoices):
        NOT_ME = "not_me", pgettext_lazy("report about mail", "I got this mail, but it was not me who wrote to you")
        FORGED = "forged", pgettext_lazy("report about mail", "This mail claims to be from you, and looks false")

    kind = models.CharField(_("what is wrong"), max_length=10, choices=Kind)
    code = models.CharField(_("verification code"), max_length=12, blank=True)
    mail = models.ForeignKey(
        "tickets.OutgoingMail", null=True, blank=True, on_delete=models.PROTECT, related_name="doubts"
    )
    address = models.EmailField(_("address"), blank=True)
    text = models.TextField(_("what they write"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=languages.choices)
    at = models.DateTimeField(_("reported"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = DoubtQuerySet.as_manager()

    field_classes = {
        "personal": ("address", "text"),
        "operational": ("id", "kind", "code", "mail", "language", "at", "settled_at", "settled_by"),
    }

    class Meta:
        verbose_name = _("report about our mail")
        verbose_name_plural = _("reports about our mail")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.kind}"
