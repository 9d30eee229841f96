from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.audit.actor import ActorKind


class AuditEntry(models.Model):
    """One line of a ticket's record; written once. ``data`` holds codes and values, never sentences."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="record")
    sequence = models.PositiveIntegerField(_("number in the record"))
    at = models.DateTimeField(_("time"))
    actor_kind = models.CharField(_("by"), max_length=10, choices=ActorKind)
    # PROTECT: people are anonymised, never deleted, so the record keeps who acted.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(_("what happened"), max_length=40)
    data = models.JSONField(default=dict)
    salt = models.CharField(max_length=32)
    payload_digest = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    erased_at = models.DateTimeField(null=True)

    field_classes = {
        "personal": ("data", "salt"),
        "operational": (
            "id", "ticket", "sequence", "at", "actor_kind", "actor", "code", "payload_digest", "previous_hash",
            "hash", "erased_at",
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = _("record entry")
        verbose_name_plural = _("record entries")
        ordering = ["ticket", "sequence"]
        constraints = [models.UniqueConstraint(fields=["ticket", "sequence"], name="one_entry_per_number")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.code}"
