"""The start page of the desk: what presses, as numbers that lead into the queue, and the cases of whoever looks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.desk.models import Ticket, TicketQuerySet
from tickets.outbox.models import MailState, OutgoingMail
from tickets.people.models import Agent
from tickets.people.need_to_know import need_to_know
from tickets.promises.models import Promise
from tickets.workspace import queue
from tickets.workspace.access import agent_of
from tickets.workspace.due import SOON
from tickets.workspace.inbox import set_aside
from tickets.workspace.pages import desk_page
from tickets.workspace.paging import capped_count
from tickets.workspace.todo import todos

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Tile:
    """``tone`` is "", soon or late; it colours what the label says, and only when there is something."""

    label: str
    hint: str
    address: str
    number: str
    tone: str = ""


def home(request: HttpRequest) -> HttpResponse:
    at, agent = timezone.now(), agent_of(request.user)
    mine = list(
        queue.TABS["mine"].select(queue.rows(request.user).active(), agent, at).by_what_is_due_next()[: SHOWN + 1]
    )
    context = {
        "greeting": greeting(request.user.get_short_name(), timezone.localtime(at)),  # type: ignore[union-attr]
        "now": at,
        "me": agent,
        "tiles": tiles(request.user, agent, at),
        "todos": todos(request.user, at),
        "rows": [queue.row(ticket, at) for ticket in mine[:SHOWN]],
        "more": len(mine) > SHOWN,
        "is_new_desk": not mine and not Ticket.objects.exists(),
    }
    return desk_page(request, "admin/home.html", context, title=_("Home"))


def greeting(name: str, local: datetime) -> str:
    """By the hour on the reader's own clock."""
    if local.hour < 12:
        return _("Good morning, %(name)s") % {"name": name}
    if local.hour < 18:
        return _("Good afternoon, %(name)s") % {"name": name}
    return _("Good evening, %(name)s") % {"name": name}


def tiles(user: Any, agent: Agent | None, at: datetime) -> list[Tile]:
    """Each is one capped count, of what its page lists for this reader."""
    active = Ticket.objects.visible_to(user).active()
    promises = Promise.objects.filter(
        need_to_know(user, "ticket__"), state=Promise.State.OPEN, due_at__lt=queue.tonight(at)
    )
    failed = OutgoingMail.objects.readable_by(user).filter(state=MailState.FAILED)
    return [
        _tile(
            _("Late"),
            _("a deadline has passed"),
            _queue(tab="all", due="late"),
            active.filter(next_due_at__lt=at),
            "late",
        ),
        _tile(
            _("Due within the hour"),
            _("and not late yet"),
            _queue(tab="all", due="hour"),
            _due_soon(active, at),
            "soon",
        ),
        _tile(_("Unassigned"), _("nobody has them"), _queue(tab="unassigned"), active.filter(assignee=None)),
        _tile(_("My open cases"), _("assigned to me"), _queue(tab="mine"), _of("mine", active, agent, at)),
        _tile(
            _("Escalated to me"), _("came up the ladder"), _queue(tab="escalated"), _of("escalated", active, agent, at)
        ),
        _tile(_("Promises due today"), _("all agents"), _promises(), promises, "soon"),
        _tile(_("Mail that failed"), _("could not be delivered"), _mail(), failed, "late"),
        _tile(_("Mail set aside"), _("belongs to no ticket yet"), _set_aside(), set_aside.waiting(user), "soon"),
    ]


def _tile(label: str, hint: str, address: str, rows: QuerySet[Any], tone: str = "") -> Tile:
    number = capped_count(rows)
    return Tile(label, hint, address, number, tone if number != "0" else "")


def _of(tab: str, tickets: TicketQuerySet, agent: Agent | None, at: datetime) -> TicketQuerySet:
    return queue.TABS[tab].select(tickets, agent, at)


def _due_soon(tickets: TicketQuerySet, at: datetime) -> TicketQuerySet:
    return tickets.filter(next_due_at__gte=at, next_due_at__lte=at + SOON)


def _queue(**query: str) -> str:
    return reverse("admin:queue", query=query)


def _promises() -> str:
    return reverse("admin:tickets_promise_changelist", query={"state__exact": Promise.State.OPEN.value})


def _mail() -> str:
    return reverse("admin:tickets_outgoingmail_changelist", query={"state__exact": MailState.FAILED.value})


def _set_aside() -> str:
    return reverse("admin:tickets_rawmail_changelist")
