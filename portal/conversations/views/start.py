"""Where a customer begins: what is waiting, what they bought, and everything they ever wrote."""

from dataclasses import dataclass
from typing import Final

from django.core.paginator import Paginator
from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.conversations import drafts
from portal.conversations.access import for_customers, signed_in
from portal.conversations.outlook import Outlook, outlook
from tickets.desk import statuses
from tickets.desk.models import Ticket
from tickets.knowledge import actions as knowledge
from tickets.knowledge.models import HelpArticle
from tickets.orders.models import Order
from tickets.people.models import Customer, User
from tickets.promises.models import Promise

ON_THE_START_PAGE: Final = 10
A_PAGE: Final = 20

THEIR_TURN: Final = [code for code, meaning in statuses.MEANINGS.items() if meaning.turn == "customer"]

SHOWN: Final[dict[str, tuple[LazyText, tuple[str, ...]]]] = {
    "all": (pgettext_lazy("requests", "All"), tuple(statuses.MEANINGS)),
    "active": (pgettext_lazy("requests", "Not solved yet"), statuses.ACTIVE),
    "solved": (pgettext_lazy("requests", "Solved"), statuses.DONE),
}


@dataclass(frozen=True, slots=True)
class Row:
    ticket: Ticket
    outlook: Outlook


@require_safe
@for_customers
def home(request: HttpRequest, customer: Customer) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    mine = Ticket.objects.visible_to(user)
    waiting = list(_shown_in_rows(mine.active())[: ON_THE_START_PAGE + 1])
    orders = Order.objects.visible_to(user).prefetch_related("lines").order_by("-placed_at", "-pk")
    often_asked = HelpArticle.objects.filter(published=True).order_by("-helpful_votes", "position", "pk")
    context = {
        "customer": customer,
        "greeting": _greeting(customer, user, timezone.localtime(now).hour),
        "often_asked": knowledge.for_language(often_asked[:4], get_language() or "en"),
        "unsent": drafts.unsent(customer)[:ON_THE_START_PAGE],
        "rows": [Row(ticket, outlook(ticket, at=now)) for ticket in waiting[:ON_THE_START_PAGE]],
        "more_waiting": len(waiting) > ON_THE_START_PAGE,
        "owed": _owed_to(user)[:ON_THE_START_PAGE],
        "solved": mine.filter(status__in=statuses.DONE).count(),
        "orders": orders[:6],
        "now": now,
    }
    return render(request, "portal/conversations/home.html", context)


@require_safe
@for_customers
def requests(request: HttpRequest, customer: Customer) -> HttpResponse:
    now = timezone.now()
    shown = request.GET.get("show", "all")
    if shown not in SHOWN:
        shown = "all"
    tickets = Ticket.objects.visible_to(signed_in(request)).filter(status__in=SHOWN[shown][1])
    # A customer's own tickets: counting them is cheap, and page numbers say how much there is.
    page = Paginator(_shown_in_rows(tickets, newest_first=True), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "shown": shown,
        "views": [(code, label) for code, (label, _statuses) in SHOWN.items()],
        "page": page,
        "rows": [Row(ticket, outlook(ticket, at=now)) for ticket in page],
        "now": now,
    }
    return render(request, "portal/conversations/requests.html", context)


def _shown_in_rows(tickets: QuerySet[Ticket], *, newest_first: bool = False) -> QuerySet[Ticket]:
    """With everything that a row shows. What waits for the customer comes first, then whom we answer soonest."""
    owed = Promise.objects.owed().filter(ticket=OuterRef("pk")).order_by().values("ticket")
    tickets = tickets.select_related("order", "tier", "assignee__user", "last_message").annotate(
        owed=Subquery(owed.annotate(number=Count("pk")).values("number"))
    )
    if newest_first:
        return tickets.order_by("-created_at", "-pk")
    their_turn_first = Case(When(status__in=THEIR_TURN, then=Value(0)), default=Value(1))
    return tickets.order_by(their_turn_first, F("next_update_at").asc(nulls_last=True), "-created_at", "-pk")


def _owed_to(user: User) -> QuerySet[Promise]:
    """What the customer still gets from us, of requests that are closed too: what is due first, first."""
    return Promise.objects.visible_to(user).owed().select_related("ticket").order_by("due_at", "pk")


def _greeting(customer: Customer, user: User, hour: int) -> str:
    """By the customer's own clock, like somebody across a counter would say it."""
    if 5 <= hour < 12:
        sentence = _("Good morning, %(name)s")
    elif 12 <= hour < 18:
        sentence = _("Good afternoon, %(name)s")
    else:
        sentence = _("Good evening, %(name)s")
    return sentence % {"name": customer.first_name or user.get_short_name()}
