"""The promise ledger: what the desk owes, by when. Promises are made and ended on the ticket's own page."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from tickets.moments import money
from tickets.promises.models import Promise
from tickets.workspace.admins import AboutTicketsAdmin
from tickets.workspace.links import to_ticket


@admin.register(Promise)
class PromiseAdmin(AboutTicketsAdmin):
    list_display = ["due_at", "kind", "sum", "case", "state", "made_by"]
    list_filter = ["state", "kind"]
    list_select_related = ["ticket", "made_by"]
    search_fields = ["ticket__reference__iexact"]
    fields = ["case", "kind", "sum", "due_at", "terms", "state", "made_by", "made_at", "ended_at", "evidence"]
    readonly_fields = ["case", "sum"]

    @admin.display(description=_("ticket"))
    def case(self, promise: Promise) -> str:
        return to_ticket(promise.ticket)

    @admin.display(description=_("amount"), empty_value="–")
    def sum(self, promise: Promise) -> str | None:
        return money(promise.amount, promise.currency) if promise.amount is not None else None
