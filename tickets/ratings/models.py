from django.db import models
from django.utils.translation import gettext_lazy as _


class Rating(models.Model):
    """How a customer felt about one resolution. Reopening and resolving again asks again."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="ratings")
    cycle = models.PositiveSmallIntegerField(_("resolution"), default=1)
    stars = models.PositiveSmallIntegerField(_("rating, 1 to 5"))
    comment = models.TextField(_("comment"), blank=True)
    at = models.DateTimeField(_("time"))

    field_classes = {"personal": ("comment",), "operational": ("id", "ticket", "cycle", "stars", "at")}

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "cycle"], name="one_rating_per_resolution"),
            models.CheckConstraint(condition=models.Q(stars__range=(1, 5)), name="stars_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.stars}"
