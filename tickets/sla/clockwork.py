"""All clocks of one ticket in memory: events go in, changed rows come out. Rules decide, this applies."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from tickets import rows
from tickets.calendars import actions as calendars
from tickets.calendars.rules import OpeningHours
from tickets.desk.models import Ticket
from tickets.desk.statuses import Status
from tickets.sla import policies, rules
from tickets.sla.choice import Facts, Terms, choose
from tickets.sla.models import ClockEvent, Outcome, SLAClock
from tickets.sla.rules import Action, ClockState, Event, Metric, Spell, Step, StepKind, Target

ANSWERS: Final = (Metric.FIRST_REPLY, Metric.NEXT_REPLY, Metric.UPDATE)
"""The clocks that a customer sees: by when they hear from us."""

CHANGEABLE: Final = [
    "policy", "policy_version", "calendar", "target_minutes", "business", "spells", "grace", "due_at", "steps",
    "steps_taken", "next_step", "next_step_at", "breached_at", "stopped_at", "outcome",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fired:
    """A step that a clock took: which, when it fell, and the moment that was due then."""

    clock: SLAClock
    step: Step
    at: datetime
    due_at: datetime

    @property
    def kind(self) -> str:
        return self.step.kind.value


@dataclass(slots=True)
class Clockwork:
    """``clocks`` are all clocks the ticket ever had; at most one of each metric is still at work."""

    ticket: Ticket
    clocks: list[SLAClock]
    changed: dict[int, SLAClock] = field(default_factory=dict)
    events: list[ClockEvent] = field(default_factory=list)
    editions: dict[int, uuid.UUID] = field(default_factory=dict)
    policies_in_use: Callable[[], tuple[Terms, ...]] = policies.in_use
    _chosen: tuple[Facts, Terms] | None = None

    # --- what happens -------------------------------------------------------------------------------------------------

    def react(self, event: Event, *, status: Status, at: datetime) -> None:
        """Start, pause, resume and stop what the event asks for; ``status`` is the ticket's after the event."""
        for change in rules.transitions(event, status, self._states()):
            clock = self._current(change.metric)
            if change.action == Action.START:
                self._start(change.metric, at=at, cause=event)
            elif clock is not None:
                self._apply(clock, change.action, at=at, cause=event)

    def retarget(self, *, at: datetime, cause: str) -> list[tuple[SLAClock, datetime | None, datetime | None]]:
        """Choose the policy anew and re-compute what is at work; returns (clock, due before, due after) where it moved.

        What was consumed stays consumed, a recorded miss stays a miss.
        """
        moved = []
        for clock in [clock for clock in self.clocks if clock.stopped_at is None]:
            target = self._target(Metric(clock.metric))
            terms = self._policy()
            before = clock.due_at
            if target is None:
                continue
            until_now = timedelta(minutes=clock.target_minutes) + clock.grace
            self._sign(clock, terms, target)
            hours = self._hours(clock)
            spells = _spells(clock)
            if before is not None:
                until_now = rules.consumed(spells, hours, before)
            allowed = rules.allowance(spells, target, hours, at, until_now=until_now)
            clock.grace = allowed - target.duration
            self._compute(clock)
            if clock.due_at != before:
                self._note(clock, ClockEvent.Kind.APPLY, at=at, cause=cause, before=before)
                moved.append((clock, before, clock.due_at))
        return moved

    def take_steps(self, *, at: datetime) -> list[Fired]:
        """Every step whose moment has come, in the order of their moments. Each is recorded at its own moment, not at ``at``."""
        fired = []
        for clock in self.clocks:
            while clock.stopped_at is None and clock.next_step_at is not None and clock.next_step_at <= at:
                fired.append(self._take_step(clock))
        return fired

    def _take_step(self, clock: SLAClock) -> Fired:
        step, due_at = rules.step(clock.next_step), _due(clock)
        fell_at = self._moment(clock, step, self._hours(clock))
        if step.kind == StepKind.BREACH:
            clock.breached_at = due_at
        clock.steps_taken = [*clock.steps_taken, step.code]
        self._note(clock, step.kind, at=fell_at, cause="time", before=due_at, step=step.code)
        self._plan(clock)
        return Fired(clock, step, fell_at, due_at)

    # --- what the ticket shows ------------------------------------------------------------------------------------------

    def next_due(self) -> tuple[str, datetime | None]:
        """Metric and moment of what is due next; ("", None) when nothing runs."""
        running = [(clock.due_at, clock.metric) for clock in self.clocks if _is_running(clock) and clock.due_at]
        return (min(running)[1], min(running)[0]) if running else ("", None)

    def answer_due(self, *, at: datetime) -> datetime | None:
        """By when the customer hears from us next: the next promise still to come, else the latest that we missed.

        None when it is their turn, or all is done.
        """
        promised = [
            clock.due_at for clock in self.clocks if clock.metric in ANSWERS and _is_running(clock) and clock.due_at
        ]
        ahead = [due_at for due_at in promised if due_at > at]
        return min(ahead) if ahead else max(promised, default=None)

    # --- how -------------------------------------------------------------------------------------------------------------

    def _states(self) -> dict[Metric, ClockState]:
        """The state of each metric's newest clock."""
        return {Metric(clock.metric): _state(clock) for clock in sorted(self.clocks, key=lambda clock: clock.cycle)}

    def _current(self, metric: Metric) -> SLAClock | None:
        return max(
            (clock for clock in self.clocks if clock.metric == metric), key=lambda clock: clock.cycle, default=None
        )

    def _start(self, metric: Metric, *, at: datetime, cause: str) -> None:
        target = self._target(metric)
        if target is None:
            return
        before = self._current(metric)
        clock = SLAClock(
            ticket=self.ticket,
            metric=metric.value,
            cycle=before.cycle + 1 if before else 1,
            started_at=at,
            spells=[[at.isoformat(), None]],
        )
        self._sign(clock, self._policy(), target)
        self.clocks.append(clock)
        self._compute(clock)
        self._note(clock, ClockEvent.Kind.START, at=at, cause=cause, before=None)

    def _apply(self, clock: SLAClock, action: Action, *, at: datetime, cause: str) -> None:
        before = clock.due_at
        if action in (Action.PAUSE, Action.STOP) and _is_running(clock):
            clock.spells[-1][1] = at.isoformat()
        if action == Action.RESUME:
            clock.stopped_at, clock.outcome = None, ""
            clock.spells.append([at.isoformat(), None])
        if action == Action.STOP:
            clock.stopped_at = at
            late = clock.breached_at or (before is not None and at > before)
            clock.outcome = Outcome.BREACHED if late else Outcome.MET
        self._compute(clock)
        kind = {
            Action.PAUSE: ClockEvent.Kind.PAUSE,
            Action.RESUME: ClockEvent.Kind.RESUME,
            Action.STOP: ClockEvent.Kind.STOP,
        }[action]
        self._note(clock, kind, at=at, cause=cause, before=before)

    def _compute(self, clock: SLAClock) -> None:
        """Due time and next step from the spells. A stopped clock keeps the due time it had; a paused one has none."""
        if clock.stopped_at is None:
            allowed = timedelta(minutes=clock.target_minutes) + clock.grace
            running = _is_running(clock)
            clock.due_at = rules.used_at(_spells(clock), self._hours(clock), allowed) if running else None
        self._plan(clock)

    def _plan(self, clock: SLAClock) -> None:
        """Find the step that comes next. Warnings come to nothing once the deadline was missed."""
        clock.next_step, clock.next_step_at = "", None
        if clock.stopped_at is None and _is_running(clock):
            hours = self._hours(clock)
            ahead = [(self._moment(clock, step, hours), step.code) for step in _steps_left(clock)]
            if ahead:
                clock.next_step_at, clock.next_step = min(ahead, key=lambda pair: pair[0])
        self.changed[id(clock)] = clock

    def _moment(self, clock: SLAClock, step: Step, hours: OpeningHours | None) -> datetime:
        """When a step falls. A miss falls when the clock is due, a warning never after that, a reminder never before."""
        due_at = _due(clock)
        if step.kind == StepKind.BREACH:
            return due_at
        after = step.after(Target(clock.target_minutes, clock.business))
        moment = rules.used_at(_spells(clock), hours, after) or due_at
        return min(moment, due_at) if step.kind == StepKind.WARN else max(moment, due_at)

    def _sign(self, clock: SLAClock, terms: Terms, target: Target) -> None:
        """Write down under which policy and target the clock runs."""
        clock.policy_id, clock.policy_version = terms.policy_id, terms.version
        clock.calendar_id = terms.calendar_id
        clock.target_minutes, clock.business = target.minutes, target.business
        clock.steps = [step.code for step in terms.steps if step.after(target) > rules.NO_TIME]

    def _policy(self) -> Terms:
        ticket = self.ticket
        facts = Facts(ticket.category_id, ticket.tier_id, ticket.customer.plan, ticket.language, ticket.channel)
        if self._chosen is None or self._chosen[0] != facts:
            terms = choose(self.policies_in_use(), facts)
            self._chosen = facts, terms
            self.editions[terms.calendar_id] = terms.calendar_edition
        return self._chosen[1]

    def _target(self, metric: Metric) -> Target | None:
        """The policy's target. How often a customer hears from us is the tier's to say, unless a rule said so for this
        case; on the tier where cases of its topic begin, the policy's own target for updates comes before the tier's.
        """
        ticket = self.ticket
        target = self._policy().targets.get((ticket.priority, metric.value))
        if metric != Metric.UPDATE:
            return target
        if ticket.update_minutes:
            return Target(ticket.update_minutes, business=True)
        begins_at = ticket.category.first_tier_id
        begins_here = ticket.tier_id == begins_at if begins_at else ticket.tier.level == 1
        return target if target and begins_here else Target(ticket.tier.update_minutes, business=True)

    def _hours(self, clock: SLAClock) -> OpeningHours | None:
        return calendars.hours(clock.calendar_id, self.editions[clock.calendar_id]) if clock.business else None

    def _note(
        self, clock: SLAClock, kind: str, *, at: datetime, cause: str, before: datetime | None, step: str = ""
    ) -> None:
        self.events.append(
            ClockEvent(clock=clock, kind=kind, step=step, at=at, cause=cause, due_before=before, due_after=clock.due_at)
        )


def _is_running(clock: SLAClock) -> bool:
    return bool(clock.spells) and clock.spells[-1][1] is None


def _due(clock: SLAClock) -> datetime:
    """The due time of a clock that runs: it always has one."""
    if clock.due_at is None:
        raise ValueError(f"Clock {clock.pk} runs without a due time.")
    return clock.due_at


def _spells(clock: SLAClock) -> list[Spell]:
    return [
        (datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None) for start, end in clock.spells
    ]


def _state(clock: SLAClock) -> ClockState:
    if clock.stopped_at is not None:
        return ClockState.STOPPED
    return ClockState.RUNNING if _is_running(clock) else ClockState.PAUSED


def _steps_left(clock: SLAClock) -> Iterator[Step]:
    missed = StepKind.BREACH in clock.steps_taken
    for code in clock.steps:
        step = rules.step(code)
        if code not in clock.steps_taken and not (missed and step.kind == StepKind.WARN):
            yield step


def load(tickets: Sequence[Ticket]) -> dict[int, Clockwork]:
    """The clocks of these tickets, by ticket id: one statement, whatever the number; one more if a policy is asked for."""
    asked_once = cache(policies.in_use)
    works = {ticket.pk: Clockwork(ticket, [], policies_in_use=asked_once) for ticket in tickets}
    for clock in SLAClock.objects.filter(ticket__in=works).select_related("calendar").order_by("pk"):
        work = works[clock.ticket_id]
        work.clocks.append(clock)
        work.editions[clock.calendar_id] = clock.calendar.edition
    return works


def save(works: Iterable[Clockwork]) -> None:
    """Write what changed: at most one UPDATE and one INSERT of clocks, and one INSERT of events."""
    works = list(works)
    changed = [clock for work in works for clock in work.changed.values()]
    known = [clock for clock in changed if clock.pk]
    # Before the INSERT: a clock has to be stopped before the next of its metric can start.
    rows.update(known, CHANGEABLE)
    SLAClock.objects.bulk_create(clock for clock in changed if not clock.pk)
    ClockEvent.objects.bulk_create(event for work in works for event in work.events)
    for work in works:
        work.changed.clear()
        work.events.clear()
