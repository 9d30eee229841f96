"""What makes a ladder, and what sets a rule off."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.escalation.models import Trigger
from tickets.escalation.rules import Conditions, Occasion, missing_levels


@given(st.sets(st.integers(1, 12)))
def test_a_ladder_with_what_is_missing_has_no_gap(levels: set[int]) -> None:
    complete = levels | set(missing_levels(levels))
    assert sorted(complete) == list(range(1, len(complete) + 1))


@given(st.integers(0, 12))
def test_a_whole_ladder_misses_nothing(height: int) -> None:
    assert missing_levels(range(1, height + 1)) == []


@given(st.integers(1, 20), st.integers(0, 30))
def test_counts_are_floors_and_stars_are_ceilings(threshold: int, number: int) -> None:
    def met(trigger: Trigger) -> bool:
        return Conditions(trigger, threshold=threshold).met_by(
            Occasion(trigger, "cause", number=number), priority="low"
        )

    assert (met(Trigger.REOPENED), met(Trigger.ATTEMPTS), met(Trigger.RATING)) == (
        number >= threshold,
        number >= threshold,
        number <= threshold,
    )


@pytest.mark.parametrize(
    ("conditions", "met"),
    [
        ({}, True),
        ({"step": "warn"}, False),
        ({"metric": "resolution"}, False),
        ({"priorities": {"urgent"}}, False),
        ({"priorities": {"urgent", "low"}}, True),
        ({"trigger": "promise", "metric": "", "step": ""}, False),
    ],
)
def test_every_condition_has_to_be_met(conditions: dict[str, Any], met: bool) -> None:
    waits = Conditions(**{"trigger": "clock", "metric": "first_reply", "step": "breach", **conditions})
    occasion = Occasion(Trigger.CLOCK, "clock:1", metric="first_reply", step="breach")
    assert waits.met_by(occasion, priority="low") is met
