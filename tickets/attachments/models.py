import uuid
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.people.need_to_know import need_to_know


def storage_name(attachment: "Attachment", filename: str) -> str:
    """A random name: the sender's own name is never part of a path."""
    return f"attachments/{uuid.uuid4().hex[:2]}/{uuid.uuid4().hex}"


class AttachmentState(models.TextChoices):
    ACCEPTED = "accepted", pgettext_lazy("file", "Accepted")
    ERASED = "erased", pgettext_lazy("file", "Erased")


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: Any) -> Self:
        """Staff read files of tickets that they need to know; a customer those of public messages on their own tickets,
        and of their drafts.
        """
        if user.is_staff:
            not_sent = models.Q(message=None, draft=None)
            return self.filter(not_sent | models.Q(message__isnull=False) & need_to_know(user, "message__ticket__"))
        mine = models.Q(message__ticket__customer__user=user, message__internal=False) | models.Q(
            draft__customer__user=user
        )
        return self.filter(mine)


class Attachment(models.Model):
    """A file as evidence. The original is kept untouched; pictures are shown from a re-encoded preview."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # A file belongs to a draft until the draft becomes a message. PROTECT: messages are never deleted.
    message = models.ForeignKey(
        "tickets.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    # A draft that is given up takes its files along (the sweep removes the stored content first).
    draft = models.ForeignKey(
        "tickets.IntakeDraft", null=True, blank=True, on_delete=models.CASCADE, related_name="attachments"
    )
    name = models.CharField(_("name"), max_length=255)
    detected_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    file = models.FileField(_("file"), upload_to=storage_name, max_length=200)
    preview = models.FileField(_("preview"), upload_to=storage_name, max_length=200, blank=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    decorative = models.BooleanField(_("decorative"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=AttachmentState, default=AttachmentState.ACCEPTED)
    created_at = models.DateTimeField(_("received"))

    objects = AttachmentQuerySet.as_manager()

    field_classes = {
        "personal": ("name", "file", "preview", "description", "sha256"),
        "operational": ("id", "message", "draft", "detected_type", "size", "decorative", "state", "created_at"),
    }

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["created_at", "id"]
        indexes = [
            # The sweep that removes what came with a message that was never sent.
            models.Index(
                fields=["created_at"],
                name="files_of_nothing",
                condition=models.Q(message__isnull=True, draft__isnull=True),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(message__isnull=True) | models.Q(draft__isnull=True),
                name="file_of_a_message_or_a_draft",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return bool(self.preview)
