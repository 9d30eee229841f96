"""What we owe the customer: promised, kept, withdrawn, or handed over to somebody who keeps it whatever becomes of the case."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tickets.audit.actor import Actor
from tickets.calendars import actions as calendars
from tickets.desk.models import Message, Ticket
from tickets.errors import NotAllowed
from tickets.escalation.models import Trigger
from tickets.escalation.rules import Occasion
from tickets.lifecycle.case import Case, happening
from tickets.lifecycle.ladder.triggers import Ladder
from tickets.people.models import Agent
from tickets.people.need_to_know import need_to_know
from tickets.promises.models import Promise
from tickets.promises.rules import Pledge, faults, reminder_at
from tickets.promises.words import promise_in_words

KEEPERS = ("owner__user", "owner__calendar", "made_by__agent__user", "made_by__agent__calendar")
"""Whom a promise can be kept by, besides whoever has the case."""

State, Step = Promise.State, Promise.Step


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
    key: UUID | None = None,
) -> Promise:
    """Put on record what we owe the customer, and by when. A ``key`` that made a promise already answers with that one.

    Raises NotAllowed for a date in the past, for one that can only be a slip, for an amount that cannot be paid, and for a
    done ticket.
    """
    with happening(ticket, by=by, at=at) as case:
        if before := made_before(case, key):
            return before
        made = make(case, Pledge(kind, due_at, amount, currency, terms, key), message)
        case.tell_customer("promised", promise=made.pk)
    return made


def made_before(case: Case, key: UUID | None) -> Promise | None:
    """What an earlier click on the same form has promised on this ticket."""
    return case.ticket.promises.select_related("message").filter(key=key).first() if key else None


def make(case: Case, pledge: Pledge, message: Message | None = None) -> Promise:
    """The part of an event that promises something."""
    for refusal in faults(pledge, at=case.at).values():
        raise NotAllowed(refusal)
    if case.by.user_id is None:
        raise NotAllowed(_("A promise is made by a person."))
    if case.ticket.is_done:
        raise NotAllowed(_("Open the ticket again before you promise something on it."))
    made = Promise(
        ticket=case.ticket,
        message=message,
        kind=pledge.kind,
        amount=pledge.amount,
        currency=pledge.currency if pledge.amount is not None else "",
        due_at=pledge.due_at,
        terms=pledge.terms,
        key=pledge.key,
        made_by_id=case.by.user_id,
        made_at=case.at,
    )
    made.next_step, made.next_step_at = Step.REMIND, _reminder(made, keeper(case, made), case.at)
    made.save()
    case.note("promised", promise=made.pk, kind=made.kind, due=made.due_at.isoformat())
    return made


def _reminder(promise: Promise, agent: Agent | None, start: datetime) -> datetime:
    calendar = agent.calendar if agent else None
    hours = calendars.hours(calendar.pk, calendar.edition) if calendar else None
    return reminder_at(start, promise.due_at, hours)


def keeper(case: Case, promise: Promise) -> Agent | None:
    """Who has to keep it: its owner, else whoever has the case, else who made it; nobody who has left the desk, or may not
    read the case any more.
    """
    maker: Agent | None = getattr(promise.made_by, "agent", None)
    agents = (promise.owner, case.ticket.assignee, maker)
    return next((agent for agent in agents if agent is not None and case.is_open_to(agent)), None)


# --- Its end ----------------------------------------------------------------------------------------------------------


def keep_promise(promise: Promise, *, by: Actor, at: datetime, evidence: str) -> None:
    """We did what we promised, in time or late; ``evidence`` says how anybody can tell (a transfer number, a tracking number).

    Raises NotAllowed without evidence, and for a promise that was kept or withdrawn already.
    """
    if not evidence.strip():
        raise NotAllowed(_("Say how we know that the promise was kept, such as the number of the transfer."))
    _end(promise, State.KEPT, "promise_kept", by=by, at=at, evidence=evidence)


def withdraw_promise(promise: Promise, *, by: Actor, at: datetime, reason: str) -> None:
    """The promise no longer holds, such as when the customer chose something else; they are told the ``reason``.

    Raises NotAllowed without one, and for a promise that was kept or withdrawn already.
    """
    if not reason.strip():
        raise NotAllowed(_("Say why the promise is withdrawn."))
    _end(promise, State.WITHDRAWN, "promise_withdrawn", by=by, at=at, evidence=reason)


def _end(promise: Promise, state: str, code: str, *, by: Actor, at: datetime, evidence: str) -> None:
    with happening(promise.ticket, by=by, at=at) as case:
        owed = _owed(promise)
        changes: dict[str, Any] = {}
        if owed.state == State.OPEN and owed.due_at <= at:
            # A miss happens when it was due, whoever notices: ending it a moment before the sweep does not undo it.
            changes["broken_at"] = owed.due_at
            miss(case, owed, Ladder([case.ticket]))
        Promise.objects.filter(pk=owed.pk).update(
            state=state, ended_at=at, evidence=evidence, next_step="", next_step_at=None, **changes
        )
        case.note(code, promise=owed.pk, kind=owed.kind)
        case.tell_customer(code, promise=owed.pk)
    promise.refresh_from_db()


def miss(case: Case, promise: Promise, ladder: Ladder) -> None:
    """Put on record that its date passed, and let the rules act that wait for that."""
    case.note("promise_broken", promise=promise.pk, kind=promise.kind, due=promise.due_at.isoformat())
    ladder.happens(case, Occasion(Trigger.PROMISE, f"promise:{promise.pk}"))


def _owed(promise: Promise) -> Promise:
    """The promise as it stands under the ticket's lock; raises NotAllowed when it was kept or withdrawn."""
    owed = Promise.objects.owed().select_related(*KEEPERS).filter(pk=promise.pk).first()
    if owed is None:
        raise NotAllowed(_("This promise has ended already."))
    return owed


# --- Longer than the case ---------------------------------------------------------------------------------------------


def hand_over_promise(promise: Promise, *, to: Agent, note: str, by: Actor, at: datetime) -> None:
    """Somebody keeps it from now on, whatever becomes of the case; ``note`` says what is left to do.

    Raises NotAllowed without a note, for a promise that was kept or withdrawn, and for somebody who has left or may not
    read the case.
    """
    if not note.strip():
        raise NotAllowed(_("Say what is left to do, so that nobody has to ask."))
    with happening(promise.ticket, by=by, at=at) as case:
        owed = _owed(promise)
        readable = Ticket.objects.filter(need_to_know(to.user), pk=case.ticket.pk)
        if not to.user.is_active or not readable.exists():
            raise NotAllowed(_("%(name)s cannot read this case. Choose somebody else.") % {"name": to})
        _hand_over(case, owed, to, note)
    promise.refresh_from_db()


def hand_over_what_is_owed(cases: Iterable[Case]) -> None:
    """For cases that end without anybody at the desk deciding it: whoever keeps a promise keeps it beyond the end."""
    by_ticket = {case.ticket.pk: case for case in cases}
    for owed in Promise.objects.held_by_the_case().select_related(*KEEPERS).filter(ticket__in=by_ticket):
        case = by_ticket[owed.ticket_id]
        _hand_over(case, owed, keeper(case, owed), note="")


def _hand_over(case: Case, promise: Promise, to: Agent | None, note: str) -> None:
    changes: dict[str, Any] = {"owner": to, "handed_over_at": case.at, "hand_over_note": note}
    if promise.next_step == Step.REMIND and promise.due_at > case.at:
        changes["next_step_at"] = _reminder(promise, to, case.at)
    Promise.objects.filter(pk=promise.pk).update(**changes)
    case.note("promise_handed_over", promise=promise.pk, kind=promise.kind, agent=to.pk if to else None)
    case.tell_agent("promise_handed_over", to, promise=promise.pk)


def refuse_over_promises(case: Case) -> None:
    """Raises NotAllowed while something is owed that ends with the case."""
    owed = Promise.objects.held_by_the_case().filter(ticket=case.ticket).order_by("due_at", "pk").first()
    if owed is not None:
        raise NotAllowed(
            _("We still owe the customer this: %(promise)s. Keep it, withdraw it, or hand it over to somebody first.")
            % {"promise": promise_in_words(owed, case.at)}
        )
