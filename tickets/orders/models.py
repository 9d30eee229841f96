from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrderStatus(models.TextChoices):
    PREPARING = "preparing", pgettext_lazy("order", "In preparation")
    ON_ITS_WAY = "on_its_way", pgettext_lazy("order", "On its way")
    HELD_UP = "held_up", pgettext_lazy("order", "Held up at the carrier")
    DELIVERED = "delivered", pgettext_lazy("order", "Delivered")
    CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")
    RETURNED = "returned", pgettext_lazy("order", "Sent back")


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: Any) -> Self:
        """Staff see every order; a customer sees their own."""
        return self.all() if user.is_staff else self.filter(customer__user=user)


class Order(models.Model):
    """An order as the shop's own system told us about it."""

    number = models.CharField(_("order number"), max_length=40, unique=True)
    customer = models.ForeignKey(
        "tickets.Customer", on_delete=models.PROTECT, related_name="orders", verbose_name=_("customer")
    )
    status = models.CharField(_("status"), max_length=12, choices=OrderStatus, default=OrderStatus.PREPARING)
    placed_at = models.DateTimeField(_("ordered"))
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    carrier = models.CharField(_("carrier"), max_length=80, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=80, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2)

    objects = OrderQuerySet.as_manager()

    field_classes = {
        "personal": ("tracking",),
        "operational": ("id", "number", "customer", "status", "placed_at", "delivered_at", "carrier"),
        "financial": ("currency", "total"),
    }

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-placed_at"]
        indexes = [
            models.Index(fields=["customer", "-placed_at"], name="orders_of_a_customer")
        ]  # the portal's start page

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")  # a line is a part of its order
    product = models.CharField(_("product"), max_length=200)
    sku = models.CharField(_("article number"), max_length=60, blank=True)
    quantity = models.PositiveIntegerField(_("pieces"), default=1)
    serial_number = models.CharField(_("serial number"), max_length=80, blank=True)
    warranty_until = models.DateField(_("warranty until"), null=True, blank=True)

    field_classes = {
        "operational": ("id", "order", "product", "sku", "quantity", "warranty_until"),
        "personal": ("serial_number",),
    }

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")

    def __str__(self) -> str:
        return self.product
