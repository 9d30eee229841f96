"""When a case will probably be solved: the arithmetic."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW
from tickets.desk.expectations import (
    ENOUGH,
    HALF,
    MOST,
    Expectation,
    Measured,
    expect,
    first_moment,
    last_moment,
    measure,
    measure_longer,
    percentile,
)
from tickets.desk.models import Basis

DAY = timedelta(days=1)
DUBLIN = ZoneInfo("Europe/Dublin")

durations = st.lists(
    st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=90)), min_size=1, max_size=120
)
zones = st.sampled_from(
    [
        "Europe/Dublin",
        "Asia/Tokyo",
        "Pacific/Apia",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Asia/Beirut",
        "Africa/Cairo",
    ]
).map(ZoneInfo)
moments = st.timedeltas(timedelta(0), timedelta(days=3650)).map(lambda later: NOW + later)


@given(durations, st.integers(1, 100))
def test_at_least_that_share_of_the_cases_lies_within_a_percentile(sample: list[timedelta], share: int) -> None:
    within = percentile(sorted(sample), share)
    assert sum(one <= within for one in sample) * 100 >= share * len(sample)


@given(durations, st.integers(1, 100))
def test_less_than_that_share_lies_below_it(sample: list[timedelta], share: int) -> None:
    within = percentile(sorted(sample), share)
    assert sum(one < within for one in sample) * 100 < share * len(sample)


@given(durations)
def test_what_is_measured_is_a_range_among_real_cases(sample: list[timedelta]) -> None:
    measured = measure(sample)
    if len(sample) < ENOUGH:
        assert measured is None
    else:
        assert measured is not None
        assert min(sample) <= measured.half_within <= measured.most_within <= max(sample)
        assert measured.sample == len(sample)


@given(durations, st.randoms())
def test_the_order_of_the_cases_does_not_matter(sample: list[timedelta], random: object) -> None:
    shuffled = list(sample)
    random.shuffle(shuffled)
    assert measure(shuffled) == measure(sample)


@given(durations, st.timedeltas(timedelta(0), timedelta(days=90)))
def test_a_case_that_takes_longer_is_compared_with_those_that_did(sample: list[timedelta], elapsed: timedelta) -> None:
    measured = measure_longer(sample, elapsed)
    if measured is not None:
        assert elapsed < measured.half_within
        assert measured.sample == sum(one > elapsed for one in sample)


def test_the_percentiles_are_those_of_half_and_four_fifths() -> None:
    days = [DAY * number for number in range(1, 101)]
    assert measure(days) == Measured(100, DAY * HALF, DAY * MOST)


@given(moments, zones, durations)
def test_a_range_covers_whole_days_of_the_customer(start: datetime, zone: ZoneInfo, sample: list[timedelta]) -> None:
    measured = measure(sample * ENOUGH)
    assert measured
    expected = expect(start, zone, measured=measured, days=None)
    assert expected
    assert expected.earliest <= start + measured.half_within
    assert start + measured.most_within <= expected.latest
    tomorrow = expected.latest + timedelta(microseconds=1)
    assert tomorrow.astimezone(zone).date() > expected.latest.astimezone(zone).date()


def test_a_topic_without_enough_history_has_its_own_figure_as_a_latest_day() -> None:
    latest = last_moment(date(2026, 11, 28), DUBLIN)
    assert expect(NOW, DUBLIN, measured=None, days=5) == Expectation(latest, latest, Basis.CATEGORY)


def test_history_beats_the_topics_own_figure() -> None:
    expected = expect(NOW, DUBLIN, measured=Measured(20, DAY, 2 * DAY), days=5)
    assert expected == Expectation(
        first_moment(date(2026, 11, 24), DUBLIN), last_moment(date(2026, 11, 25), DUBLIN), Basis.HISTORY, 20
    )


def test_nothing_is_expected_where_nothing_is_known() -> None:
    assert expect(NOW, DUBLIN, measured=None, days=None) is None


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        ("Europe/Dublin", date(2026, 11, 28), datetime(2026, 11, 29, tzinfo=UTC)),
        # Clocks go back at midnight: the day has 25 hours.
        ("America/Havana", date(2026, 10, 31), datetime(2026, 11, 1, 4, tzinfo=UTC)),
        ("Asia/Tokyo", date(2026, 11, 28), datetime(2026, 11, 28, 15, tzinfo=UTC)),
    ],
)
def test_a_day_ends_when_the_next_begins(zone: str, day: date, end: datetime) -> None:
    assert last_moment(day, ZoneInfo(zone)) == end - timedelta(microseconds=1)
