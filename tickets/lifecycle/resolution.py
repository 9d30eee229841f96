"""A ticket comes to its end, and what the customer thinks of that."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tickets.audit.actor import Actor
from tickets.audit.models import AuditEntry
from tickets.desk.models import Ticket
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed
from tickets.escalation.models import Trigger
from tickets.escalation.rules import Occasion
from tickets.lifecycle import case as cases
from tickets.lifecycle.batches import all_or_each
from tickets.lifecycle.case import Case, happening
from tickets.lifecycle.ladder.following import tell_followers
from tickets.lifecycle.ladder.triggers import happens
from tickets.lifecycle.promises.ledger import hand_over_what_is_owed, refuse_over_promises
from tickets.ratings import links
from tickets.ratings.models import Rating

CLOSES_AFTER: Final = timedelta(days=7)
"""How long a Resolved ticket can be opened again by writing; then it closes by itself."""


def resolve(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """The desk says that it is solved.

    Raises NotAllowed over a promise that nobody keeps beyond the case, or when the ticket is done already.
    """
    with happening(ticket, by=by, at=at) as case:
        mark_resolved(case)


def mark_resolved(case: Case) -> None:
    """The part of an event that resolves: status, clocks, and the mail that asks whether it really is solved."""
    if case.ticket.is_done:
        raise NotAllowed(_("This ticket is solved already."))
    refuse_over_promises(case)
    case.note("resolved")
    case.change_status(Status.RESOLVED, recorded=False)
    tell_followers(case, "resolved")
    case.tell_customer(
        "resolved",
        rating=links.token(case.ticket.reference, _cycle(case.ticket)),
        closes_at=(case.at + CLOSES_AFTER).isoformat(),
    )


def confirm_solved(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """The customer says that it is solved; a ticket that was still open is resolved by that.

    What we still owe them stays owed, with whoever had to keep it. Saying it twice changes nothing more. Raises NotAllowed
    when closed.
    """
    with happening(ticket, by=by, at=at) as case:
        if case.ticket.status == Status.CLOSED:
            raise NotAllowed(_("This request is closed already."))
        if _confirmed_before(case.ticket):
            return
        case.note("confirmed_solved")
        hand_over_what_is_owed([case])
        case.change_status(Status.RESOLVED, recorded=False)


def _confirmed_before(ticket: Ticket) -> bool:
    """Whether the customer has said it of this solution, and not just of one before it was opened again."""
    if ticket.resolved_at is None:
        return False
    return AuditEntry.objects.filter(ticket=ticket, code="confirmed_solved", at__gte=ticket.resolved_at).exists()


def close(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """End a Resolved ticket for good; a later message opens a follow-up.

    Raises NotAllowed unless it is Resolved, and over a promise that nobody keeps beyond the case.
    """
    with happening(ticket, by=by, at=at) as case:
        if case.ticket.status != Status.RESOLVED:
            raise NotAllowed(_("Only a solved ticket can be closed."))
        refuse_over_promises(case)
        _mark_closed(case)


def close_resolved(*, at: datetime, limit: int = 500) -> int:
    """Close what was resolved seven days ago; returns how many. Part of the sweep."""
    due = Ticket.objects.filter(status=Status.RESOLVED, resolved_at__lte=at - CLOSES_AFTER).order_by("resolved_at")
    return all_or_each(due, partial(_close, due, at), at=at, limit=limit)


def _close(due: QuerySet[Ticket], at: datetime, keys: list[int]) -> int:
    locked = due.filter(pk__in=keys).select_for_update(of=("self",), skip_locked=True)
    tickets = list(locked.select_related(*cases.RELATED))
    if tickets:
        done = cases.load(tickets, by=Actor.system(), at=at)
        hand_over_what_is_owed(done)
        for case in done:
            _mark_closed(case)
        cases.save(done)
    return len(tickets)


def _mark_closed(case: Case) -> None:
    case.note("closed")
    case.change_status(Status.CLOSED, recorded=False)


def rate(ticket: Ticket, *, cycle: int, stars: int, comment: str, by: Actor, at: datetime) -> Rating:
    """The customer rates a resolution; rating the same one again changes the rating.

    Raises NotAllowed when it was never resolved.
    """
    with happening(ticket, by=by, at=at) as case:
        if not case.ticket.is_done and cycle > case.ticket.reopened_count:
            raise NotAllowed(_("You can rate us once your request is solved."))
        rating, _created = Rating.objects.update_or_create(
            ticket=ticket, cycle=cycle, defaults={"stars": stars, "comment": comment, "at": at}
        )
        case.note("rated", stars=stars)
        happens(case, Occasion(Trigger.RATING, f"rating:{cycle}", number=stars))
    return rating


def _cycle(ticket: Ticket) -> int:
    """Each resolution after a reopening is rated by itself."""
    return ticket.reopened_count + 1
