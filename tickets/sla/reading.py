"""A clock's row as the values that rules calculate with."""

from collections.abc import Iterator
from datetime import datetime

from tickets.sla import rules
from tickets.sla.models import SLAClock
from tickets.sla.rules import ClockState, Spell, Step, StepKind, Target


def spells_of(clock: SLAClock) -> list[Spell]:
    return [
        (datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None) for start, end in clock.spells
    ]


def target_of(clock: SLAClock) -> Target:
    return Target(clock.target_minutes, clock.business)


def is_running(clock: SLAClock) -> bool:
    return bool(clock.spells) and clock.spells[-1][1] is None


def state_of(clock: SLAClock) -> ClockState:
    if clock.stopped_at is not None:
        return ClockState.STOPPED
    return ClockState.RUNNING if is_running(clock) else ClockState.PAUSED


def due_of(clock: SLAClock) -> datetime:
    """The due time of a clock that runs: it always has one."""
    if clock.due_at is None:
        raise ValueError(f"Clock {clock.pk} runs without a due time.")
    return clock.due_at


def terms_of(clock: SLAClock) -> tuple[object, ...]:
    """What another policy may change about a clock, whether or not that moves its due time."""
    return clock.target_minutes, clock.business, clock.calendar_id, clock.grace


def steps_left(clock: SLAClock) -> Iterator[Step]:
    """What is still to come. Of a clock that stands still only a miss that nobody has noticed; warnings end with it."""
    running, missed = is_running(clock), clock.breached_at is not None
    comes = {StepKind.WARN: running and not missed, StepKind.BREACH: running or missed, StepKind.OVERDUE: running}
    left = (rules.step(code) for code in clock.steps if code not in clock.steps_taken)
    return (step for step in left if comes[step.kind])
