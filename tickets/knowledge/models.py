from django.db import models
from django.utils.translation import gettext_lazy as _


class HelpArticle(models.Model):
    """An answer that customers find by themselves."""

    slug = models.SlugField(_("address"), max_length=120, unique=True)
    category = models.ForeignKey(
        "tickets.Category",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="articles",
        verbose_name=_("category"),
    )
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("in one sentence"), max_length=300, blank=True)
    body = models.TextField(
        _("text"), help_text=_("Blank line: new paragraph. “## ” starts a heading, “1. ” or “- ” a list.")
    )
    published = models.BooleanField(_("published"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    helpful_votes = models.PositiveIntegerField(_("found it helpful"), default=0, editable=False)
    unhelpful_votes = models.PositiveIntegerField(_("did not find it helpful"), default=0, editable=False)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    field_classes = {
        "public": (
            "id", "slug", "category", "title", "summary", "body", "published", "position", "helpful_votes",
            "unhelpful_votes", "updated_at",
        )
    }  # fmt: skip

    class Meta:
        verbose_name = _("help article")
        verbose_name_plural = _("help articles")
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title
