"""Lengths of time as leads type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.sla.durations import Unreadable, parse, write


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("90", 90),
        ("1 h 30", 90),
        ("1h30", 90),
        ("1:30", 90),
        ("1 h 30 min", 90),
        ("45 min", 45),
        ("45m", 45),
        ("2 d", 2880),
        ("2 days", 2880),
        ("1 d 4 h", 1680),
        (" 8 H ", 480),
        ("٩٠", 90),
        ("0", 0),
    ],
)
def test_it_is_read(typed: str, minutes: int) -> None:
    assert parse(typed) == minutes


@pytest.mark.parametrize("typed", ["", "soon", "1.5 h", "-3 h", "3 h 2 d", "1 h 30 h", "h", "1000000000"])
def test_what_is_no_length_of_time_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        parse(typed)


def test_a_day_may_be_shorter() -> None:
    assert parse("2 d 1 h", day=8 * 60) == 17 * 60


@given(st.integers(0, 999_999))
def test_what_is_written_is_read_as_the_same(minutes: int) -> None:
    assert parse(write(minutes)) == minutes
