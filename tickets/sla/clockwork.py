"""All clocks of one ticket in memory: events go in, changed rows come out. Rules decide, this applies."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Final

from django.db.models import F

from tickets import rows
from tickets.calendars import actions as calendars
from tickets.calendars.rules import OpeningHours
from tickets.desk.models import Ticket
from tickets.desk.statuses import Status
from tickets.sla import policies, rules
from tickets.sla.choice import Facts, Terms, choose
from tickets.sla.models import ClockEvent, Outcome, SLAClock
from tickets.sla.reading import due_of, is_running, spells_of, state_of, steps_left, target_of, terms_of
from tickets.sla.rules import Action, ClockState, Event, Metric, Step, StepKind, Target

ANSWERS: Final = (Metric.FIRST_REPLY, Metric.NEXT_REPLY, Metric.UPDATE)
"""The clocks that a customer sees: by when they hear from us."""

CHANGEABLE: Final = [
    "policy", "policy_version", "calendar", "target_minutes", "business", "spells", "grace", "due_at", "steps",
    "steps_taken", "next_step", "next_step_at", "breached_at", "stopped_at", "outcome",
]  # fmt: skip


NOTED_AS: Final = {
    Action.PAUSE: ClockEvent.Kind.PAUSE,
    Action.RESUME: ClockEvent.Kind.RESUME,
    Action.STOP: ClockEvent.Kind.STOP,
}


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

        What was consumed stays consumed, a miss stays a miss. What the new policy does not promise at all stays promised
        as it was.
        """
        moved = []
        for clock in [clock for clock in self.clocks if clock.stopped_at is None]:
            before, terms = clock.due_at, terms_of(clock)
            self._settle(clock, at)
            self._sign_anew(clock, at=at)
            self._compute(clock)
            if clock.due_at != before or terms_of(clock) != terms:
                self._note(clock, ClockEvent.Kind.APPLY, at=at, cause=cause, before=before)
            if clock.due_at != before:
                moved.append((clock, before, clock.due_at))
        return moved

    def take_steps(self, *, at: datetime) -> list[Fired]:
        """Every step whose moment has come, in the order of their moments. Each is recorded at its own moment, not at ``at``."""
        fired = []
        for clock in self.clocks:
            while clock.next_step_at is not None and clock.next_step_at <= at:
                fired.append(self._take_step(clock))
        return fired

    def _take_step(self, clock: SLAClock) -> Fired:
        step = rules.step(clock.next_step)
        fell_at = self._moment(clock, step, self._hours(clock))
        if step.kind == StepKind.BREACH:
            clock.breached_at = fell_at
        due_at = fell_at if step.kind == StepKind.BREACH else due_of(clock)
        clock.steps_taken = [*clock.steps_taken, step.code]
        self._note(clock, step.kind, at=fell_at, cause="time", before=due_at, step=step.code)
        self._plan(clock)
        return Fired(clock, step, fell_at, due_at)

    # --- what the ticket shows ------------------------------------------------------------------------------------------

    def next_due(self) -> tuple[str, datetime | None]:
        """Metric and moment of what is due next; ("", None) when nothing runs."""
        running = [(clock.due_at, clock.metric) for clock in self.clocks if is_running(clock) and clock.due_at]
        return (min(running)[1], min(running)[0]) if running else ("", None)

    def answer_due(self, *, at: datetime) -> datetime | None:
        """By when the customer hears from us next: the next promise still to come, else the latest that we missed.

        None when it is their turn, or all is done.
        """
        promised = [
            clock.due_at for clock in self.clocks if clock.metric in ANSWERS and is_running(clock) and clock.due_at
        ]
        ahead = [due_at for due_at in promised if due_at > at]
        return min(ahead) if ahead else max(promised, default=None)

    def opening_hours(self) -> OpeningHours:
        """Of the policy that applies to the ticket now."""
        terms = self._policy()
        return calendars.hours(terms.calendar_id, terms.calendar_edition)

    # --- how -------------------------------------------------------------------------------------------------------------

    def _states(self) -> dict[Metric, ClockState]:
        """The state of each metric's newest clock."""
        return {Metric(clock.metric): state_of(clock) for clock in sorted(self.clocks, key=lambda clock: clock.cycle)}

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
        if action == Action.PAUSE:
            self._settle(clock, at)
            clock.spells[-1][1] = at.isoformat()
        elif action == Action.STOP:
            self._stop(clock, at)
        else:
            self._resume(clock, at)
        self._compute(clock)
        self._note(clock, NOTED_AS[action], at=at, cause=cause, before=before)

    def _stop(self, clock: SLAClock, at: datetime) -> None:
        # Who comes in the very moment comes in time.
        self._settle(clock, at - timedelta.resolution)
        if is_running(clock):
            clock.spells[-1][1] = at.isoformat()
        clock.stopped_at = at
        clock.outcome = Outcome.BREACHED if clock.breached_at else Outcome.MET

    def _resume(self, clock: SLAClock, at: datetime) -> None:
        if clock.stopped_at is not None:
            # Nobody re-computed it in the meantime, whatever happened to priorities and policies.
            clock.stopped_at, clock.outcome = None, ""
            self._sign_anew(clock, at=at)
        clock.spells.append([at.isoformat(), None])

    def _settle(self, clock: SLAClock, at: datetime) -> None:
        """A deadline that passed unnoticed was missed then, whatever is about to happen to the clock.

        The step itself is left to the sweep, with all that hangs on it.
        """
        if clock.breached_at is None and clock.due_at is not None and clock.due_at <= at:
            clock.breached_at = clock.due_at

    def _compute(self, clock: SLAClock) -> None:
        """Due time and next step from the spells. A stopped clock keeps the due time it had; a paused one has none."""
        if clock.stopped_at is None:
            running = is_running(clock)
            spells, hours = spells_of(clock), self._hours(clock)
            clock.due_at = rules.due(spells, target_of(clock), hours, clock.grace) if running else None
        self._plan(clock)

    def _plan(self, clock: SLAClock) -> None:
        """Find the step that comes next."""
        hours = self._hours(clock)
        ahead = [(self._moment(clock, step, hours), step.code) for step in steps_left(clock)]
        clock.next_step_at, clock.next_step = min(ahead, key=itemgetter(0), default=(None, ""))
        self.changed[id(clock)] = clock

    def _moment(self, clock: SLAClock, step: Step, hours: OpeningHours | None) -> datetime:
        """When a step falls. A miss falls when the clock is due, a warning never after that, a reminder never before."""
        if step.kind == StepKind.BREACH:
            return clock.breached_at or due_of(clock)
        due_at = due_of(clock)
        moment = rules.used_at(spells_of(clock), hours, step.after(target_of(clock))) or due_at
        return min(moment, due_at) if step.kind == StepKind.WARN else max(moment, due_at)

    def _sign_anew(self, clock: SLAClock, *, at: datetime) -> None:
        """Put what is at work under the terms of now; where it has used those up already, with a grace."""
        target = self._target(Metric(clock.metric))
        if target is None:
            return
        spells = spells_of(clock)
        left = target_of(clock).duration + clock.grace - rules.consumed(spells, self._hours(clock), at)
        self._sign(clock, self._policy(), target)
        clock.grace = rules.grace_for(spells, target, self._hours(clock), at, left=left, missed_at=clock.breached_at)

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


def load(tickets: Sequence[Ticket]) -> dict[int, Clockwork]:
    """The clocks of these tickets, by ticket id: one statement, whatever the number; one more if a policy is asked for."""
    asked_once = cache(policies.in_use)
    works = {ticket.pk: Clockwork(ticket, [], policies_in_use=asked_once) for ticket in tickets}
    # The edition alone: a sweep would make a calendar of every row, the same one five hundred times.
    clocks = SLAClock.objects.filter(ticket__in=works).annotate(edition=F("calendar__edition")).order_by("pk")
    for clock in clocks:
        work = works[clock.ticket_id]
        work.clocks.append(clock)
        work.editions[clock.calendar_id] = clock.edition
    return works


def save(works: Iterable[Clockwork]) -> None:
    """Write what changed: at most one UPDATE and one INSERT of clocks, and one INSERT of events."""
    works = list(works)
    changed = [clock for work in works for clock in work.changed.values()]
    known = [clock for clock in changed if clock.pk]
    # Before the INSERT: a clock has to be stopped before the next of its metric can start.
    rows.update(known, CHANGEABLE)
    rows.insert(clock for clock in changed if not clock.pk)
    events = [event for work in works for event in work.events]
    for event in events:
        # A clock that began just now had no key when its start was noted.
        event.clock_id = event.clock.pk
    rows.insert(events)
    for work in works:
        work.changed.clear()
        work.events.clear()
