from datetime import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname

from tickets.escalation.outage_rules import Scope
from tickets.progress import Progress, ProgressQuerySet
from tickets.sla.models import LONGEST_MINUTES


class OutageQuerySet(ProgressQuerySet):
    def going_on(self) -> Self:
        return self.filter(ended_at=None)

    def overdue(self, *, at: datetime) -> Self:
        """Going on, and customers wait for the update that they were told of."""
        return self.going_on().filter(next_update_by__lte=at)


class Outage(Progress):
    """Something that many customers suffer from at once. Cases that match it are linked to it by themselves: new ones as
    they come in, those that were open before in the background, whose progress this is.

    A case matches by topic (``category``; None: any) and product (``product``: part of a name or SKU; "": any), when it
    was opened from ``started_at`` on and before the end. ``title`` and ``text`` stand in the portal's banner.
    ``kept_out`` are cases that somebody took out by hand: they are not linked by themselves again.
    """

    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("what customers should know"))
    category = models.ForeignKey(
        "tickets.Category",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="outages",
        verbose_name=_("topic"),
        help_text=_("Cases of this topic are linked. Empty: of any topic."),
    )
    product = models.CharField(
        _("product"),
        max_length=120,
        blank=True,
        help_text=_("Part of the product’s name or SKU. Empty: any product."),
    )
    started_at = models.DateTimeField(_("began"))
    update_minutes = models.PositiveIntegerField(
        _("minutes between updates"),
        default=240,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)],
    )
    next_update_by = models.DateTimeField(_("next update by"), null=True, editable=False)
    reminded_at = models.DateTimeField(_("reminded of the update"), null=True, editable=False)
    kept_out = models.ManyToManyField(
        "tickets.Ticket", related_name="+", editable=False, verbose_name=_("cases taken out")
    )
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("declared by")
    )
    declared_at = models.DateTimeField(_("declared"))
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)

    objects = OutageQuerySet.as_manager()

    field_classes = {
        "public": (
            "id", "title", "text", "category", "product", "started_at", "update_minutes", "next_update_by",
            "declared_by", "declared_at", "ended_at", "reminded_at", "total", "done", "failed", "cursor", "lease_until",
            "finished_at",
        ),
        "operational": ("kept_out",),
    }  # fmt: skip

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(category__isnull=False) | ~Q(product=""),
                name="an_outage_has_a_topic_or_a_product",
                violation_error_message=_(
                    "Choose a topic or name a product: else every new case would be linked to it."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")),
                name="an_outage_ends_after_it_began",
                violation_error_message=_("An outage ends after it began."),
            ),
            # Against two presses of the button; more than the very same is told apart by rules.
            models.UniqueConstraint(
                "category",
                Lower("product"),
                condition=Q(ended_at__isnull=True, category__isnull=False),
                name="one_outage_of_a_topic_at_a_time",
            ),
            models.UniqueConstraint(
                Lower("product"),
                condition=Q(ended_at__isnull=True, category__isnull=True),
                name="one_outage_of_a_product_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["started_at"], name="outages_going_on", condition=Q(ended_at__isnull=True))]

    def __str__(self) -> str:
        return self.title

    @property
    def scope(self) -> Scope:
        return Scope(self.category_id, self.product, self.started_at)


class OutageUpdate(Progress):
    """One message to everybody whose case is linked to the outage, each in their language. The last one ends it."""

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="updates")
    text = models.TextField(_("text"))
    final = models.BooleanField(_("the outage is over"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"))

    objects = ProgressQuerySet.as_manager()

    field_classes = {
        "public": (
            "id", "outage", "text", "final", "by", "at", "total", "done", "failed", "cursor", "lease_until",
            "finished_at",
        )
    }  # fmt: skip

    class Meta:
        verbose_name = _("update to everybody")
        verbose_name_plural = _("updates to everybody")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["outage"], condition=Q(final=True), name="an_outage_ends_once"),
        ]

    def __str__(self) -> str:
        return f"{self.outage_id} {self.at:%Y-%m-%d %H:%M}"


def in_language(row: models.Model, field: str, language: str) -> tuple[str, str]:
    """A text of an outage or an update as readers of a language get it, behind the language that it really is in."""
    text = getattr(row, build_localized_fieldname(field, language), "")
    if text:
        return language, text
    return settings.LANGUAGE_CODE, getattr(row, build_localized_fieldname(field, settings.LANGUAGE_CODE))
