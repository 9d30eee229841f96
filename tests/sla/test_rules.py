"""Clocks as values: what they count, when they are due, what moves them."""

from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.calendars.rules import OpeningHours
from tickets.desk.statuses import Status
from tickets.sla import rules
from tickets.sla.rules import GRACE, Action, Change, ClockState, Event, Metric, Spell, StepKind, Target

HOUR = timedelta(hours=1)
NO_TIME = timedelta(0)

HOURS = OpeningHours(ZoneInfo("Europe/Rome"), dict.fromkeys(range(5), ((time(9), time(13)), (time(14), time(18)))))
LONGER = OpeningHours(ZoneInfo("Europe/Rome"), dict.fromkeys(range(7), ((time(8), time(20)),)))

FOUR_HOURS = Target(4 * 60, business=True)
ONE_DAY = Target(24 * 60, business=False)


def monday(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """A wall time in Rome on Monday, 23 November 2026, or some days later."""
    return datetime(2026, 11, 23 + days, hour, minute, tzinfo=ZoneInfo("Europe/Rome"))


# How much, and when.


def test_open_time_in_all_spells_is_consumed() -> None:
    spells = [(monday(9), monday(11)), (monday(12), None)]
    assert rules.consumed(spells, HOURS, monday(15)) == 4 * HOUR


def test_without_hours_all_time_is_consumed() -> None:
    assert rules.consumed([(monday(9), monday(11)), (monday(20), None)], None, monday(3, days=1)) == 9 * HOUR


def test_only_what_came_before_the_moment_is_consumed() -> None:
    spells = [(monday(9), monday(12)), (monday(14), None)]
    assert rules.consumed(spells, HOURS, monday(10)) == HOUR


@pytest.mark.parametrize(
    ("spells", "target", "expected"),
    [
        pytest.param([(monday(9), None)], FOUR_HOURS, monday(13), id="running"),
        pytest.param([(monday(16), None)], FOUR_HOURS, monday(11, days=1), id="running over night"),
        pytest.param([(monday(9), None)], ONE_DAY, monday(9, days=1), id="round the clock, whatever the hours"),
        pytest.param([(monday(9), monday(11)), (monday(15), None)], FOUR_HOURS, monday(17), id="running after a pause"),
        pytest.param([(monday(9), monday(11))], FOUR_HOURS, None, id="paused before it is due"),
        pytest.param([(monday(9), monday(18))], FOUR_HOURS, monday(13), id="stopped after it was due"),
        pytest.param(
            [(monday(9), monday(13)), (monday(16), None)], FOUR_HOURS, monday(13), id="due when it was paused"
        ),
        pytest.param([], FOUR_HOURS, None, id="never started"),
    ],
)
def test_a_clock_is_due_when_its_target_is_used_up(
    spells: list[Spell], target: Target, expected: datetime | None
) -> None:
    assert rules.due(spells, target, HOURS) == expected


def test_a_policy_s_steps_come_with_the_miss_between_warnings_and_reminders() -> None:
    steps = rules.steps(warn_shares=[50, 75], warn_minutes=[60], remind_shares=[150])
    assert [(step.kind, step.code) for step in steps] == [
        ("warn", "share_50"),
        ("warn", "share_75"),
        ("warn", "left_60"),
        ("breach", "breach"),
        ("overdue", "share_150"),
    ]


@pytest.mark.parametrize(
    ("code", "counted"),
    [
        ("share_75", 3 * HOUR),
        ("left_30", 3.5 * HOUR),
        ("breach", 4 * HOUR),
        ("share_150", 6 * HOUR),
        ("left_300", -HOUR),
    ],
)
def test_a_step_falls_when_its_part_of_the_target_is_used_up(code: str, counted: timedelta) -> None:
    assert rules.step(code).after(FOUR_HOURS) == counted


@pytest.mark.parametrize(
    "code", ["", "warn", "share_", "share_0", "share_100", "share_x", "left_0", "left_-5", "due_5"]
)
def test_a_code_that_names_no_step_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="no step"):
        rules.step(code)


def test_a_target_of_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one minute"):
        Target(0, business=True)


@pytest.mark.parametrize("target", [FOUR_HOURS, ONE_DAY])
def test_a_naive_moment_is_refused(target: Target) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        rules.due([(monday(9).replace(tzinfo=None), None)], target, HOURS)


# Another target, or other hours.


@pytest.mark.parametrize(
    ("minutes", "left", "expected"),
    [
        pytest.param(6 * 60, 2 * HOUR, monday(16), id="more time counts from the start"),
        pytest.param(3 * 60, 2 * HOUR, monday(12), id="less time counts from the start"),
        pytest.param(60, 2 * HOUR, monday(11, 15), id="a target that has passed leaves a short grace"),
        pytest.param(2 * 60, 2 * HOUR, monday(11, 15), id="a target that passes just now leaves it too"),
        pytest.param(60, timedelta(minutes=5), monday(11, 5), id="the grace never puts off what was due sooner"),
        pytest.param(60, -HOUR, monday(11, 15), id="what other hours have used up is not late in the same second"),
    ],
)
def test_another_target_counts_what_was_consumed(minutes: int, left: timedelta, expected: datetime) -> None:
    spells: list[Spell] = [(monday(9), None)]
    target = Target(minutes, business=True)
    assert rules.due(spells, target, HOURS, rules.grace_for(spells, target, HOURS, monday(11), left=left)) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        pytest.param(60, monday(10, 30), id="less time leaves a miss when it was"),
        pytest.param(100, monday(10, 40), id="a little more time moves it, and gives no grace"),
        pytest.param(6 * 60, monday(16), id="more time also helps a clock that was missed"),
    ],
)
def test_another_target_after_a_miss_gives_no_grace(minutes: int, expected: datetime) -> None:
    spells: list[Spell] = [(monday(9), None)]
    target = Target(minutes, business=True)
    grace = rules.grace_for(spells, target, HOURS, monday(11), missed_at=monday(10, 30))
    assert rules.due(spells, target, HOURS, grace) == expected


def test_a_grace_begins_when_the_desk_opens() -> None:
    spells: list[Spell] = [(monday(9), None)]
    grace = rules.grace_for(spells, FOUR_HOURS, HOURS, monday(20), left=HOUR)
    assert rules.due(spells, FOUR_HOURS, HOURS, grace) == monday(9, 15, days=1)


def test_a_pause_keeps_what_is_left_of_a_grace() -> None:
    grace = rules.grace_for([(monday(9), None)], Target(60, business=True), HOURS, monday(11))
    spells = [(monday(9), monday(11, 10)), (monday(16), None)]
    assert rules.due(spells, Target(60, business=True), HOURS, grace) == monday(16, 5)


# Laws.

hours = st.sampled_from([HOURS, LONGER, None])
targets = st.builds(Target, st.integers(1, 20_000), st.booleans())


@st.composite
def running_spells(draw: st.DrawFn) -> list[Spell]:
    """One to four spells, the last one open."""
    gaps = draw(st.lists(st.integers(1, 4000), min_size=7, max_size=7))
    edges = [monday(0) + minutes * timedelta(minutes=1) for minutes in accumulate(gaps)]
    closed = list(zip(edges[::2], edges[1::2], strict=False))[: draw(st.integers(0, 3))]
    return [*closed, (edges[6], None)]


@given(running_spells(), targets, hours)
def test_when_a_clock_is_due_its_target_is_consumed(
    spells: list[Spell], target: Target, hours: OpeningHours | None
) -> None:
    due = rules.due(spells, target, hours)
    assert due is not None
    assert rules.consumed(spells, target.measured_by(hours), due) == target.duration


@given(targets, st.integers(0, 99), st.timedeltas(NO_TIME, timedelta(days=9)), hours)
def test_a_pause_moves_the_due_time_by_the_open_time_in_it(
    target: Target, percent: int, pause: timedelta, hours: OpeningHours | None
) -> None:
    start, counted = monday(9), target.measured_by(hours)
    due = rules.due([(start, None)], target, hours)
    assert due is not None
    paused = start + (due - start.astimezone(UTC)) * percent / 100
    resumed = paused + pause
    moved = rules.due([(start, paused), (resumed, None)], target, hours)
    assert moved is not None
    skipped = counted.elapsed(paused, resumed) if counted else resumed - paused
    assert (counted.elapsed(due, moved) if counted else moved - due) == skipped


moments = st.timedeltas(NO_TIME, timedelta(days=60)).map(lambda later: monday(9) + later)


@given(running_spells(), targets, hours, moments)
def test_the_same_target_again_changes_nothing(
    spells: list[Spell], target: Target, hours: OpeningHours | None, at: datetime
) -> None:
    due = rules.due(spells, target, hours)
    assert due is not None
    left = target.duration - rules.consumed(spells, target.measured_by(hours), at)
    grace = rules.grace_for(spells, target, hours, at, left=left, missed_at=due if due <= at else None)
    assert grace == NO_TIME


@given(running_spells(), targets, hours, moments, st.timedeltas(-9 * HOUR, 9 * HOUR))
def test_no_other_target_makes_a_clock_late_in_the_same_second(
    spells: list[Spell], target: Target, hours: OpeningHours | None, at: datetime, left: timedelta
) -> None:
    due = rules.due(spells, target, hours, rules.grace_for(spells, target, hours, at, left=left))
    assert due is not None
    assert due > at


@given(running_spells(), targets, targets, hours, moments)
def test_changes_in_a_row_put_nothing_off(
    spells: list[Spell], one: Target, two: Target, hours: OpeningHours | None, at: datetime
) -> None:
    def change(target: Target, left: timedelta) -> timedelta:
        """What is left after a change."""
        grace = rules.grace_for(spells, target, hours, at, left=left)
        return target.duration + grace - rules.consumed(spells, target.measured_by(hours), at)

    first = change(one, GRACE)
    assert change(one, change(two, first)) <= first


@given(running_spells(), targets, hours, moments)
def test_a_business_target_is_due_inside_opening_hours_grace_included(
    spells: list[Spell], target: Target, hours: OpeningHours | None, at: datetime
) -> None:
    due = rules.due(spells, target, hours, rules.grace_for(spells, target, hours, at))
    counted = target.measured_by(hours)
    assert due is not None
    assert counted is None or counted.is_open(due - timedelta.resolution)


@given(targets, st.integers(0, 99), st.timedeltas(NO_TIME, timedelta(days=9)), hours)
def test_a_miss_stays_when_it_was_whatever_shorter_target_follows(
    target: Target, percent: int, later: timedelta, hours: OpeningHours | None
) -> None:
    spells: list[Spell] = [(monday(9), None)]
    missed_at = rules.due(spells, target, hours)
    assert missed_at is not None
    shorter = Target(max(target.minutes * percent // 100, 1), target.business)
    grace = rules.grace_for(spells, shorter, hours, missed_at + later, missed_at=missed_at)
    assert rules.due(spells, shorter, hours, grace) == missed_at


shares = st.lists(st.integers(1, 99), unique=True, max_size=4)
reminders = st.lists(st.integers(101, 400), unique=True, max_size=4)
minutes_before = st.lists(st.integers(1, 20_000), unique=True, max_size=4)


@given(shares, minutes_before, reminders, targets)
def test_warnings_fall_before_the_miss_and_reminders_after_it(
    warn_shares: list[int], warn_minutes: list[int], remind_shares: list[int], target: Target
) -> None:
    steps = rules.steps(warn_shares=warn_shares, warn_minutes=warn_minutes, remind_shares=remind_shares)
    after = {kind: [step.after(target) for step in steps if step.kind == kind] for kind in StepKind}
    assert all(counted < target.duration for counted in after[StepKind.WARN])
    assert after[StepKind.BREACH] == [target.duration]
    assert all(counted > target.duration for counted in after[StepKind.OVERDUE])


@given(shares, minutes_before, reminders)
def test_a_step_s_code_says_all_about_it(
    warn_shares: list[int], warn_minutes: list[int], remind_shares: list[int]
) -> None:
    steps = rules.steps(warn_shares=warn_shares, warn_minutes=warn_minutes, remind_shares=remind_shares)
    assert tuple(rules.step(step.code) for step in steps) == steps
    assert len({step.code for step in steps}) == len(steps)


# What moves a clock: a line for each situation in the life of a ticket.

RUNNING, PAUSED, STOPPED = ClockState.RUNNING, ClockState.PAUSED, ClockState.STOPPED
FIRST, NEXT, UPDATE, RESOLUTION = Metric.FIRST_REPLY, Metric.NEXT_REPLY, Metric.UPDATE, Metric.RESOLUTION
START, PAUSE, RESUME, STOP = Action.START, Action.PAUSE, Action.RESUME, Action.STOP

WAITING = {FIRST: RUNNING, RESOLUTION: RUNNING}
ANSWERED = {FIRST: STOPPED, UPDATE: RUNNING, RESOLUTION: RUNNING}
ASKED_BACK = {FIRST: STOPPED, UPDATE: PAUSED, RESOLUTION: PAUSED}
WAITING_AGAIN = {FIRST: STOPPED, NEXT: RUNNING, UPDATE: RUNNING, RESOLUTION: RUNNING}
SOLVED = {FIRST: STOPPED, NEXT: STOPPED, UPDATE: STOPPED, RESOLUTION: STOPPED}


@pytest.mark.parametrize(
    ("event", "status", "clocks", "expected"),
    [
        pytest.param(
            Event.CUSTOMER_MESSAGE, Status.NEW, {}, [(FIRST, START), (RESOLUTION, START)], id="opened by the customer"
        ),
        pytest.param(Event.CUSTOMER_MESSAGE, Status.NEW, WAITING, [], id="the customer writes again before an answer"),
        pytest.param(
            Event.STAFF_REPLY,
            Status.OPEN,
            WAITING,
            [(FIRST, STOP), (UPDATE, START)],
            id="the first answer, and more to come",
        ),
        pytest.param(
            Event.STAFF_REPLY,
            Status.PENDING,
            WAITING,
            [(FIRST, STOP), (RESOLUTION, PAUSE)],
            id="the first answer is a question",
        ),
        pytest.param(
            Event.STAFF_REPLY,
            Status.RESOLVED,
            WAITING,
            [(FIRST, STOP), (RESOLUTION, STOP)],
            id="the first answer is the solution",
        ),
        pytest.param(Event.OPENED, Status.OPEN, WAITING, [], id="a bare status answers nobody"),
        pytest.param(Event.ON_HOLD, Status.ON_HOLD, WAITING, [], id="waiting for a third party pauses nothing"),
        pytest.param(
            Event.PENDING, Status.PENDING, WAITING, [(RESOLUTION, PAUSE)], id="pending does not pause the first reply"
        ),
        pytest.param(
            Event.RESOLVED, Status.RESOLVED, WAITING, [(RESOLUTION, STOP)], id="solved without a word is no reply"
        ),
        pytest.param(
            Event.CLOSED, Status.CLOSED, WAITING, [(RESOLUTION, STOP)], id="closed without a word is no reply"
        ),
        pytest.param(
            Event.CUSTOMER_MESSAGE, Status.OPEN, ANSWERED, [(NEXT, START)], id="the customer writes after an answer"
        ),
        pytest.param(Event.CUSTOMER_MESSAGE, Status.OPEN, WAITING_AGAIN, [], id="the oldest unanswered message counts"),
        pytest.param(
            Event.STAFF_REPLY,
            Status.OPEN,
            WAITING_AGAIN,
            [(NEXT, STOP), (UPDATE, STOP), (UPDATE, START)],
            id="answered again",
        ),
        pytest.param(
            Event.STAFF_REPLY, Status.OPEN, ANSWERED, [(UPDATE, STOP), (UPDATE, START)], id="an update in time"
        ),
        pytest.param(
            Event.STAFF_REPLY,
            Status.ON_HOLD,
            ANSWERED,
            [(UPDATE, STOP), (UPDATE, START)],
            id="updates go on while on hold",
        ),
        pytest.param(
            Event.STAFF_REPLY,
            Status.PENDING,
            ANSWERED,
            [(UPDATE, STOP), (RESOLUTION, PAUSE)],
            id="no update is due to whom we ask",
        ),
        pytest.param(
            Event.PENDING, Status.PENDING, ANSWERED, [(UPDATE, PAUSE), (RESOLUTION, PAUSE)], id="the customer's turn"
        ),
        pytest.param(Event.STAFF_REPLY, Status.PENDING, ASKED_BACK, [(UPDATE, STOP)], id="asked again"),
        pytest.param(
            Event.CUSTOMER_MESSAGE,
            Status.OPEN,
            ASKED_BACK,
            [(NEXT, START), (UPDATE, RESUME), (RESOLUTION, RESUME)],
            id="the customer answers our question",
        ),
        pytest.param(
            Event.ON_HOLD,
            Status.ON_HOLD,
            ASKED_BACK,
            [(UPDATE, RESUME), (RESOLUTION, RESUME)],
            id="a third party's turn",
        ),
        pytest.param(
            Event.RESOLVED, Status.RESOLVED, ASKED_BACK, [(UPDATE, STOP), (RESOLUTION, STOP)], id="solved while pending"
        ),
        pytest.param(
            Event.RESOLVED,
            Status.RESOLVED,
            WAITING_AGAIN,
            [(UPDATE, STOP), (RESOLUTION, STOP)],
            id="solved with a message unanswered",
        ),
        pytest.param(Event.CLOSED, Status.CLOSED, SOLVED, [], id="closed after it was solved"),
        pytest.param(Event.REOPENED, Status.OPEN, SOLVED, [(RESOLUTION, RESUME)], id="reopened without a message"),
        pytest.param(
            Event.CUSTOMER_MESSAGE,
            Status.OPEN,
            SOLVED,
            [(NEXT, START), (RESOLUTION, RESUME)],
            id="reopened by a message",
        ),
        pytest.param(Event.ESCALATED, Status.NEW, WAITING, [(UPDATE, START)], id="escalated before an answer"),
        pytest.param(
            Event.ESCALATED, Status.OPEN, ANSWERED, [(UPDATE, STOP), (UPDATE, START)], id="escalated after an answer"
        ),
        pytest.param(
            Event.ANNOUNCED,
            Status.OPEN,
            WAITING_AGAIN,
            [(UPDATE, STOP), (UPDATE, START)],
            id="an announcement is news, and answers nobody",
        ),
        pytest.param(Event.ANNOUNCED, Status.NEW, WAITING, [(UPDATE, START)], id="an announcement before an answer"),
        pytest.param(Event.ESCALATED, Status.PENDING, ASKED_BACK, [], id="escalated while it is the customer's turn"),
        pytest.param(
            Event.STAFF_REPLY, Status.OPEN, {}, [(UPDATE, START), (RESOLUTION, START)], id="opened by the staff"
        ),
        pytest.param(
            Event.CUSTOMER_MESSAGE,
            Status.OPEN,
            {UPDATE: RUNNING, RESOLUTION: RUNNING},
            [(FIRST, START)],
            id="the customer's first message on what the staff opened",
        ),
    ],
)
def test_what_an_event_does_to_the_clocks(
    event: Event, status: Status, clocks: dict[Metric, ClockState], expected: list[tuple[Metric, Action]]
) -> None:
    assert rules.transitions(event, status, clocks) == [Change(metric, action) for metric, action in expected]


@pytest.mark.parametrize("metric", [FIRST, NEXT])
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("event", [event for event in Event if event != Event.STAFF_REPLY])
def test_only_a_human_answer_stops_a_reply_clock(event: Event, status: Status, metric: Metric) -> None:
    clocks = {FIRST: STOPPED, metric: RUNNING}
    assert [change for change in rules.transitions(event, status, clocks) if change.metric == metric] == []


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("event", Event)
def test_no_change_contradicts_the_state_of_its_clock(event: Event, status: Status) -> None:
    allowed = {
        None: {START},
        RUNNING: {PAUSE, STOP},
        PAUSED: {RESUME, STOP},
        STOPPED: {START, RESUME},
    }
    after = {START: RUNNING, PAUSE: PAUSED, RESUME: RUNNING, STOP: STOPPED}
    for state in (None, *ClockState):
        clocks = dict.fromkeys(Metric, state) if state else {}
        for change in rules.transitions(event, status, clocks):
            assert change.action in allowed[clocks.get(change.metric)]
            clocks[change.metric] = after[change.action]
