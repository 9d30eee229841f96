"""Deadlines in words."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from tickets.workspace import due

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "state", "text"),
    [
        (timedelta(minutes=38), "soon", "Due in 38 mins"),
        (timedelta(minutes=60), "soon", "Due in 1 hr"),
        (timedelta(minutes=61), "fine", "Due in 1 hr 1 min"),
        (timedelta(days=2, hours=4, minutes=30), "fine", "Due in 2 days 4 hrs"),
        (timedelta(0), "soon", "Due in 1 min"),
        (-timedelta(seconds=30), "late", "Late by 1 min"),
        (-timedelta(hours=25), "late", "Late by 1 day 1 hr"),
    ],
)
def test_shape_and_words_say_the_same(left: timedelta, state: str, text: str) -> None:
    said = due.of_moment(NOW + left, NOW)
    assert (said.state, said.text) == (state, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it", "2 giorni 4 h"),
        ("de", "2 Tg., 4 Std."),
        ("fr", "2\u202fj 4\u202fh"),
        ("es", "2 d 4 h"),
        ("pl", "2 dni i 4 godz."),
        ("ja", "2 日4 時間"),
        ("ar", "يومان و4 س"),
    ],
)
def test_a_duration_is_in_the_reader_s_language(language: str, text: str) -> None:
    with translation.override(language):
        assert due.duration(timedelta(days=2, hours=4)) == text


def test_the_largest_unit_is_enough_where_there_is_little_room() -> None:
    assert due.duration(timedelta(days=2, hours=4), units=1) == "2 days"


def test_today_needs_no_date_and_today_is_the_reader_s() -> None:
    evening = NOW.replace(hour=23)
    with timezone.override("UTC"):
        assert due.of_moment(evening, NOW).short == "23:00"
    with timezone.override("Asia/Tokyo"):
        assert due.of_moment(evening, NOW).short == "24 Nov, 08:00"
