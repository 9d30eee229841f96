"""Opening hours as people type them."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.calendars import parse
from tickets.errors import InvalidHours

MORNING, AFTERNOON = (time(9), time(13)), (time(14), time(18, 30))


@pytest.mark.parametrize(
    "text",
    [
        "09:00-13:00, 14:00-18:30",
        "9-13,14-18:30",
        "9 – 13 ; 14.00—18.30",
        "  14:00-18:30 , 9:00-13:00 ",
        "9h-13h, 14h-18h30",
        "٠٩:٠٠-١٣:٠٠، ١٤:٠٠-١٨:٣٠",
        "9:00~13:00、14:00〜18:30",
    ],
)
def test_it_is_read_however_people_write_it(text: str) -> None:
    assert parse.opening_hours(text, "Monday") == (MORNING, AFTERNOON)


@pytest.mark.parametrize("text", ["", "  ", " , "])
def test_nothing_is_closed(text: str) -> None:
    assert parse.opening_hours(text, "Monday") == ()


@pytest.mark.parametrize("text", ["18:00-24:00", "18:00-00:00", "18-24"])
def test_midnight_is_the_end_of_the_day(text: str) -> None:
    assert parse.opening_hours(text, "Monday") == ((time(18), time(0)),)


@pytest.mark.parametrize("text", ["24:00-09:00", "9:60-10:00", "9-13-14", "9:00-", "-", "nine to five", "9:0-10"])
def test_what_is_no_time_is_refused_by_its_day(text: str) -> None:
    with pytest.raises(InvalidHours, match=r"^Monday: "):
        parse.opening_hours(text, "Monday")


def _apart(minutes: set[int]) -> tuple[tuple[time, time], ...]:
    """Intervals from pairs of minutes of a day."""
    walls = [(time.min if minute == 24 * 60 else time(*divmod(minute, 60))) for minute in sorted(minutes)]
    return tuple(zip(walls[::2], walls[1::2], strict=False))


@given(st.sets(st.integers(0, 24 * 60), max_size=12).map(_apart))
def test_what_is_written_is_read_again(hours: tuple[tuple[time, time], ...]) -> None:
    assert parse.opening_hours(parse.written(hours), "Monday") == hours
