"""What happens to promises because time passed: a reminder before the date, and a miss when it passes. Part of the sweep.

Both find what is due by one small index, and lock it before they work: twice, or by two workers, changes nothing more.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from django.db.models import F, QuerySet

from tickets.audit.actor import Actor
from tickets.desk.models import Ticket
from tickets.lifecycle import case as cases
from tickets.lifecycle.batches import all_or_each
from tickets.lifecycle.case import Case
from tickets.lifecycle.ladder.triggers import Ladder
from tickets.lifecycle.promises.ledger import KEEPERS, keeper, miss
from tickets.promises.models import Promise

BATCH: Final = 500


def remind_of_promises(*, at: datetime, batch: int = BATCH) -> int:
    """Tell those who keep promises that a date comes near; returns how many."""
    due = Promise.objects.filter(next_step=Promise.Step.REMIND, next_step_at__lte=at, due_at__gt=at)
    return _each(due, batch, partial(_work, _remind), at)


def break_promises(*, at: datetime, batch: int = BATCH) -> int:
    """Mark promises as broken, at the moment they were due, and tell the customer and whoever keeps them; returns how many."""
    due = Promise.objects.filter(next_step_at__lte=at, due_at__lte=at)
    return _each(due, batch, partial(_work, _break), at)


def _each(due: QuerySet[Promise], batch: int, work: Callable[..., int], at: datetime) -> int:
    return all_or_each(due.order_by("next_step_at", "pk"), partial(work, due, at), at=at, limit=batch)


def _work(step: Callable[..., None], due: QuerySet[Promise], at: datetime, keys: list[int]) -> int:
    locked = due.filter(pk__in=keys).select_for_update(of=("self", "ticket"), skip_locked=True)
    promises = list(locked.select_related("ticket", *KEEPERS))
    if not promises:
        return 0
    tickets = Ticket.objects.select_related(*cases.RELATED).filter(pk__in={promise.ticket_id for promise in promises})
    loaded = {case.ticket.pk: case for case in cases.load(list(tickets), by=Actor.system(), at=at)}
    step(promises, loaded, Ladder([case.ticket for case in loaded.values()]))
    cases.save(loaded.values())
    return len(promises)


def _remind(promises: list[Promise], loaded: dict[int, Case], ladder: Ladder) -> None:
    _rows(promises).update(next_step=Promise.Step.BREAK, next_step_at=F("due_at"))
    for promise in promises:
        case = loaded[promise.ticket_id]
        if promise.next_step_at is not None:
            case.tells_of(promise.next_step_at)
        case.note("promise_reminded", kind=promise.kind, due=promise.due_at.isoformat(), promise=promise.pk)
        _tell_keeper(case, "promise_due", promise, ladder)


def _break(promises: list[Promise], loaded: dict[int, Case], ladder: Ladder) -> None:
    _rows(promises).update(
        state=Promise.State.BROKEN, broken_at=F("due_at"), ended_at=F("due_at"), next_step="", next_step_at=None
    )
    for promise in promises:
        case = loaded[promise.ticket_id]
        case.tells_of(promise.due_at)
        _tell_keeper(case, "promise_broken", promise, ladder)
        agent = keeper(case, promise)
        case.tell_customer("promise_late", promise=promise.pk, agent=str(agent) if agent else "")
        miss(case, promise, ladder)


def _rows(promises: list[Promise]) -> QuerySet[Promise]:
    return Promise.objects.filter(pk__in=[promise.pk for promise in promises])


def _tell_keeper(case: Case, kind: str, promise: Promise, ladder: Ladder) -> None:
    """Where everybody who could keep it has left, or may not read the case any more, the leads have to know."""
    if agent := keeper(case, promise):
        case.tell_agent(kind, agent, promise=promise.pk)
        return
    maker = promise.made_by
    for user in [maker] if maker.is_active and not hasattr(maker, "agent") else ladder.leads:
        case.tell_user(kind, user, promise=promise.pk)
