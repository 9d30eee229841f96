"""The least that a sweep can cost: its claim alone, and two ways to do nothing but move clocks and note their steps."""

from typing import Any

from django.db import connection, transaction

from tests.benchmarks.crowd import AT
from tickets.models import ClockEvent, SLAClock

BATCH = 500
CLAIM = "SELECT id FROM tickets_slaclock WHERE next_step_at <= %s ORDER BY next_step_at, id LIMIT 500 FOR UPDATE SKIP LOCKED"

IN_SETS = f"""
WITH claimed AS ({CLAIM}), moved AS (
    UPDATE tickets_slaclock AS clock
    SET steps_taken = steps_taken || to_jsonb(next_step), next_step = '', next_step_at = NULL,
        breached_at = CASE WHEN next_step = 'breach' THEN due_at END
    FROM claimed WHERE clock.id = claimed.id RETURNING clock.*
)
INSERT INTO tickets_clockevent (clock_id, kind, step, at, cause, due_before, due_after)
SELECT id, CASE WHEN breached_at IS NULL THEN 'warn' ELSE 'breach' END, steps_taken ->> -1, due_at, 'time', due_at, due_at
FROM moved
"""


def claim(**look: Any) -> list[Any]:
    """One claim; its rows."""
    with connection.cursor() as cursor:
        cursor.execute(look.get("prefix", "") + CLAIM, [look.get("at", AT)])
        return cursor.fetchall()


def in_sets() -> int:
    """Clocks and events in one statement a batch; returns how many."""
    moved = 0
    with connection.cursor() as cursor:
        while True:
            with transaction.atomic():
                cursor.execute(IN_SETS, [AT])
            if not cursor.rowcount:
                return moved
            moved += cursor.rowcount


def in_orm_batches() -> int:
    """The same with rows as objects: bulk_update and bulk_create."""
    moved = 0
    while True:
        with transaction.atomic():
            due = SLAClock.objects.filter(next_step_at__lte=AT).select_for_update(skip_locked=True)
            clocks = list(due.order_by("next_step_at", "pk")[:BATCH])
            ClockEvent.objects.bulk_create([_taken(clock) for clock in clocks])
            SLAClock.objects.bulk_update(clocks, ["steps_taken", "next_step", "next_step_at", "breached_at"])
        if not clocks:
            return moved
        moved += len(clocks)


def _taken(clock: SLAClock) -> ClockEvent:
    kind = "breach" if clock.next_step == "breach" else "warn"
    event = ClockEvent(
        clock=clock,
        kind=kind,
        step=clock.next_step,
        at=AT,
        cause="time",
        due_before=clock.due_at,
        due_after=clock.due_at,
    )
    clock.steps_taken = [*clock.steps_taken, clock.next_step]
    clock.breached_at = clock.due_at if kind == "breach" else None
    clock.next_step, clock.next_step_at = "", None
    return event
