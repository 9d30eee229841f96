"""Why a deadline is what it is, as values."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.sla.test_rules import (
    FOUR_HOURS,
    HOUR,
    HOURS,
    NO_TIME,
    ONE_DAY,
    hours,
    moments,
    monday,
    running_spells,
    targets,
)
from tickets.calendars.rules import OpeningHours
from tickets.sla import derivation, rules
from tickets.sla.derivation import Ahead, Allowed, Due, Granted, Left, Paused, Ran
from tickets.sla.rules import Spell, Target


def test_a_due_time_is_explained_by_target_spells_pauses_closed_stretches_and_what_is_left() -> None:
    target = Target(6 * 60, business=True)
    assert derivation.explain([(monday(9), monday(11)), (monday(17), None)], target, HOURS, monday(18)) == [
        Allowed(360, business=True),
        Ran(monday(9), monday(11), counted=2 * HOUR, closed=NO_TIME, closings=0),
        Paused(monday(11), monday(17)),
        Ran(monday(17), monday(18), counted=HOUR, closed=NO_TIME, closings=0),
        Ahead(monday(18), monday(12, days=1), counted=3 * HOUR, closed=15 * HOUR, closings=1),
        Due(monday(12, days=1)),
    ]


def test_a_clock_that_stands_still_is_explained_by_what_is_left() -> None:
    assert derivation.explain([(monday(12), monday(15))], FOUR_HOURS, HOURS, monday(16)) == [
        Allowed(240, business=True),
        Ran(monday(12), monday(15), counted=2 * HOUR, closed=HOUR, closings=1),
        Paused(monday(15), None),
        Left(2 * HOUR),
    ]


def test_a_clock_that_has_only_begun_has_nothing_behind_it() -> None:
    assert derivation.explain([(monday(9), None)], FOUR_HOURS, HOURS, monday(9)) == [
        Allowed(240, business=True),
        Ahead(monday(9), monday(13), counted=4 * HOUR, closed=NO_TIME, closings=0),
        Due(monday(13)),
    ]


def test_what_happened_after_the_due_time_does_not_explain_it() -> None:
    spells = [(monday(9), monday(18)), (monday(9, days=1), None)]
    assert derivation.explain(spells, FOUR_HOURS, HOURS, monday(10, days=1)) == [
        Allowed(240, business=True),
        Ran(monday(9), monday(13), counted=4 * HOUR, closed=NO_TIME, closings=0),
        Due(monday(13)),
    ]


def test_a_pause_of_no_time_explains_nothing() -> None:
    spells = [(monday(9), monday(9)), (monday(9), None)]
    assert derivation.explain(spells, FOUR_HOURS, HOURS, monday(10)) == derivation.explain(
        [(monday(9), None)], FOUR_HOURS, HOURS, monday(10)
    )


def test_a_grace_is_part_of_the_explanation() -> None:
    grace = 75 * timedelta(minutes=1)
    assert derivation.explain([(monday(9), None)], Target(60, business=True), HOURS, monday(11), grace) == [
        Allowed(60, business=True),
        Granted(grace),
        Ran(monday(9), monday(11), counted=2 * HOUR, closed=NO_TIME, closings=0),
        Ahead(monday(11), monday(11, 15), counted=timedelta(minutes=15), closed=NO_TIME, closings=0),
        Due(monday(11, 15)),
    ]


def test_round_the_clock_nothing_is_closed() -> None:
    assert derivation.explain([(monday(9), None)], ONE_DAY, HOURS, monday(9, days=2)) == [
        Allowed(1440, business=False),
        Ran(monday(9), monday(9, days=1), counted=24 * HOUR, closed=NO_TIME, closings=0),
        Due(monday(9, days=1)),
    ]


@given(running_spells(), targets, hours, moments, st.timedeltas(NO_TIME, 9 * HOUR))
def test_what_the_explanation_counts_is_the_target_and_its_grace(
    spells: list[Spell], target: Target, hours: OpeningHours | None, at: datetime, grace: timedelta
) -> None:
    at = max(at, spells[-1][0])
    lines = derivation.explain(spells, target, hours, at, grace)
    counted = sum((line.counted for line in lines if isinstance(line, Ran)), NO_TIME)
    assert counted == target.duration + grace
    due = rules.due(spells, target, hours, grace)
    assert due is not None
    assert lines[-1] == Due(due)
