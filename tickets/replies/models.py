from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.replies.rules import VARIABLES, unknown_variables


def known_variables_only(text: str) -> None:
    """Raises ValidationError that names each variable we could not fill in."""
    unknown = unknown_variables(text)
    if unknown:
        message = _("We do not know %(unknown)s. These can be filled in: %(known)s.")
        params = {
            "unknown": ", ".join(f"{{{name}}}" for name in unknown),
            "known": ", ".join(f"{{{name}}}" for name in VARIABLES),
        }
        raise ValidationError(message, params=params)


class CannedReply(models.Model):
    """A ready answer: one object in all languages, with variables such as ``{first_name}``."""

    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), validators=[known_variables_only])
    categories = models.ManyToManyField("tickets.Category", blank=True, verbose_name=_("for these categories"))
    active = models.BooleanField(_("offered"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    field_classes = {"public": ("id", "title", "body", "categories", "active", "position")}

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title
