from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchDocument(models.Model):
    """The words of one object in one language, folded by ``rules.tokens`` and joined by single spaces.

    The database keeps the full-text index over the two columns by itself (``schema.create_index``), so a row that is
    changed or deleted by whatever way is found, or no longer found, at once. The words of an erased message are as
    personal as the message: ``actions.remove`` belongs to every erasure.
    """

    kind = models.CharField(_("kind"), max_length=20)
    object_id = models.CharField(_("object"), max_length=40)
    language = models.CharField(_("language"), max_length=12, blank=True)
    title_tokens = models.TextField(_("words of the title"), blank=True)
    body_tokens = models.TextField(_("words of the text"), blank=True)

    field_classes = {
        "personal": ("title_tokens", "body_tokens"),
        "operational": ("id", "kind", "object_id", "language"),
    }

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "language"], name="one_search_entry_per_object_and_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.language}".rstrip()
