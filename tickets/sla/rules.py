"""How a clock runs: what it has consumed, when it is due, and what starts, pauses and stops it.

A clock is known by its spells, the stretches in which it ran. Everything else follows from them, so that a change of
target or of opening hours counts exactly what was really consumed. Moments are aware datetimes in and UTC out.
``hours`` of None count round the clock, and so does a target that is not in business hours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from tickets.calendars.rules import OpeningHours, as_utc
from tickets.desk.statuses import ACTIVE, DONE, MEANINGS, Status

NO_TIME: Final = timedelta(0)

Spell: TypeAlias = tuple[datetime, datetime | None]
"""A stretch in which a clock ran; None while it still runs. Spells come in order, and only the last may be open."""


class Metric(StrEnum):
    FIRST_REPLY = "first_reply"
    NEXT_REPLY = "next_reply"
    UPDATE = "update"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Target:
    """How long a clock may run: ``minutes`` of open time if ``business``, else of any time. At least one minute."""

    minutes: int
    business: bool

    def __post_init__(self) -> None:
        if self.minutes < 1:
            raise ValueError("A target needs at least one minute: nothing can be due before it began.")

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    def measured_by(self, hours: OpeningHours | None) -> OpeningHours | None:
        """The hours that count for this target; None is round the clock."""
        return hours if self.business else None


class StepKind(StrEnum):
    WARN = "warn"
    BREACH = "breach"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens on a clock's way: at a ``share`` percent of its target, or ``minutes`` of its own kind of
    time before that is used up. The ``code`` says which, so that a clock needs no policy to know when its steps fall.
    """

    kind: StepKind
    share: int = 100
    minutes: int = 0

    @property
    def code(self) -> str:
        if self.kind == StepKind.BREACH:
            return StepKind.BREACH
        return f"left_{self.minutes}" if self.minutes else f"share_{self.share}"

    def after(self, target: Target) -> timedelta:
        """How much time the clock has counted when the step falls; nothing or less where the target is too short for it."""
        return target.duration * self.share / 100 - timedelta(minutes=self.minutes)


BREACH: Final = Step(StepKind.BREACH)


def step(code: str) -> Step:
    """The step of a code. Raises ValueError for a code that names none."""
    if code == StepKind.BREACH:
        return BREACH
    what, _mark, number = code.partition("_")
    if what == "left" and number.isdecimal() and int(number) > 0:
        return Step(StepKind.WARN, minutes=int(number))
    if what == "share" and number.isdecimal() and int(number) not in (0, 100):
        share = int(number)
        return Step(StepKind.WARN if share < 100 else StepKind.OVERDUE, share)
    raise ValueError(f"{code!r} is no step of a clock.")


def steps(*, warn_shares: Iterable[int], warn_minutes: Iterable[int], remind_shares: Iterable[int]) -> tuple[Step, ...]:
    """The steps of a policy; the miss is always one of them."""
    return (
        *(Step(StepKind.WARN, share) for share in warn_shares),
        *(Step(StepKind.WARN, minutes=minutes) for minutes in warn_minutes),
        BREACH,
        *(Step(StepKind.OVERDUE, share) for share in remind_shares),
    )


# How much, and when.


def consumed(spells: Sequence[Spell], hours: OpeningHours | None, at: datetime) -> timedelta:
    """How much time the spells have counted by ``at``."""
    return sum((_elapsed(hours, start, min(end or at, at)) for start, end in spells if start < at), NO_TIME)


def due(
    spells: Sequence[Spell], target: Target, hours: OpeningHours | None, grace: timedelta = NO_TIME
) -> datetime | None:
    """When the target and a grace are, or were, used up: None while the clock stands still before that."""
    return used_at(spells, target.measured_by(hours), target.duration + grace)


def used_at(spells: Sequence[Spell], hours: OpeningHours | None, amount: timedelta) -> datetime | None:
    """When the spells have, or had, counted ``amount``: None while the clock stands still before that.

    With opening hours that moment lies inside them, or at the end of an interval. ``amount`` is above zero.
    """
    missing = amount
    for start, end in spells:
        if end is None:
            return _add(hours, start, missing)
        ran = _elapsed(hours, start, end)
        if ran >= missing:
            return _add(hours, start, missing)
        missing -= ran
    return None


GRACE: Final = timedelta(minutes=15)
"""When a changed target has passed already, the miss comes after this much of the clock's own time, not in the same second."""


def grace_for(
    spells: Sequence[Spell],
    target: Target,
    hours: OpeningHours | None,
    at: datetime,
    *,
    left: timedelta = GRACE,
    missed_at: datetime | None = None,
) -> timedelta:
    """What a clock may count beyond its target when it gets another target, or other hours, at ``at``.

    Nothing, unless it has counted as much already. Then it goes on for GRACE, or for what was ``left`` until the change
    if that is less: changes in a row put nothing off. A clock that was missed stays due when it was, unless the new
    target is used up later than that.
    """
    measured = target.measured_by(hours)
    if missed_at is not None:
        return max(consumed(spells, measured, missed_at) - target.duration, NO_TIME)
    used = consumed(spells, measured, at)
    if used < target.duration:
        return NO_TIME
    # Other hours can have used up what was left: then, too, nothing is late in the same second.
    return used + (min(left, GRACE) if left > NO_TIME else GRACE) - target.duration


def _elapsed(hours: OpeningHours | None, start: datetime, end: datetime) -> timedelta:
    return hours.elapsed(start, end) if hours else as_utc(end) - as_utc(start)


def _add(hours: OpeningHours | None, start: datetime, duration: timedelta) -> datetime:
    return hours.add(start, duration) if hours else as_utc(start) + duration


# What starts, pauses and stops a clock.


class Event(StrEnum):
    """What happens to a ticket, as far as clocks care. Internal notes and automatic mail are none of these."""

    CUSTOMER_MESSAGE = "customer_message"
    STAFF_REPLY = "staff_reply"  # by a human, to the customer
    OPENED = "opened"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    ESCALATED = "escalated"
    ANNOUNCED = "announced"  # one public message of the staff on many tickets, such as about an outage


class ClockState(StrEnum):
    """Of the newest clock of a metric. A metric without any clock has none."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class Action(StrEnum):
    """START begins a new clock, RESUME goes on with the newest one, even after it was stopped."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Change:
    metric: Metric
    action: Action


CUSTOMERS_TURN: Final = frozenset(code for code in ACTIVE if MEANINGS[code].turn == "customer")
WORKING: Final = frozenset(ACTIVE) - CUSTOMERS_TURN
OVER: Final = frozenset(DONE)


@dataclass(frozen=True, slots=True)
class Row:
    """What to do with a metric's clock in one of ``states`` (None: there is none yet), at one of ``events``.

    ``statuses`` are those that the event may leave the ticket in. No events or no statuses: any.
    """

    metric: Metric
    states: tuple[ClockState | None, ...]
    actions: tuple[Action, ...]
    events: tuple[Event, ...] = ()
    statuses: frozenset[str] = frozenset()
    after_first_reply: bool = False

    def fits(self, event: Event, status: Status, clocks: Mapping[Metric, ClockState]) -> bool:
        return (
            clocks.get(self.metric) in self.states
            and (not self.events or event in self.events)
            and (not self.statuses or status in self.statuses)
            and (not self.after_first_reply or clocks.get(Metric.FIRST_REPLY) == ClockState.STOPPED)
        )


IDLE: Final = (None, ClockState.STOPPED)
UNDER_WAY: Final = (ClockState.RUNNING, ClockState.PAUSED)
# A public reply of the staff tells the customer something new; so does an escalation: who has the case from now on; and so
# does an announcement, though it answers nobody's question.
NEWS: Final = (Event.STAFF_REPLY, Event.ESCALATED, Event.ANNOUNCED)

TABLE: Final = (
    # Reply clocks stop at a human's public reply and at nothing else; a second message does not start one anew.
    Row(Metric.FIRST_REPLY, (None,), (Action.START,), events=(Event.CUSTOMER_MESSAGE,)),
    Row(Metric.FIRST_REPLY, (ClockState.RUNNING,), (Action.STOP,), events=(Event.STAFF_REPLY,)),
    Row(Metric.NEXT_REPLY, IDLE, (Action.START,), events=(Event.CUSTOMER_MESSAGE,), after_first_reply=True),
    Row(Metric.NEXT_REPLY, (ClockState.RUNNING,), (Action.STOP,), events=(Event.STAFF_REPLY,)),
    # News begin a new cycle while somebody is at work on the case.
    Row(Metric.UPDATE, UNDER_WAY, (Action.STOP,), statuses=OVER),
    Row(Metric.UPDATE, UNDER_WAY, (Action.STOP, Action.START), events=NEWS, statuses=WORKING),
    Row(Metric.UPDATE, UNDER_WAY, (Action.STOP,), events=(Event.STAFF_REPLY,), statuses=CUSTOMERS_TURN),
    Row(Metric.UPDATE, IDLE, (Action.START,), events=NEWS, statuses=WORKING),
    Row(Metric.UPDATE, (ClockState.RUNNING,), (Action.PAUSE,), statuses=CUSTOMERS_TURN),
    Row(Metric.UPDATE, (ClockState.PAUSED,), (Action.RESUME,), statuses=WORKING),
    # Solving starts with the first message of either side, and follows the status from then on.
    Row(
        Metric.RESOLUTION,
        (None,),
        (Action.START,),
        events=(Event.CUSTOMER_MESSAGE, Event.STAFF_REPLY),
        statuses=WORKING,
    ),
    Row(Metric.RESOLUTION, (ClockState.RUNNING,), (Action.PAUSE,), statuses=CUSTOMERS_TURN),
    Row(Metric.RESOLUTION, (ClockState.PAUSED, ClockState.STOPPED), (Action.RESUME,), statuses=WORKING),
    Row(Metric.RESOLUTION, UNDER_WAY, (Action.STOP,), statuses=OVER),
)
"""Of each metric the first row that fits applies; where none does, its clock goes on as it was."""


def transitions(event: Event, status: Status, clocks: Mapping[Metric, ClockState]) -> list[Change]:
    """What an event does to the clocks of a ticket, in the order in which to do it.

    ``status`` is the ticket's after the event, ``clocks`` the state of each metric's newest clock before it.
    """
    rows = (_row(metric, event, status, clocks) for metric in Metric)
    return [Change(row.metric, action) for row in rows if row for action in row.actions]


def _row(metric: Metric, event: Event, status: Status, clocks: Mapping[Metric, ClockState]) -> Row | None:
    return next((row for row in TABLE if row.metric == metric and row.fits(event, status, clocks)), None)
