"""When a summary leaves: never before what is in it, never out of hours, and not a moment later than it has to."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.calendars.rules import OpeningHours
from tickets.outbox.digests import leaves_at
from tickets.people.models import Digest

ROME = ZoneInfo("Europe/Rome")
HOURS = OpeningHours(ROME, {day: [(time(9), time(18))] for day in range(5)}, frozenset(), {})
ZONES = st.sampled_from(["UTC", "Europe/Rome", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe"]).map(ZoneInfo)
MOMENTS = st.integers(0, 2 * 366 * 86_400).map(lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(0, seconds))


def at(text: str, zone: ZoneInfo = ROME) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("rhythm", "now", "hours", "expected"),
    [
        (Digest.HOURLY, "2026-11-23 10:20", None, "2026-11-23 11:00"),
        (Digest.HOURLY, "2026-11-23 10:00", None, "2026-11-23 11:00"),
        (Digest.HOURLY, "2026-11-23 17:20", HOURS, "2026-11-24 09:00"),
        (Digest.DAILY, "2026-11-23 07:59", None, "2026-11-23 08:00"),
        (Digest.DAILY, "2026-11-23 08:00", None, "2026-11-24 08:00"),
        (Digest.DAILY, "2026-11-23 10:20", HOURS, "2026-11-24 09:00"),
        (Digest.DAILY, "2026-11-27 10:20", HOURS, "2026-11-30 09:00"),
    ],
)
def test_it_leaves(rhythm: str, now: str, hours: OpeningHours | None, expected: str) -> None:
    assert leaves_at(rhythm, at(now), ROME, hours) == at(expected)


def test_an_hour_begins_when_the_reader_s_clock_says_so() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    moment = leaves_at(Digest.HOURLY, at("2026-11-23 10:20", kolkata), kolkata)
    assert moment == at("2026-11-23 11:00", kolkata)


@given(MOMENTS, ZONES)
def test_an_hourly_one_leaves_within_the_hour(now: datetime, zone: ZoneInfo) -> None:
    assert timedelta(0) < leaves_at(Digest.HOURLY, now, zone) - now <= timedelta(hours=1)


@given(MOMENTS, ZONES)
def test_a_daily_one_leaves_at_eight_within_the_day(now: datetime, zone: ZoneInfo) -> None:
    moment = leaves_at(Digest.DAILY, now, zone)
    assert moment.astimezone(zone).time() == time(8)
    # A day on which the clock is put back has twenty-five hours.
    assert timedelta(0) < moment - now <= timedelta(hours=25)


@given(MOMENTS, ZONES, st.sampled_from([Digest.HOURLY, Digest.DAILY]))
def test_it_never_leaves_out_of_hours(now: datetime, zone: ZoneInfo, rhythm: str) -> None:
    moment = leaves_at(rhythm, now, zone, HOURS)
    assert moment > now
    assert HOURS.is_open(moment)
