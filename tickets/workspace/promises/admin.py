"""The promise ledger: what the desk owes, by when, and how well it keeps its word. Promises are made and ended on the
ticket's own page.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from tickets.moments import money
from tickets.people.need_to_know import need_to_know
from tickets.promises.models import Promise
from tickets.workspace.admins import AboutTicketsAdmin
from tickets.workspace.links import to_ticket
from tickets.workspace.queue import tonight

LOOKED_BACK: Final = timedelta(days=90)
"""So far back goes the share of promises that were kept in time."""

A_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Kept:
    """How many promises of a team fell due, and how many of those were kept in time."""

    team: str
    due: int
    kept: int

    @property
    def share(self) -> int:
        """Whole per cent, rounded down: one that was missed is never hidden."""
        return self.kept * 100 // self.due


def kept_by_team(user: Any, at: datetime) -> list[Kept]:
    """What was withdrawn in time counts neither way. One statement, over the last quarter only."""
    settled = Promise.objects.filter(need_to_know(user, "ticket__"), due_at__gte=at - LOOKED_BACK, due_at__lt=at)
    in_time = Count("pk", filter=Q(state=Promise.State.KEPT, broken_at=None))
    rows = (
        settled.exclude(state=Promise.State.WITHDRAWN, broken_at=None)
        .order_by()
        .values("ticket__team__name")
        .annotate(due=Count("pk"), kept=in_time)
        .order_by("ticket__team__name")
        .values_list("ticket__team__name", "due", "kept")
    )
    return [Kept(team or pgettext("instead of a team", "No team"), due, kept) for team, due, kept in rows]


def late(user: Any, at: datetime) -> QuerySet[Promise]:
    """What we owe since its date passed, on cases that this user may read."""
    return Promise.objects.owed().filter(need_to_know(user, "ticket__"), due_at__lt=at)


def totals(promises: Iterable[Promise]) -> list[str]:
    """What is still owed of these, one amount a currency."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for promise in promises:
        if promise.is_owed and promise.amount is not None:
            sums[promise.currency] += promise.amount
    return [money(amount, currency) for currency, amount in sorted(sums.items())]


class DateFilter(admin.SimpleListFilter):
    title = pgettext_lazy("filter of promises", "date")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterator[tuple[str, str]]:
        yield "late", pgettext("filter of promises", "Late")
        yield "today", pgettext("filter of promises", "Due today")
        yield "week", pgettext("filter of promises", "Due within a week")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Promise]) -> QuerySet[Promise]:
        at = timezone.now()
        if self.value() == "late":
            return queryset.filter(state__in=(Promise.State.OPEN, Promise.State.BROKEN), due_at__lt=at)
        ends = {"today": tonight(at), "week": at + A_WEEK}
        if end := ends.get(self.value() or ""):
            return queryset.filter(state=Promise.State.OPEN, due_at__gte=at, due_at__lt=end)
        return queryset


class KeeperFilter(admin.SimpleListFilter):
    title = pgettext_lazy("filter of promises", "who keeps it")
    parameter_name = "keeper"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterator[tuple[str, str]]:
        yield "me", pgettext("filter of promises", "I do")
        yield "handed", pgettext("filter of promises", "Handed over")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Promise]) -> QuerySet[Promise]:
        if self.value() == "me":
            mine = Q(owner__user=request.user) | Q(owner=None, ticket__assignee__user=request.user)
            return queryset.filter(mine)
        return queryset.filter(handed_over_at__isnull=False) if self.value() == "handed" else queryset


@admin.register(Promise)
class PromiseAdmin(AboutTicketsAdmin):
    change_list_template = "admin/promises.html"
    list_display = ["due_at", "kind", "sum", "case", "keeper", "outcome", "made_by"]
    list_filter = [DateFilter, KeeperFilter, "state", "kind"]
    list_select_related = ["ticket__assignee__user", "owner__user", "made_by"]
    search_fields = ["ticket__reference__iexact"]
    fields = [
        "case", "kind", "sum", "due_at", "terms", "outcome", "keeper", "hand_over_note", "made_by", "made_at", "ended_at",
        "broken_at", "evidence",
    ]  # fmt: skip
    readonly_fields = ["case", "sum", "keeper", "outcome", "broken_at"]

    @admin.display(description=_("ticket"))
    def case(self, promise: Promise) -> str:
        return to_ticket(promise.ticket)

    @admin.display(description=_("amount"), empty_value="–")
    def sum(self, promise: Promise) -> str | None:
        return money(promise.amount, promise.currency) if promise.amount is not None else None

    @admin.display(description=_("who keeps it"), empty_value="–")
    def keeper(self, promise: Promise) -> str | None:
        agent = promise.owner or promise.ticket.assignee
        return str(agent) if agent else None

    @admin.display(description=_("state"))
    def outcome(self, promise: Promise) -> str:
        return pgettext("promise", "Kept late") if promise.was_late else promise.get_state_display()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        if context and "cl" in context:
            context["totals"] = totals(context["cl"].result_list)
            leads = request.user.has_perm("tickets.view_promise")
            context["kept"] = kept_by_team(request.user, timezone.now()) if leads else []
        return response
