"""What staff do with a ticket besides writing: hand it on, sort it anew, wait for somebody."""

from datetime import datetime

from django.utils.translation import gettext as _

from tickets.audit.actor import Actor
from tickets.desk.models import Category, Ticket
from tickets.desk.priorities import Priority
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed
from tickets.lifecycle.case import happening
from tickets.lifecycle.deadlines.retargeting import retarget
from tickets.lifecycle.expectations import expect_of_topic
from tickets.lifecycle.outages.links import join_outage
from tickets.people.models import Agent

BY_HAND = (Status.OPEN, Status.PENDING, Status.ON_HOLD)


def assign(ticket: Ticket, *, to: Agent | None, by: Actor, at: datetime) -> None:
    """Give the ticket to somebody, or to nobody. Whoever gets it is told, unless they took it themselves."""
    with happening(ticket, by=by, at=at) as case:
        before = case.ticket.assignee
        if before == to:
            return
        case.set(assignee=to, routing={"by_hand": True})
        case.note("assigned", before=before.pk if before else None, after=to.pk if to else None)
        case.tell_agent("assigned", to)


def change_category(ticket: Ticket, *, category: Category, by: Actor, at: datetime) -> None:
    """Sort the ticket under another topic. The policy is chosen anew; clocks keep their start and what was used."""
    with happening(ticket, by=by, at=at) as case:
        before = case.ticket.category
        if before == category:
            return
        case.set(category=category, team=category.team)
        case.note("category_changed", before=before.pk, after=category.pk)
        retarget(case, cause="category")
        expect_of_topic(case)
        join_outage(case)


def change_priority(ticket: Ticket, *, priority: Priority, by: Actor, at: datetime) -> None:
    """Clocks keep their start and what was used; only the target changes."""
    with happening(ticket, by=by, at=at) as case:
        before = case.ticket.priority
        if before == priority:
            return
        case.set(priority=priority.value)
        case.note("priority_changed", before=before, after=priority.value)
        retarget(case, cause="priority")


def change_status(ticket: Ticket, *, status: Status, by: Actor, at: datetime) -> None:
    """Say whose turn it is: Open, Pending or On hold. Never counts as an answer. Raises NotAllowed for a ticket that is done."""
    with happening(ticket, by=by, at=at) as case:
        if case.ticket.is_done or status not in BY_HAND:
            raise NotAllowed(_("From here the ticket can only be opened again, solved or closed."))
        case.change_status(status)
