"""Opening hours change: the calendar is written, and the deadlines of open cases follow."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from tickets.audit.actor import Actor
from tickets.calendars import actions
from tickets.calendars.drafts import Day, Draft
from tickets.calendars.models import Calendar
from tickets.desk.models import Ticket, TicketQuerySet
from tickets.lifecycle.deadlines import recomputing
from tickets.sla import clockwork
from tickets.sla.models import Recomputation, SLAClock

LOOKED_AT: Final = 2000
"""Cases that a preview works out: about a second's worth. There may be more, and it says so."""


@dataclass(frozen=True, slots=True)
class Move:
    """A running deadline that a change would move."""

    ticket: Ticket
    clock: SLAClock
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """``complete`` is False where only the cases that are due first were looked at."""

    moves: list[Move]
    complete: bool


@transaction.atomic
def edit_calendar(calendar: Calendar, draft: Draft, *, seen: uuid.UUID, by: Actor, at: datetime) -> None:
    """Make the calendar what the draft says, and move the deadlines that it moves.

    Raises InvalidHours for hours that cannot be used, Stale when somebody else changed the calendar since ``seen``.
    """
    if actions.write(calendar, draft, seen=seen):
        _ask_for_new_deadlines(calendar, by=by, at=at)


@transaction.atomic
def review_holidays(
    calendar: Calendar,
    year: int,
    decisions: Mapping[date, Day | None],
    *,
    seen: uuid.UUID,
    by: Actor,
    at: datetime,
) -> None:
    """Write what was decided about a year's public holidays, and move the deadlines that it moves.

    Raises what :func:`tickets.calendars.actions.review_holidays` raises.
    """
    if actions.review_holidays(calendar, year, decisions, seen=seen):
        _ask_for_new_deadlines(calendar, by=by, at=at)


def deadlines_moved(calendar: Calendar, change: Callable[[Calendar], object], *, at: datetime) -> Preview:
    """Which running deadlines ``change`` would move, those due first first.

    It is tried, on a copy of the calendar, and taken back: nothing is kept.

    Raises what the change raises.
    """
    with transaction.atomic():
        change(Calendar.objects.get(pk=calendar.pk))
        tickets = list(_running_in(calendar)[: LOOKED_AT + 1])
        moves = [
            Move(work.ticket, clock, before, after)
            for work in clockwork.load(tickets[:LOOKED_AT]).values()
            for clock, before, after in work.retarget(at=at, cause=Recomputation.Cause.CALENDAR)
            if before is not None and after is not None
        ]
        transaction.set_rollback(True)
    return Preview(sorted(moves, key=lambda move: move.before), complete=len(tickets) <= LOOKED_AT)


def _ask_for_new_deadlines(calendar: Calendar, *, by: Actor, at: datetime) -> None:
    """Only where a clock goes by this calendar; one that nobody uses yet leaves nothing behind."""
    if SLAClock.objects.filter(calendar=calendar, business=True, stopped_at=None).exists():
        recomputing.ask(cause=Recomputation.Cause.CALENDAR, calendar=calendar, by=by, at=at)


def _running_in(calendar: Calendar) -> TicketQuerySet:
    clocks = SLAClock.objects.running().filter(calendar=calendar, business=True)
    tickets = Ticket.objects.filter(pk__in=clocks.values("ticket")).order_by("next_due_at", "pk")
    return tickets.select_related("customer", "category", "tier")
