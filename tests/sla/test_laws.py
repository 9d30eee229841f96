"""Clocks against their laws, in the hours of many zones and years, with holidays and special days."""

from datetime import datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.calendars.test_rules import any_hours, moments, unhurried
from tickets.calendars.rules import OpeningHours
from tickets.sla import rules
from tickets.sla.rules import NO_TIME, Spell, Target

MINUTE = timedelta(minutes=1)

targets = st.builds(Target, st.integers(1, 10_000), st.just(True))
spans = st.timedeltas(timedelta.resolution, timedelta(days=20))


def running_from(edges: list[datetime]) -> list[Spell]:
    """Spells that begin and end at every other edge; the last one is open."""
    return [*zip(edges[0:-1:2], edges[1::2], strict=False), (edges[-1], None)]


@st.composite
def spells(draw: st.DrawFn) -> list[Spell]:
    start, edges = (
        draw(moments),
        draw(st.lists(spans, min_size=2, max_size=6).filter(lambda spans: len(spans) % 2 == 0)),
    )
    found = [start]
    for span in edges:
        found.append(found[-1] + span)
    return running_from(found)


@unhurried
@given(any_hours(), moments, targets, st.integers(0, 99), spans)
def test_a_pause_moves_the_due_time_by_exactly_the_open_time_in_it(
    hours: OpeningHours, start: datetime, target: Target, percent: int, pause: timedelta
) -> None:
    due = rules.due([(start, None)], target, hours)
    assert due is not None
    paused = start + (due - start) * percent / 100
    resumed = paused + pause
    moved = rules.due([(start, paused), (resumed, None)], target, hours)
    assert moved is not None
    assert hours.elapsed(min(due, moved), moved) == hours.elapsed(paused, resumed)


@unhurried
@given(any_hours(), spells(), targets)
def test_when_a_clock_is_due_exactly_its_target_is_used_up(
    hours: OpeningHours, spells: list[Spell], target: Target
) -> None:
    due = rules.due(spells, target, hours)
    assert due is not None
    assert rules.consumed(spells, hours, due) == target.duration


@unhurried
@given(any_hours(), spells(), targets, moments, st.timedeltas(NO_TIME, timedelta(hours=5)))
def test_no_business_target_is_due_in_closed_time_grace_included(
    hours: OpeningHours, spells: list[Spell], target: Target, at: datetime, left: timedelta
) -> None:
    due = rules.due(spells, target, hours, rules.grace_for(spells, target, hours, at, left=left))
    assert due is not None
    assert hours.is_open(due - timedelta.resolution)


@unhurried
@given(any_hours(), any_hours(), spells(), targets)
def test_other_hours_make_nobody_late_in_the_same_second(
    before: OpeningHours, after: OpeningHours, spells: list[Spell], target: Target
) -> None:
    due = rules.due(spells, target, before)
    assert due is not None
    at = due - MINUTE
    assume(at > spells[-1][0])
    left = target.duration - rules.consumed(spells, before, at)
    moved = rules.due(spells, target, after, rules.grace_for(spells, target, after, at, left=left))
    assert moved is not None
    assert moved > at


@unhurried
@given(any_hours(), spells(), targets, st.lists(st.integers(1, 99), min_size=1, max_size=4))
def test_steps_fall_in_the_order_of_their_shares_and_before_the_miss(
    hours: OpeningHours, spells: list[Spell], target: Target, shares: list[int]
) -> None:
    steps = rules.steps(warn_shares=sorted(shares), warn_minutes=(), remind_shares=(101, 150))
    fall = [rules.used_at(spells, hours, step.after(target)) for step in steps]
    assert fall == sorted(fall)  # type: ignore[type-var]
