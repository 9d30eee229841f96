"""What staff do with a ticket besides writing: hand it on, sort it anew, wait for somebody, promise something."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from tickets.audit.actor import Actor
from tickets.desk.models import Category, Message, Ticket
from tickets.desk.priorities import Priority
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed
from tickets.lifecycle.case import happening
from tickets.lifecycle.deadlines import retarget
from tickets.people.models import Agent
from tickets.promises.models import Promise

BY_HAND = (Status.OPEN, Status.PENDING, Status.ON_HOLD)

LONGEST_PROMISE = timedelta(days=731)


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


def promise(
    ticket: Ticket,
    *,
    kind: str,
    due_at: datetime,
    by: Actor,
    at: datetime,
    amount: Decimal | None = None,
    currency: str = "",
    terms: str = "",
    message: Message | None = None,
) -> Promise:
    """Put on record what we owe the customer, and by when.

    Raises NotAllowed for a date in the past, for one that can only be a slip, and for a done ticket.
    """
    if due_at <= at:
        raise NotAllowed(_("A promise needs a date that is still to come."))
    if due_at > at + LONGEST_PROMISE:
        raise NotAllowed(_("That date is more than two years away. Look at the year once more."))
    if by.user_id is None:
        raise NotAllowed(_("A promise is made by a person."))
    with happening(ticket, by=by, at=at) as case:
        if case.ticket.is_done:
            raise NotAllowed(_("Open the ticket again before you promise something on it."))
        made = Promise.objects.create(
            ticket=case.ticket,
            message=message,
            kind=kind,
            amount=amount,
            currency=currency,
            due_at=due_at,
            terms=terms,
            made_by_id=by.user_id,
            made_at=at,
        )
        case.note("promised", promise=made.pk, kind=kind, due=due_at.isoformat())
        case.tell_customer("promised", promise=made.pk)
    return made


def keep_promise(promise: Promise, *, by: Actor, at: datetime, evidence: str) -> None:
    """We did what we promised; ``evidence`` says how anybody can tell (a transfer number, a tracking number)."""
    if not evidence.strip():
        raise NotAllowed(_("Say how we know that the promise was kept, such as the number of the transfer."))
    _end_promise(promise, Promise.State.KEPT, "promise_kept", by=by, at=at, evidence=evidence)


def withdraw_promise(promise: Promise, *, by: Actor, at: datetime, reason: str) -> None:
    """The promise no longer holds, such as when the customer chose something else; ``reason`` is kept with it."""
    if not reason.strip():
        raise NotAllowed(_("Say why the promise is withdrawn."))
    _end_promise(promise, Promise.State.WITHDRAWN, "promise_withdrawn", by=by, at=at, evidence=reason)


def _end_promise(promise: Promise, state: str, code: str, *, by: Actor, at: datetime, evidence: str) -> None:
    with happening(promise.ticket, by=by, at=at) as case:
        ended = Promise.objects.filter(pk=promise.pk, state=Promise.State.OPEN).update(
            state=state, ended_at=at, evidence=evidence
        )
        if not ended:
            raise NotAllowed(_("This promise has ended already."))
        case.note(code, promise=promise.pk, kind=promise.kind)
    promise.refresh_from_db()
