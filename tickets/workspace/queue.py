"""The queue: what is due next comes first. Its cost does not grow with the number of tickets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk import references, statuses
from tickets.desk.models import Category, Message, Ticket, TicketQuerySet
from tickets.desk.priorities import Priority
from tickets.escalation.models import EscalationTier
from tickets.orders.models import Order
from tickets.people import languages
from tickets.people.models import Agent, Customer, Fluency, Plan
from tickets.routing.rules import FLUENT
from tickets.workspace import due
from tickets.workspace.access import agent_of, working
from tickets.workspace.due import SOON, Due, duration
from tickets.workspace.forms import DeskForm
from tickets.workspace.pages import desk_page
from tickets.workspace.paging import by_due, newest_first

ROWS: Final = 25
WORDS: Final = 200
"""Letters that a search may have."""

FOUND: Final = 200
"""Customers whose name begins with what was searched for: more than that, and the search has to say more."""

Tickets = TicketQuerySet


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of the queue that everybody has. ``select`` gets the signed-in agent, None for staff who are none."""

    code: str
    label: str | LazyText
    explanation: str | LazyText
    select: Callable[[Tickets, Agent | None, datetime], Tickets]


def _in_my_languages(tickets: Tickets, agent: Agent | None, at: datetime) -> Tickets:
    fluent = Fluency.objects.filter(agent=agent, level__gte=FLUENT)
    return tickets.filter(language__in=fluent.values("language"))


def _escalated_to_me(tickets: Tickets, agent: Agent | None, at: datetime) -> Tickets:
    return _mine(tickets, agent, at).filter(tier__level__gt=1)


def _followed(tickets: Tickets, agent: Agent | None, at: datetime) -> Tickets:
    return tickets.filter(pk__in=agent.followed.values("pk")) if agent else tickets.none()


def _mine(tickets: Tickets, agent: Agent | None, at: datetime) -> Tickets:
    return tickets.filter(assignee=agent) if agent else tickets.none()


TABS: Final[Mapping[str, Tab]] = {
    tab.code: tab
    for tab in (
        Tab("mine", pgettext_lazy("queue", "Mine"), gettext_lazy("Cases that are assigned to me"), _mine),
        Tab(
            "languages",
            pgettext_lazy("queue", "My languages"),
            gettext_lazy("Cases in the languages I write well"),
            _in_my_languages,
        ),
        Tab(
            "unassigned",
            pgettext_lazy("queue", "Unassigned"),
            gettext_lazy("Cases that nobody has yet"),
            lambda tickets, agent, at: tickets.filter(assignee=None),
        ),
        Tab(
            "due",
            pgettext_lazy("queue", "About to breach"),
            gettext_lazy("Cases that are late, or due within the hour"),
            lambda tickets, agent, at: tickets.filter(next_due_at__lte=at + SOON),
        ),
        Tab(
            "escalated",
            pgettext_lazy("queue", "Escalated to me"),
            gettext_lazy("Cases that came up the ladder to me"),
            _escalated_to_me,
        ),
        Tab(
            "followed",
            pgettext_lazy("queue", "Followed"),
            gettext_lazy("Cases that I follow"),
            _followed,
        ),
        Tab(
            "all",
            pgettext_lazy("queue", "All"),
            gettext_lazy("Every case that this desk has"),
            lambda tickets, agent, at: tickets,
        ),
    )
}


# --- Filters ----------------------------------------------------------------------------------------------------------

UNSOLVED: Final = "unsolved"
ANY: Final = "any"
NOBODY: Final = "nobody"
ME: Final = "me"


class Filters(DeskForm):
    """Everything is optional, and nonsense is ignored: a link to the queue never ends in an error."""

    q = forms.CharField(required=False, max_length=WORDS)
    status = forms.ChoiceField(required=False)
    due = forms.ChoiceField(required=False)
    language = forms.ChoiceField(required=False)
    category = forms.ChoiceField(required=False)
    tier = forms.ChoiceField(required=False)
    plan = forms.ChoiceField(required=False)
    assignee = forms.ChoiceField(required=False)
    # Comes with the link on the page of an outage; a list of them would cost every queue a look-up.
    outage = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        every = [("", pgettext_lazy("filter", "All"))]
        own = [
            ("q", gettext_lazy("Search"), None),
            ("status", gettext_lazy("Status"), _status_choices()),
            ("due", pgettext_lazy("filter", "Due"), _due_choices()),
            ("language", gettext_lazy("Language"), [*every, *languages.choices()]),
            (
                "category",
                gettext_lazy("Category"),
                [*every, *((str(row.pk), row.name) for row in Category.objects.all())],
            ),
            (
                "tier",
                pgettext_lazy("escalation", "Tier"),
                [*every, *((str(row.pk), row.name) for row in EscalationTier.objects.all())],
            ),
            ("plan", pgettext_lazy("customer's plan", "Plan"), [*every, *Plan.choices]),
            ("assignee", gettext_lazy("Assignee"), _assignee_choices()),
        ]
        for name, label, choices in own:
            field: Any = self.fields[name]
            field.label = label
            if choices is not None:
                field.choices = choices
        self.fields["q"].widget = forms.TextInput(
            {"type": "search", "dir": "auto", "placeholder": _("Words, customer, order or reference")}
        )

    def value(self, name: str) -> str:
        self.is_valid()
        return self.cleaned_data.get(name, "")


def _status_choices() -> list[tuple[str, Any]]:
    return [
        ("", pgettext_lazy("filter", "Not solved")),
        *statuses.choices(),
        (ANY, pgettext_lazy("filter", "Any")),
    ]


def _due_choices() -> list[tuple[str, Any]]:
    return [
        ("", pgettext_lazy("filter", "Any time")),
        ("late", pgettext_lazy("filter", "Late")),
        ("hour", pgettext_lazy("filter", "Within the hour")),
        ("today", pgettext_lazy("filter", "Until tonight")),
    ]


def _assignee_choices() -> list[tuple[str, Any]]:
    agents = Agent.objects.filter(user__is_active=True).select_related("user").order_by("user__name", "user__email")
    return [
        ("", pgettext_lazy("filter", "Anybody")),
        (ME, pgettext_lazy("filter", "Me")),
        (NOBODY, pgettext_lazy("instead of an agent's name", "Nobody")),
        *((str(agent.pk), str(agent)) for agent in agents),
    ]


def tonight(at: datetime) -> datetime:
    """The midnight that ends the reader's day."""
    return datetime.combine(timezone.localdate(at) + timedelta(days=1), time(0), tzinfo=timezone.get_current_timezone())


def narrowed(tickets: Tickets, filters: Filters, agent: Agent | None, at: datetime) -> Tickets:
    """The tickets that pass every filter that is set."""
    until = {"late": at, "hour": at + SOON, "today": tonight(at)}
    if limit := until.get(filters.value("due")):
        tickets = tickets.filter(next_due_at__lte=limit)
    if filters.value("due") == "hour":
        tickets = tickets.filter(next_due_at__gte=at)
    for name, column in {
        "outage": "outage",
        "language": "language",
        "category": "category",
        "tier": "tier",
        "plan": "customer__plan",
    }.items():
        if value := filters.value(name):
            tickets = tickets.filter(**{column: value})
    match filters.value("assignee"):
        case "":
            return tickets
        case "nobody":
            return tickets.filter(assignee=None)
        case "me":
            return _mine(tickets, agent, at)
        case pk:
            return tickets.filter(assignee=int(pk))


def found(tickets: Tickets, words: str) -> Tickets:
    """By the beginning of the customer's address or name, by the whole order number, or by words of the subject."""
    customers = Customer.objects.filter(Q(email__istartswith=words) | Q(name__istartswith=words)).values_list(
        "pk", flat=True
    )
    orders = Order.objects.filter(number__iexact=words).values_list("pk", flat=True)
    subject = Q()
    for word in words.split():
        subject &= Q(subject__icontains=word)
    return tickets.filter(Q(customer__in=list(customers[:FOUND])) | Q(order__in=list(orders[:FOUND])) | subject)


# --- The page ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    ticket: Ticket
    due: Due
    wrote: str

    @property
    def is_pressing(self) -> bool:
        """Only what is more urgent than usual carries a tag: a tag on every row says nothing."""
        return self.ticket.priority in (Priority.URGENT, Priority.HIGH)


def row(ticket: Ticket, at: datetime) -> Row:
    return Row(ticket, due.of_ticket(ticket, at), _who_wrote(ticket.last_message, at))


def _who_wrote(message: Message | None, at: datetime) -> str:
    """Whose word was the last, and how long ago."""
    if message is None:
        return ""
    if message.internal:
        sentence = _("Note, %(time)s ago")
    elif message.author_kind == "customer":
        sentence = _("Customer wrote %(time)s ago")
    else:
        sentence = _("We wrote %(time)s ago")
    return sentence % {"time": duration(at - message.at, units=1)}


def rows(user: Any) -> Tickets:
    """Tickets that this user may read, with what a row shows, in one statement."""
    return (
        Ticket.objects.visible_to(user)
        .select_related("customer", "category", "tier", "assignee__user", "last_message")
        .defer("last_message__html", "category__description", "tier__description", "routing")
    )


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """``?tab=`` one of TABS, ``?q=`` and the other filters, ``?after=`` the key of the page before."""
    at, agent = timezone.now(), agent_of(request.user)
    # PostgreSQL takes a NUL character for an error, and nobody can type one.
    words = request.GET.get("q", "").replace("\0", "").strip()[:WORDS]
    if reference := _exactly_one(words, request.user):
        return redirect("admin:ticket", reference)
    filters = Filters(request.GET)
    usual = "all" if words or agent is None else "mine"
    tab = TABS.get(request.GET.get("tab", usual), TABS[usual])
    tickets = narrowed(tab.select(rows(request.user), agent, at), filters, agent, at)
    if words:
        tickets = found(tickets, words)
    status = filters.value("status") or (ANY if words else UNSOLVED)
    if status == UNSOLVED:
        tickets = tickets.active()
    elif status != ANY:
        tickets = tickets.filter(status=status)
    is_by_due = status == UNSOLVED or status in statuses.ACTIVE
    page = (by_due if is_by_due else newest_first)(tickets, request.GET.get("after", ""), ROWS)
    context = {
        "tabs": TABS.values(),
        "tab": tab,
        "filters": filters,
        "is_filtered": any(filters.value(name) for name in filters.fields),
        "is_by_due": is_by_due,
        "rows": [row(ticket, at) for ticket in page.tickets],
        "is_first": not request.GET.get("after"),
        "next": _address(request, after=page.following) if page.following else "",
        "first": _address(request, after=""),
        "me": agent,
    }
    return desk_page(request, "admin/queue.html", context, title=_("Queue"))


def _exactly_one(words: str, user: Any) -> str:
    """The reference of the ticket that somebody typed the reference of; "" when it is none that they may read."""
    reference = references.normalise(words)
    return reference if reference and Ticket.objects.visible_to(user).filter(reference=reference).exists() else ""


def _address(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


@require_POST
@working
def assign(request: HttpRequest) -> HttpResponse:
    """Take the ticked tickets (``t``, their references), at most one page of them."""
    agent, at = agent_of(request.user), timezone.now()
    if agent is None:
        messages.error(request, _("Only an agent can take a case. You are not one yet; a lead can make you one."))
        return _back(request)
    chosen = Ticket.objects.visible_to(request.user).filter(reference__in=request.POST.getlist("t")[:ROWS])
    for ticket in chosen:
        lifecycle.assign(ticket, to=agent, by=Actor.of(request.user), at=at)
    number = len(chosen)
    if number:
        messages.success(
            request, ngettext("One case is yours now.", "%(number)s cases are yours now.", number) % {"number": number}
        )
    else:
        messages.warning(request, _("Tick at least one ticket first."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page of the queue that the ticks were made on."""
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return redirect(address if is_ours else "admin:queue")
