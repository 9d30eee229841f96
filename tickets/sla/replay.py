"""A case once more, from what really happened to it, under any policies: what its clocks would have done. Writes nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tickets.desk.models import Ticket
from tickets.desk.statuses import Status
from tickets.sla.choice import Terms
from tickets.sla.clockwork import Clockwork
from tickets.sla.models import SLAClock
from tickets.sla.rules import Event


@dataclass(frozen=True, slots=True)
class Happened:
    """``changes`` are what the ticket became by it (topic, tier, priority, rhythm of updates); ``status`` is the one after."""

    at: datetime
    status: Status
    event: Event | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


def replay(ticket: Ticket, story: Iterable[Happened], policies: tuple[Terms, ...]) -> list[SLAClock]:
    """The clocks of a ticket, which is given as it was when it came in, and left as it is at the story's end."""
    work = Clockwork(ticket, [], policies_in_use=lambda: policies)
    for happened in story:
        if happened.changes:
            for name, value in happened.changes.items():
                setattr(ticket, name, value)
            work.retarget(at=happened.at, cause="replay")
        if happened.event:
            work.react(happened.event, status=happened.status, at=happened.at)
    return work.clocks


def missed_at(clock: SLAClock, until: datetime) -> datetime | None:
    """When the deadline passed, if it did by a moment, whether or not anybody noticed."""
    if clock.breached_at is None and clock.stopped_at is None and clock.due_at is not None and clock.due_at <= until:
        return clock.due_at
    return clock.breached_at


def count(clocks: Iterable[SLAClock], until: datetime) -> tuple[Counter[str], Counter[str]]:
    """How many deadlines of each metric there were, and how many of them were missed.

    A clock that stopped as it started was none: an answer that solves the case begins and ends the wait for more news.
    """
    kept: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for clock in clocks:
        if clock.stopped_at == clock.started_at:
            continue
        kept[clock.metric] += 1
        missed[clock.metric] += missed_at(clock, until) is not None
    return kept, missed


def newly_missed(
    before: Iterable[SLAClock], after: Iterable[SLAClock], until: datetime
) -> Iterator[tuple[str, datetime]]:
    """Metric and moment of each deadline that is missed in the second and was not in the first."""
    known = {(clock.metric, clock.cycle) for clock in before if missed_at(clock, until)}
    for clock in after:
        passed = missed_at(clock, until)
        if passed and (clock.metric, clock.cycle) not in known:
            yield clock.metric, passed
