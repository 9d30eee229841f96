"""The shop's orders, as its own system told us about them: to be read, not to be changed."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tickets.moments import money
from tickets.orders.models import Order, OrderLine
from tickets.workspace.admins import ReadOnlyAdmin


class OrderLineInline(admin.StackedInline):
    model = OrderLine
    fields = ["product", "sku", "quantity", "serial_number", "warranty_until"]
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "customer", "status", "placed_at", "sum"]
    list_filter = ["status"]
    list_select_related = ["customer"]
    search_fields = ["number__iexact", "tracking__iexact", "customer__email__istartswith"]
    search_help_text = _("A whole order or tracking number, or the beginning of an e-mail address")
    fields = ["number", "customer", "status", "placed_at", "delivered_at", "carrier", "tracking", "sum"]
    readonly_fields = ["sum"]
    inlines = [OrderLineInline]

    @admin.display(description=_("total"))
    def sum(self, order: Order) -> str:
        return money(order.total, order.currency)
