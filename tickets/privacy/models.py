from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PolicyVersion(models.Model):
    """One version of a notice that customers are shown; tickets keep the version that applied (GDPR article 13)."""

    class Kind(models.TextChoices):
        INTAKE = "intake", pgettext_lazy("notice", "Privacy and quality notice at intake")

    kind = models.CharField(_("notice"), max_length=20, choices=Kind, default=Kind.INTAKE)
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    published_at = models.DateTimeField(_("in force since"))

    field_classes = {"public": ("id", "kind", "version", "title", "body", "published_at")}

    class Meta:
        verbose_name = _("version of a notice")
        verbose_name_plural = _("versions of notices")
        ordering = ["kind", "-version"]
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="one_text_per_version")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"
