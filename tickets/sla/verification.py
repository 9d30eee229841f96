"""Whether the clocks on record are what their events say they should be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from tickets.calendars import actions as calendars
from tickets.calendars.rules import OpeningHours
from tickets.sla import rules
from tickets.sla.models import ClockEvent, SLAClock
from tickets.sla.reading import spells_of, steps_left, target_of
from tickets.sla.rules import Spell

Kind = ClockEvent.Kind

BATCH = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """``what`` of a clock differs: its spells, its due time, or its next step, which the sweep would never take."""

    clock: SLAClock
    what: str
    stored: object
    fresh: object


def replay(events: Iterable[tuple[str, datetime]]) -> list[Spell]:
    """The spells that a clock's events leave, in the order in which they happened; kinds that start and stop none pass."""
    spells: list[Spell] = []
    for kind, at in events:
        if kind in (Kind.START, Kind.RESUME):
            spells.append((at, None))
        elif kind in (Kind.PAUSE, Kind.STOP) and spells and spells[-1][1] is None:
            spells[-1] = spells[-1][0], at
    return spells


def faults(clock: SLAClock, events: Iterable[tuple[str, datetime]], hours: OpeningHours | None) -> Iterator[Fault]:
    """What differs from a fresh calculation. A clock that was stopped keeps the due time that it had."""
    spells, stored = replay(events), spells_of(clock)
    if spells != stored:
        yield Fault(clock, "spells", stored, spells)
    if clock.stopped_at is not None:
        return
    running = bool(spells) and spells[-1][1] is None
    due_at = rules.due(spells, target_of(clock), hours, clock.grace) if running else None
    if clock.due_at != due_at:
        yield Fault(clock, "due", clock.due_at, due_at)
    if clock.next_step_at is None and (step := next(steps_left(clock), None)):
        yield Fault(clock, "step", None, step.code)


def find() -> Iterator[Fault]:
    """The faults of all clocks at work; a statement or two for each batch, and no more memory than one takes."""
    events = Prefetch("events", ClockEvent.objects.order_by("pk"))
    clocks = SLAClock.objects.filter(stopped_at=None).select_related("calendar", "ticket").prefetch_related(events)
    for clock in clocks.order_by("pk").iterator(chunk_size=BATCH):
        hours = calendars.hours(clock.calendar_id, clock.calendar.edition) if clock.business else None
        yield from faults(clock, ((event.kind, event.at) for event in clock.events.all()), hours)
