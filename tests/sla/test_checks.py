"""What a lead has to put right, and what a draft is as a value."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.calendars.rules import OpeningHours
from tickets.desk.priorities import Priority
from tickets.sla.checks import Placed, long_waits, order_refusals, refusals
from tickets.sla.choice import Facts
from tickets.sla.content import Conditions, Content
from tickets.sla.models import MetricName
from tickets.sla.rules import Target

FIRST, SOLVED = MetricName.FIRST_REPLY, MetricName.RESOLUTION

SOUND = Content(
    names={"en": "For everybody"},
    active=True,
    calendar_id=1,
    conditions=Conditions(),
    targets={
        (priority.value, metric.value): Target(minutes, business=True)
        for priority in Priority
        for metric, minutes in ((FIRST, 60), (SOLVED, 600))
    },
    warn_shares=(50, 75),
    warn_minutes=(15,),
    remind_shares=(150,),
)

codes = st.frozensets(st.sampled_from("abc"))
numbers = st.frozensets(st.integers(1, 3))
conditions = st.builds(Conditions, categories=numbers, tiers=numbers, plans=codes, languages=codes, channels=codes)


def wrong(content: Content) -> dict[str, str]:
    return dict(refusals(content, name="This", earlier=[], later=[]))


def with_target(priority: Priority, metric: MetricName, minutes: int, *, business: bool = True) -> Content:
    return replace(SOUND, targets={**SOUND.targets, (priority.value, metric.value): Target(minutes, business)})


def test_a_sound_policy_has_nothing_wrong() -> None:
    assert wrong(SOUND) == {}


def test_hours_of_another_kind_are_compared_only_where_it_is_sure() -> None:
    """Sixty open minutes take at least sixty minutes; how much longer depends on the day."""
    assert wrong(with_target(Priority.LOW, FIRST, 50, business=False)).keys() == {"normal_first_reply"}
    assert wrong(with_target(Priority.URGENT, FIRST, 61, business=False)) == {}


@given(conditions, conditions)
def test_what_leaves_nothing_to_another_matches_whatever_that_one_does(one: Conditions, other: Conditions) -> None:
    terms = [
        replace(SOUND, conditions=each).terms(policy_id=1, version=1, calendar_edition=None)  # type: ignore[arg-type]
        for each in (one, other)
    ]
    facts = [Facts(*each) for each in product((1, 2, 3, 9), (1, 2, 3, 9), "abcz", "abcz", "abcz")]
    only_one = all(terms[0].match(fact) for fact in facts if terms[1].match(fact))
    assert one.leave_nothing_to(other) == only_one


def test_policies_out_of_use_leave_everything_to_the_others() -> None:
    everything, some = Conditions(), Conditions(plans=frozenset({"plus"}))
    assert (
        order_refusals([Placed("Off", False, everything), Placed("Plus", True, some), Placed("All", True, everything)])
        == []
    )


def test_an_order_without_one_for_the_rest_is_refused() -> None:
    (sentence,) = order_refusals([Placed("Plus", True, Conditions(plans=frozenset({"plus"})))])
    assert sentence == "Some tickets would have no deadline. Keep one policy in use that has no conditions."


@given(conditions)
def test_a_draft_comes_back_from_the_database_as_it_was(each: Conditions) -> None:
    content = replace(SOUND, conditions=each)
    assert Content.from_json(content.as_json()) == content


# --- A first answer within two days -----------------------------------------------------------------------------------

WEEKDAYS = OpeningHours(ZoneInfo("Europe/Rome"), {day: [(time(9), time(17))] for day in range(5)})
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_a_weekend_makes_a_short_target_long() -> None:
    (*_others, low) = long_waits(SOUND, WEEKDAYS, at=MONDAY)
    assert low.priority == Priority.LOW
    # From Friday's closing time to Monday, ten o'clock, when the clocks go back in between.
    assert (low.since.weekday(), low.wait) == (4, timedelta(hours=66))


def test_a_desk_that_opens_daily_answers_in_time() -> None:
    daily = OpeningHours(ZoneInfo("Europe/Rome"), {day: [(time(9), time(17))] for day in range(7)})
    assert long_waits(SOUND, daily, at=MONDAY) == []


@pytest.mark.parametrize(("hours", "too_long"), [(48, False), (49, True)])
def test_two_days_round_the_clock_are_just_in_time(hours: int, too_long: bool) -> None:
    content = with_target(Priority.LOW, FIRST, hours * 60, business=False)
    daily = OpeningHours(ZoneInfo("Europe/Rome"), {day: [(time(0), time(0))] for day in range(7)})
    assert bool(long_waits(content, daily, at=MONDAY)) == too_long
