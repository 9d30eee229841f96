"""Why this deadline? How a due time came about, line by line, as values; whoever shows them makes sentences of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeAlias

from tickets.calendars.rules import OpeningHours, as_utc
from tickets.sla import rules
from tickets.sla.rules import NO_TIME, Spell, Target


@dataclass(frozen=True, slots=True)
class Allowed:
    """The target."""

    minutes: int
    business: bool


@dataclass(frozen=True, slots=True)
class Granted:
    """The target had passed already when it was changed, so the clock may count this much more."""

    grace: timedelta


@dataclass(frozen=True, slots=True)
class Ran:
    """From ``start`` to ``end`` the clock counted ``counted``; it skipped ``closings`` closed stretches, ``closed`` in all."""

    start: datetime
    end: datetime
    counted: timedelta
    closed: timedelta
    closings: int


@dataclass(frozen=True, slots=True)
class Paused:
    """The clock stood still; ``end`` is None while it still does."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Ahead(Ran):
    """What is still to come: ``counted`` is left, from now to the due time."""


@dataclass(frozen=True, slots=True)
class Due:
    """All that was allowed is used up."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Left:
    """What may still run once the clock goes on."""

    duration: timedelta


Line: TypeAlias = Allowed | Granted | Ran | Paused | Ahead | Due | Left


def explain(
    spells: Sequence[Spell], target: Target, hours: OpeningHours | None, at: datetime, grace: timedelta = NO_TIME
) -> list[Line]:
    """How the due time came about, as it looks at a moment.

    What Ran and Ahead counted, and what is Left, adds up to the target and its grace.
    """
    hours = target.measured_by(hours)
    due_at = rules.due(spells, target, hours, grace)
    lines: list[Line] = [Allowed(target.minutes, target.business)]
    if grace:
        lines.append(Granted(grace))
    if due_at is None:
        left = target.duration + grace - rules.consumed(spells, hours, at)
        return [*lines, *_course(spells, hours, at), Left(left)]
    lines += _course(spells, hours, min(as_utc(at), due_at))
    if due_at > at:
        lines.append(Ahead(*_stretch(max(as_utc(at), as_utc(spells[-1][0])), due_at, hours)))
    return [*lines, Due(due_at)]


def _course(spells: Sequence[Spell], hours: OpeningHours | None, until: datetime) -> Iterator[Line]:
    """What was until then: spells and the pauses between them; a pause that lasts has no end."""
    stopped: datetime | None = None
    for start, end in spells:
        if start >= until:
            return
        if stopped is not None and stopped < start:
            yield Paused(stopped, as_utc(start))
        stopped = as_utc(min(end or until, until))
        if stopped > start:
            yield Ran(*_stretch(as_utc(start), stopped, hours))
    if stopped is not None and stopped < until:
        yield Paused(stopped, None)


def _stretch(
    start: datetime, end: datetime, hours: OpeningHours | None
) -> tuple[datetime, datetime, timedelta, timedelta, int]:
    if hours is None:
        return start, end, end - start, NO_TIME, 0
    counted = hours.elapsed(start, end)
    edges = [(start, start), *hours.intervals(start, end), (end, end)]
    closings = sum(before[1] < after[0] for before, after in pairwise(edges))
    return start, end, counted, end - start - counted, closings
