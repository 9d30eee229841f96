"""What happens because time passed. Run every half minute, from several workers, twice or not at all: each step still
happens once, and at the moment it was due.

The sweep claims what is due, then works. On PostgreSQL the claim is ``FOR UPDATE SKIP LOCKED`` over the tickets; on SQLite
the transaction itself is the claim, because it takes the one write lock when it begins.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F

from tickets.audit.actor import Actor
from tickets.desk.actions import forget_drafts, forget_orphans
from tickets.desk.models import Ticket
from tickets.lifecycle import case as cases
from tickets.lifecycle.batches import alone
from tickets.lifecycle.deadlines import tasks as long_work
from tickets.lifecycle.expectations import keep_expectations
from tickets.lifecycle.ladder.requests import notice_late_requests
from tickets.lifecycle.ladder.triggers import Ladder
from tickets.lifecycle.outages import tasks as outage_tasks
from tickets.lifecycle.outages.events import remind_of_outages
from tickets.lifecycle.promises.steps import break_promises, remind_of_promises
from tickets.lifecycle.resolution import close_resolved
from tickets.sla import failures
from tickets.sla.models import SLAClock
from tickets.sla.rules import StepKind

logger = logging.getLogger(__name__)

BATCH: Final = 500

WORDS: Final[dict[str, str]] = {
    StepKind.WARN: "clock_warned",
    StepKind.BREACH: "clock_breached",
    StepKind.OVERDUE: "clock_overdue",
}


@dataclass(slots=True)
class Swept:
    """What one run did: clock steps taken, failures (tickets whose clocks were put off, and kinds of work that were left
    to the next run), promises found broken and reminders of those that are due soon, requests for somebody more senior
    found unanswered, tickets closed, leads reminded of an outage's next update, drafts and stray files forgotten.
    """

    steps: int = 0
    failed: int = 0
    promises_broken: int = 0
    promises_reminded: int = 0
    requests_late: int = 0
    expectations_changed: int = 0
    closed: int = 0
    reminded: int = 0
    forgotten: int = 0


def sweep(*, at: datetime) -> Swept:
    """Everything that is due at a moment."""
    swept = sweep_clocks(at=at)
    swept.promises_broken = _take(break_promises, swept, at)
    swept.promises_reminded = _take(remind_of_promises, swept, at)
    swept.requests_late = _take(notice_late_requests, swept, at)
    swept.expectations_changed = _take(keep_expectations, swept, at)
    swept.closed = _take(close_resolved, swept, at)
    swept.reminded = _take(remind_of_outages, swept, at)
    _take(outage_tasks.resume, swept, at)
    _take(long_work.resume, swept, at)
    swept.forgotten = _take(forget_drafts, swept, at) + _take(forget_orphans, swept, at)
    return swept


def _take(step: Callable[..., int], swept: Swept, at: datetime) -> int:
    """One kind of work, which stops no other kind by failing."""
    try:
        return step(at=at)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("sweep failed")
        swept.failed += 1
        return 0


def sweep_clocks(*, at: datetime, batch: int = BATCH) -> Swept:
    """Take every clock step that is due: warn, mark as missed, escalate. Batch after batch until nothing is left."""
    swept = Swept()
    taken = SLAClock.objects.filter(next_step_at__lte=at).exists()
    while taken:
        try:
            taken = _batch(at, batch, swept) > 0
        except SoftTimeLimitExceeded:
            # The task's time is used up, which is no ticket's fault. Each batch so far is written; the rest comes next time.
            raise
        except Exception:
            logger.exception("sweep batch failed; trying its tickets one by one")
            # Where nothing works, the rest is left to the next run.
            taken = _one_by_one(at, batch, swept) > 0
    return swept


def _batch(at: datetime, limit: int, swept: Swept) -> int:
    """The next tickets in one transaction; returns how many. Whatever is made for them goes when this ends."""
    with transaction.atomic():
        tickets = _claim(at, limit)
        steps = _work(tickets, at)
    swept.steps += steps
    return len(tickets)


def _claim(at: datetime, limit: int, ticket_ids: Iterable[int] | None = None) -> list[Ticket]:
    """Tickets whose clocks have something due, locked; those that another worker holds are skipped.

    Whoever changes a clock holds its ticket's lock: what was taken in the meantime shows when the clocks are loaded.
    """
    due = Ticket.objects.filter(clocks__next_step_at__lte=at)
    if ticket_ids is not None:
        due = due.filter(pk__in=ticket_ids)
    due = due.select_for_update(of=("self",), skip_locked=True).order_by("clocks__next_step_at", "clocks__pk")
    due = due.annotate(stumbled=F("sweep_failure"))
    # A ticket comes once a clock.
    return list(dict.fromkeys(cases.for_a_batch(due)[:limit]))


def _one_by_one(at: datetime, limit: int, swept: Swept) -> int:
    """After a failed batch: each ticket in a transaction of its own, so that a broken one stops nobody else's clock.

    Returns how many worked.
    """
    due = SLAClock.objects.filter(next_step_at__lte=at).order_by("next_step_at", "pk")
    taken = 0
    for ticket_id in dict.fromkeys(due.values_list("ticket_id", flat=True)[:limit]):
        steps = alone(lambda keys: _work(_claim(at, limit, keys), at), ticket_id, ticket_id, at=at)
        if steps is None:
            swept.failed += 1
        else:
            swept.steps += steps
            taken += 1
    return taken


def _work(tickets: list[Ticket], at: datetime) -> int:
    if not tickets:
        return 0
    loaded = cases.load(tickets, by=Actor.system(), at=at)
    fired = [(case, step) for case in loaded for step in case.clocks.take_steps(at=at)]
    ladder = Ladder(tickets)
    for case, step in fired:
        case.tells_of(step.at)
        clock = step.clock
        case.note(WORDS[step.kind], metric=clock.metric, due=step.due_at.isoformat())
        if step.kind == StepKind.WARN and step.due_at > at and not case.ticket.is_done:
            case.tell_agent("due_soon", case.ticket.assignee, metric=clock.metric, due=step.due_at.isoformat())
        if step.kind == StepKind.BREACH:
            case.sum_up("missed", case.ticket.assignee)
    # Of steps that are noticed at once, the last one says where the case goes: it moves only once.
    for case, step in sorted(fired, key=lambda pair: pair[1].at, reverse=True):
        case.tells_of(step.at)
        ladder.step(case, step)
    cases.save(loaded)
    failures.worked([ticket.pk for ticket in tickets if ticket.stumbled])  # type: ignore[attr-defined]
    return len(fired)
