"""Tickets that the sweep stumbles over: put off for longer each time, shown to the leads, forgotten once they work again."""

import traceback
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from tickets.desk.models import Ticket
from tickets.sla.models import SLAClock, SweepFailure

FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(hours=6)
ERROR_LENGTH: Final = SweepFailure._meta.get_field("error").max_length


def pause_after(tries: int) -> timedelta:
    """How long a ticket is left alone that failed so many times in a row: twice as long each time, six hours at most."""
    doublings = min(tries - 1, 10)
    return min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE)


def put_off(ticket: str, *, at: datetime) -> Q:
    """Rows whose ticket is left alone at a moment; ``ticket`` is the look-up that leads there, such as ``ticket__``."""
    return Q(**{f"{ticket}sweep_failure__next_try_at__gt": at})


@transaction.atomic
def record(ticket_id: int, error: Exception, *, at: datetime) -> None:
    """The ticket failed once more, and is left alone for a while."""
    # First, as everybody does: another sweep may hold the ticket, and is about to say that it works.
    Ticket.objects.select_for_update(of=("self",)).get(pk=ticket_id)
    begun = {"first_at": at, "last_at": at, "next_try_at": at, "tries": 0}
    failure, _new = SweepFailure.objects.select_for_update().get_or_create(ticket_id=ticket_id, defaults=begun)
    failure.tries += 1
    failure.last_at, failure.next_try_at = at, at + pause_after(failure.tries)
    failure.error = described(error)[:ERROR_LENGTH]
    failure.save()
    # Only the next look is put off: due dates and the moment of a miss stay what they are.
    SLAClock.objects.filter(ticket=ticket_id, next_step_at__lte=at).update(next_step_at=failure.next_try_at)


def described(error: Exception) -> str:
    """Its kind, and where in our code it came up. Its own words stay in the log: they may quote a customer's."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/tickets/" in frame.filename.replace("\\", "/")]
    if not ours:
        return type(error).__name__
    where = ours[-1].filename.replace("\\", "/").rpartition("/tickets/")[2]
    return f"{type(error).__name__}, tickets/{where}, {ours[-1].name}"


def worked(ticket_ids: Collection[int]) -> None:
    """Whatever was wrong with these is over."""
    if ticket_ids:
        SweepFailure.objects.filter(ticket__in=ticket_ids).delete()


@transaction.atomic
def try_again(failure: SweepFailure, *, at: datetime) -> None:
    """Let the next sweep try the ticket, however long it was to be left alone."""
    SLAClock.objects.filter(ticket=failure.ticket_id, next_step_at=failure.next_try_at).update(next_step_at=at)
    SweepFailure.objects.filter(pk=failure.pk).update(next_try_at=at)
