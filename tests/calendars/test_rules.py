"""Business time against a clock that is stepped minute by minute, and against its own laws."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tickets.calendars.rules import OpeningHours
from tickets.errors import InvalidHours

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

NINE_TO_FIVE = ((time(9), time(17)),)
OFFICE = ((time(9), time(12)), (time(13), time(17)))
ALL_DAY = ((time(0), time(0)),)
NEVER: tuple[tuple[time, time], ...] = ()

# Durations are drawn that take a desk of few hours centuries; how long that takes depends on the machine.
unhurried = settings(deadline=None)


def week(*hours: tuple[time, time]) -> dict[int, tuple[tuple[time, time], ...]]:
    return dict.fromkeys(range(7), hours)


def working_week(*hours: tuple[time, time]) -> dict[int, tuple[tuple[time, time], ...]]:
    return dict.fromkeys(range(5), hours)


def hours_in(zone: str, *hours: tuple[time, time]) -> OpeningHours:
    return OpeningHours(ZoneInfo(zone), week(*hours))


def local(zone: str, *moment: int, fold: int = 0) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(zone), fold=fold)  # type: ignore[arg-type,misc]


def utc(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type,misc]


ROME = OpeningHours(
    ZoneInfo("Europe/Rome"),
    working_week(*OFFICE),
    frozenset({date(2026, 12, 8), date(2026, 12, 25)}),
    {date(2026, 12, 12): ((time(10), time(13)),), date(2026, 12, 25): ((time(9), time(10)),)},
)


# What a reader of the calendar expects on ordinary days.


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param((2026, 11, 23, 9), (2026, 11, 23, 17), 7 * HOUR, id="a day is its intervals without the break"),
        pytest.param((2026, 11, 23, 12), (2026, 11, 23, 13), 0 * HOUR, id="the lunch break does not count"),
        pytest.param((2026, 11, 20, 16), (2026, 11, 23, 10), 2 * HOUR, id="the week-end does not count"),
        pytest.param((2026, 12, 7, 17), (2026, 12, 9, 9), 0 * HOUR, id="a closed date does not count"),
        pytest.param((2026, 12, 12, 0), (2026, 12, 13, 0), 3 * HOUR, id="special hours open a Saturday"),
        pytest.param((2026, 12, 25, 0), (2026, 12, 26, 0), 1 * HOUR, id="special hours beat a closed date"),
        pytest.param((2026, 11, 23, 10), (2026, 11, 23, 10), 0 * HOUR, id="no time lies between a moment and itself"),
    ],
)
def test_elapsed_counts_opening_hours_only(start: tuple[int, ...], end: tuple[int, ...], expected: timedelta) -> None:
    assert ROME.elapsed(local("Europe/Rome", *start), local("Europe/Rome", *end)) == expected


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        pytest.param((2026, 11, 23, 9), 2 * HOUR, (2026, 11, 23, 11), id="within an interval"),
        pytest.param((2026, 11, 23, 9), 3 * HOUR, (2026, 11, 23, 12), id="the end of an interval is before the break"),
        pytest.param((2026, 11, 23, 9), 4 * HOUR, (2026, 11, 23, 14), id="across the break"),
        pytest.param((2026, 11, 20, 16, 30), HOUR, (2026, 11, 23, 9, 30), id="across a week-end"),
        pytest.param((2026, 12, 7, 16), 2 * HOUR, (2026, 12, 9, 10), id="across a closed date"),
        pytest.param((2026, 11, 22, 3), HOUR, (2026, 11, 23, 10), id="from closed time the opening is waited for"),
        pytest.param((2026, 11, 22, 3), 0 * HOUR, (2026, 11, 22, 3), id="no time leads nowhere, even when closed"),
        pytest.param((2026, 12, 31, 16), 2 * HOUR, (2027, 1, 1, 10), id="into the next year"),
        pytest.param((2026, 11, 23, 9), 35 * 104 * HOUR, (2028, 11, 20, 17), id="over two years"),
    ],
)
def test_add_finds_the_earliest_moment(start: tuple[int, ...], duration: timedelta, expected: tuple[int, ...]) -> None:
    hours = OpeningHours(ROME.time_zone, ROME.weekly, frozenset({date(2026, 12, 8)}))
    assert hours.add(local("Europe/Rome", *start), duration) == local("Europe/Rome", *expected)


# Days on which clocks change. Facts from the tz database; the comments say what the clocks do.


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        pytest.param("Europe/London", date(2026, 3, 29), 23 * HOUR, id="London springs forward"),
        pytest.param("Europe/London", date(2026, 10, 25), 25 * HOUR, id="London falls back"),
        pytest.param("Australia/Lord_Howe", date(2026, 10, 4), 23.5 * HOUR, id="Lord Howe moves by half an hour"),
        pytest.param("Australia/Lord_Howe", date(2026, 4, 5), 24.5 * HOUR, id="Lord Howe moves back by half an hour"),
        pytest.param("Antarctica/Troll", date(2026, 3, 29), 22 * HOUR, id="Troll moves by two hours"),
        pytest.param("Antarctica/Troll", date(2026, 10, 25), 26 * HOUR, id="Troll moves back by two hours"),
        pytest.param("Asia/Beirut", date(2026, 3, 29), 23 * HOUR, id="Beirut has no first hour of the day"),
        pytest.param("Asia/Beirut", date(2026, 10, 24), 25 * HOUR, id="Beirut repeats the last hour of the day"),
        pytest.param("Asia/Beirut", date(2026, 10, 25), 24 * HOUR, id="Beirut does not repeat the next hour too"),
        pytest.param("Atlantic/Azores", date(2026, 10, 24), 24 * HOUR, id="the Azores do not repeat the day before"),
        pytest.param("Atlantic/Azores", date(2026, 10, 25), 25 * HOUR, id="the Azores repeat the first hour of a day"),
        pytest.param("Africa/Casablanca", date(2024, 3, 10), 25 * HOUR, id="Casablanca goes back for Ramadan"),
        pytest.param("Africa/Casablanca", date(2024, 4, 14), 23 * HOUR, id="Casablanca goes forward after Ramadan"),
        pytest.param("Pacific/Apia", date(2011, 12, 29), 24 * HOUR, id="Apia before the skipped date"),
        pytest.param("Pacific/Apia", date(2011, 12, 30), 0 * HOUR, id="Apia skips a date"),
        pytest.param("Pacific/Apia", date(2011, 12, 31), 24 * HOUR, id="Apia after the skipped date"),
        pytest.param("America/St_Johns", date(2010, 11, 6), 24 * HOUR, id="St John's ends a date at the first 00:00"),
        pytest.param("America/St_Johns", date(2010, 11, 7), 25 * HOUR, id="St John's goes back to 23:01 at 00:01"),
        pytest.param("Asia/Dhaka", date(2009, 12, 31), 25 * HOUR, id="Dhaka repeats the last hour of a year"),
        pytest.param("Asia/Kathmandu", date(2026, 3, 29), 24 * HOUR, id="Kathmandu changes nothing"),
    ],
)
def test_a_date_of_round_the_clock_hours_lasts_as_long_as_its_clock(zone: str, day: date, expected: timedelta) -> None:
    elsewhere = day + 3 * DAY  # only this date and a far one are open, so that neighbours add nothing
    hours = OpeningHours(ZoneInfo(zone), {elsewhere.weekday(): NINE_TO_FIVE}, frozenset(), {day: ALL_DAY})
    noon = datetime.combine(day, time(12), UTC)
    assert hours.elapsed(noon - 2 * DAY, noon + 2 * DAY) == expected


@pytest.mark.parametrize(
    ("zone", "opens", "closes", "day", "expected"),
    [
        pytest.param(  # 02:00 becomes 03:00 at 07:00 UTC
            "America/New_York", time(2, 30), time(5), date(2026, 3, 8),
            [(utc(2026, 3, 8, 7), utc(2026, 3, 8, 9))], id="an opening inside the gap waits for its end",
        ),
        pytest.param(
            "America/New_York", time(1), time(2, 30), date(2026, 3, 8),
            [(utc(2026, 3, 8, 6), utc(2026, 3, 8, 7))], id="a closing inside the gap is the end of the gap",
        ),
        pytest.param(
            "America/New_York", time(2, 15), time(2, 45), date(2026, 3, 8),
            [], id="an interval inside the gap does not happen",
        ),
        pytest.param(  # 02:00 becomes 01:00 at 06:00 UTC
            "America/New_York", time(1, 30), time(4), date(2026, 11, 1),
            [(utc(2026, 11, 1, 5, 30), utc(2026, 11, 1, 9))], id="an ambiguous opening is its first occurrence",
        ),
        pytest.param(
            "America/New_York", time(0), time(1, 30), date(2026, 11, 1),
            [(utc(2026, 11, 1, 4), utc(2026, 11, 1, 6, 30))], id="an ambiguous closing is its second occurrence",
        ),
        pytest.param(  # Sunday 01:00 becomes 00:00 at 01:00 UTC
            "Atlantic/Azores", time(22), time(0), date(2026, 10, 24),
            [(utc(2026, 10, 24, 22), utc(2026, 10, 25, 0))], id="closing at 00:00 is when the next date begins",
        ),
        pytest.param(  # 00:00 becomes 01:00 at 03:00 UTC
            "America/Sao_Paulo", time(22), time(0), date(2018, 11, 3),
            [(utc(2018, 11, 4, 1), utc(2018, 11, 4, 3))], id="closing at a midnight that does not exist",
        ),
        pytest.param(  # 02:45 becomes 03:45 at 14:00 UTC the day before
            "Pacific/Chatham", time(3), time(4), date(2026, 9, 27),
            [(utc(2026, 9, 26, 14), utc(2026, 9, 26, 14, 15))], id="Chatham's gap lies at a quarter to",
        ),
    ],
)  # fmt: skip
def test_wall_times_that_clocks_skip_or_repeat(
    zone: str, opens: time, closes: time, day: date, expected: list[tuple[datetime, datetime]]
) -> None:
    elsewhere = day + 3 * DAY
    hours = OpeningHours(ZoneInfo(zone), {elsewhere.weekday(): NINE_TO_FIVE}, special={day: ((opens, closes),)})
    noon = datetime.combine(day, time(12), UTC)
    assert hours.intervals(noon - 2 * DAY, noon + 2 * DAY) == expected


def test_a_closing_that_comes_twice_is_not_counted_twice_with_the_next_interval() -> None:
    hours = hours_in("America/New_York", (time(0), time(1, 30)), (time(1, 45), time(3)))
    day = local("America/New_York", 2026, 11, 1)
    assert hours.elapsed(day, day + DAY) == 4 * HOUR


def test_yesterdays_hours_can_go_on_after_midnight_when_clocks_go_back_into_yesterday() -> None:
    hours = hours_in("America/St_Johns", (time(23), time(23, 30)))
    first_midnight = utc(2010, 11, 7, 2, 30)  # a minute later it is 23:01 of 6 November again
    assert hours.is_open(first_midnight)
    assert hours.elapsed(first_midnight, first_midnight + HOUR) == 30 * MINUTE
    assert hours.add(first_midnight, 30 * MINUTE) == first_midnight + 30 * MINUTE


# The picture of the week and the small questions.


def test_intervals_are_cut_to_what_was_asked_for() -> None:
    asked = local("Europe/Rome", 2026, 11, 23, 10), local("Europe/Rome", 2026, 11, 23, 14)
    assert ROME.intervals(*asked) == [
        (utc(2026, 11, 23, 9), utc(2026, 11, 23, 11)),
        (utc(2026, 11, 23, 12), utc(2026, 11, 23, 13)),
    ]


def test_intervals_that_touch_at_midnight_are_joined() -> None:
    start = utc(2026, 11, 23)
    assert hours_in("Europe/Rome", *ALL_DAY).intervals(start, start + 7 * DAY) == [(start, start + 7 * DAY)]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [((8, 59), False), ((9, 0), True), ((11, 59), True), ((12, 0), False), ((13, 0), True), ((17, 0), False)],
)
def test_it_is_open_from_the_opening_until_just_before_the_closing(moment: tuple[int, int], expected: bool) -> None:
    assert ROME.is_open(local("Europe/Rome", 2026, 11, 23, *moment)) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param((2026, 11, 23, 10, 30), (2026, 11, 23, 10, 30), id="now while open"),
        pytest.param((2026, 11, 23, 12), (2026, 11, 23, 13), id="after the break"),
        pytest.param((2026, 12, 7, 17), (2026, 12, 9, 9), id="after a closed date"),
    ],
)
def test_the_next_opening(moment: tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert ROME.next_opening(local("Europe/Rome", *moment)) == local("Europe/Rome", *expected)


def test_answers_are_in_utc_whatever_zone_was_asked_in() -> None:
    asked = local("Asia/Kathmandu", 2026, 11, 23, 14, 45)
    assert ROME.add(asked, HOUR).tzinfo is UTC
    assert ROME.add(asked, HOUR) == utc(2026, 11, 23, 10)


# What is refused.


@pytest.mark.parametrize(
    "ask",
    [
        lambda naive: ROME.add(naive, HOUR),
        lambda naive: ROME.elapsed(naive, utc(2027, 1, 1)),
        lambda naive: ROME.elapsed(utc(2026, 1, 1), naive),
        lambda naive: ROME.is_open(naive),
        lambda naive: ROME.next_opening(naive),
        lambda naive: ROME.intervals(naive, utc(2027, 1, 1)),
    ],
)
def test_a_naive_datetime_is_refused(ask: Callable[[datetime], object]) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        ask(utc(2026, 11, 23, 10).replace(tzinfo=None))


def test_elapsed_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="comes before"):
        ROME.elapsed(utc(2026, 11, 23, 10), utc(2026, 11, 23, 9))


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        ROME.add(utc(2026, 11, 23, 10), -MINUTE)


def test_a_duration_beyond_all_dates_is_refused() -> None:
    with pytest.raises(OverflowError, match="later than dates go"):
        ROME.add(utc(9990, 1, 1), 365 * 24 * 10 * HOUR)


@pytest.mark.parametrize(
    ("weekly", "words"),
    [
        pytest.param(
            {0: ((time(9), time(12)), (time(11, 30), time(17)))},
            "Monday: one interval lasts until 12:00, but the next opens at 11:30",
            id="overlapping intervals",
        ),
        pytest.param(
            {2: ((time(9), time(0)), (time(10), time(11)))},
            "Wednesday: one interval lasts until 00:00, but the next opens at 10:00",
            id="an interval after one that lasts until the end of the date",
        ),
        pytest.param({4: ((time(22), time(6)),)}, "Friday: the closing time 06:00 has to come after", id="inverted"),
        pytest.param({4: ((time(9), time(9)),)}, "Friday: the closing time 09:00 has to come after", id="empty"),
        pytest.param({}, "Add hours to at least one weekday", id="no hours at all"),
        pytest.param({0: NEVER, 1: NEVER}, "Add hours to at least one weekday", id="only empty days"),
        pytest.param({7: NINE_TO_FIVE}, "Weekdays are counted from 0", id="an eighth weekday"),
        pytest.param({0: ((time(9, tzinfo=UTC), time(17)),)}, "without a time zone", id="times with a zone"),
    ],
)
def test_contradicting_hours_are_refused_with_what_to_change(weekly: dict, words: str) -> None:
    with pytest.raises(InvalidHours, match=words):
        OpeningHours(ZoneInfo("Europe/Rome"), weekly)


def test_contradicting_special_hours_are_refused_with_their_date() -> None:
    with pytest.raises(InvalidHours, match="2026-12-24: the closing time 08:00"):
        OpeningHours(ROME.time_zone, ROME.weekly, special={date(2026, 12, 24): ((time(9), time(8)),)})


def every_day_of(year: int) -> set[date]:
    return {date(year, 1, 1) + days * DAY for days in range(365)}


@pytest.mark.parametrize("weekly", [working_week(*NINE_TO_FIVE), {0: NINE_TO_FIVE}], ids=["working days", "Mondays"])
def test_a_year_without_any_opening_is_refused(weekly: dict) -> None:
    with pytest.raises(InvalidHours, match="Nothing is open for a whole year"):
        OpeningHours(ROME.time_zone, weekly, frozenset(every_day_of(2027)))


def test_a_year_without_its_52_mondays_is_refused_when_only_mondays_are_open() -> None:
    mondays = {day for day in every_day_of(2027) if day.weekday() == 0}
    with pytest.raises(InvalidHours, match="from 2026-12-29 on"):
        OpeningHours(ROME.time_zone, {0: NINE_TO_FIVE}, frozenset(mondays))


def test_special_dates_without_hours_can_close_a_year_too() -> None:
    with pytest.raises(InvalidHours, match="Nothing is open for a whole year"):
        OpeningHours(ROME.time_zone, ROME.weekly, special=dict.fromkeys(every_day_of(2027), NEVER))


def test_one_special_date_is_enough_to_keep_a_year_open() -> None:
    hours = OpeningHours(
        ROME.time_zone, ROME.weekly, frozenset(every_day_of(2027)), {date(2027, 6, 1): ((time(9), time(10)),)}
    )
    assert hours.elapsed(local("Europe/Rome", 2027, 1, 1), local("Europe/Rome", 2028, 1, 1)) == HOUR


def test_intervals_may_touch_and_come_in_any_order() -> None:
    hours = hours_in("Europe/Rome", (time(12), time(17)), (time(9), time(12)))
    assert hours == hours_in("Europe/Rome", (time(9), time(12)), (time(12), time(17)))


def test_hours_do_not_change_with_what_they_were_made_from() -> None:
    weekly = dict(ROME.weekly)
    hours = OpeningHours(ROME.time_zone, weekly)
    weekly.clear()
    assert hours.is_open(utc(2026, 11, 23, 10))


def test_threads_share_hours_that_nobody_has_asked_before() -> None:
    hours = OpeningHours(ROME.time_zone, ROME.weekly, ROME.closed, ROME.special)
    start = utc(2026, 11, 23, 8)
    durations = [minutes * 997 * MINUTE for minutes in range(200)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda duration: hours.add(start, duration), durations))
    assert found == [ROME.add(start, duration) for duration in durations]


# Against a clock that is stepped minute by minute around the days on which clocks change.

ZONES = [
    "Africa/Casablanca", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "Antarctica/Troll", "Asia/Beirut",
    "Asia/Kathmandu", "Asia/Tehran", "Atlantic/Azores", "Australia/Lord_Howe", "Europe/London", "Pacific/Apia",
    "Pacific/Chatham",
]  # fmt: skip
YEARS = [2010, 2011, 2018, 2021, 2024, 2026, 2036]


@lru_cache
def days_to_look_at(zone: str) -> list[datetime]:
    """Noon UTC of the days of our years on which clocks change, and of one day on which they may not."""
    noons = [utc(year, 1, 1, 12) + days * DAY for year in YEARS for days in range(365)]
    offsets = [noon.astimezone(ZoneInfo(zone)).utcoffset() for noon in noons]
    return [noons[100], *(noon for noon, old, new in zip(noons, offsets, offsets[1:], strict=False) if old != new)]


BEFORE_AND_AFTER = 3 * DAY
STEPS = 2 * BEFORE_AND_AFTER // MINUTE


@lru_cache(maxsize=256)
def walls(zone: ZoneInfo, first: datetime) -> list[datetime]:
    """What the clock on the wall shows at each minute."""
    return [(first + step * MINUTE).astimezone(zone).replace(tzinfo=None) for step in range(STEPS)]


def open_minutes(hours: OpeningHours, first: datetime) -> list[bool]:
    """For each minute from ``first`` on whether it is open, by looking at the wall clock only.

    An opening is the first minute at which the clock shows that time or later, and so is a closing at 00:00 of the next
    date; any other closing is the last minute at which the clock shows that time, if it does, else the first later one.
    """
    shown = walls(hours.time_zone, first)
    minutes = [False] * STEPS
    day = shown[0].date() - DAY
    while day <= shown[-1].date() + DAY:
        intervals = hours.special.get(day, NEVER if day in hours.closed else hours.weekly.get(day.weekday(), NEVER))
        for opens, closes in intervals:
            opening = datetime.combine(day, opens)
            closing = datetime.combine(day + DAY if closes == time(0) else day, closes)
            begin = next((step for step, wall in enumerate(shown) if wall >= opening), STEPS)
            end = next((step for step, wall in enumerate(shown) if wall >= closing), STEPS)
            if closes != time(0) and closing in shown:
                end = STEPS - 1 - shown[::-1].index(closing)
            for step in range(begin, end):
                minutes[step] = True
        day += DAY
    return minutes


# Clocks change in the small hours: half of the times are drawn from there.
wall_times = st.one_of(
    st.builds(time, st.integers(0, 3), st.sampled_from([0, 1, 15, 30, 45, 59])),
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
)


@st.composite
def day_hours(draw: st.DrawFn, *, at_least: int = 0) -> tuple[tuple[time, time], ...]:
    """Up to three intervals of a date; the last one may reach the end of the date."""
    times = sorted(draw(st.lists(wall_times, min_size=2 * at_least, max_size=6, unique=True)))
    if len(times) % 2:
        times.append(time(0))
    return tuple(zip(times[::2], times[1::2], strict=True))


@st.composite
def calendars(draw: st.DrawFn, zone: str, around: datetime) -> OpeningHours:
    """Hours in a zone, with closed and special dates near a day."""
    near = st.integers(-4, 4).map(lambda days: around.date() + days * DAY)
    weekly = draw(st.dictionaries(st.integers(0, 6), day_hours(at_least=1), min_size=1))
    closed = draw(st.frozensets(near, max_size=2))
    return OpeningHours(ZoneInfo(zone), weekly, closed, draw(st.dictionaries(near, day_hours(), max_size=3)))


@st.composite
def situations(draw: st.DrawFn) -> tuple[OpeningHours, datetime]:
    """Opening hours, and the first of the minutes to look at."""
    zone = draw(st.sampled_from(ZONES))
    noon = draw(st.sampled_from(days_to_look_at(zone)))
    return draw(calendars(zone, noon)), noon - BEFORE_AND_AFTER


@unhurried
@given(situations())
def test_the_minutes_inside_intervals_are_those_of_the_wall_clock(situation: tuple[OpeningHours, datetime]) -> None:
    hours, first = situation
    minutes = [False] * STEPS
    for opens, closes in hours.intervals(first, first + STEPS * MINUTE):
        for step in range((opens - first) // MINUTE, (closes - first) // MINUTE):
            minutes[step] = True
    assert minutes == open_minutes(hours, first)


@unhurried
@given(situations(), st.integers(0, STEPS), st.integers(0, STEPS))
def test_elapsed_counts_the_minutes_of_the_wall_clock(
    situation: tuple[OpeningHours, datetime], one: int, two: int
) -> None:
    hours, first = situation
    begin, end = sorted((one, two))
    counted = sum(open_minutes(hours, first)[begin:end]) * MINUTE
    assert hours.elapsed(first + begin * MINUTE, first + end * MINUTE) == counted


@unhurried
@given(situations(), st.integers(0, STEPS), st.integers(1, 2000))
def test_add_stops_where_the_wall_clock_has_shown_enough(
    situation: tuple[OpeningHours, datetime], begin: int, duration: int
) -> None:
    hours, first = situation
    minutes = open_minutes(hours, first)
    counted = [step for step in range(begin, STEPS) if minutes[step]]
    assume(len(counted) >= duration)
    assert hours.add(first + begin * MINUTE, duration * MINUTE) == first + (counted[duration - 1] + 1) * MINUTE


# The laws, over years and to the microsecond.

moments = st.timedeltas(timedelta(0), 32 * 365 * DAY).map(lambda passed: utc(2008, 1, 1) + passed)
durations = st.one_of(
    st.timedeltas(timedelta(0), timedelta(hours=40)), st.integers(0, 5000).map(lambda hours: hours * HOUR)
)


@st.composite
def any_hours(draw: st.DrawFn) -> OpeningHours:
    zone = draw(st.sampled_from(ZONES))
    return draw(calendars(zone, draw(st.one_of(moments, st.sampled_from(days_to_look_at(zone))))))


@unhurried
@given(any_hours(), moments, durations, durations)
@example(hours_in("Europe/London", *ALL_DAY), utc(2026, 3, 28), HOUR, timedelta(0))
def test_adding_twice_is_adding_the_sum(hours: OpeningHours, start: datetime, one: timedelta, two: timedelta) -> None:
    assert hours.add(hours.add(start, one), two) == hours.add(start, one + two)


@unhurried
@given(any_hours(), moments, durations)
def test_as_much_time_elapses_as_was_added(hours: OpeningHours, start: datetime, duration: timedelta) -> None:
    assert hours.elapsed(start, hours.add(start, duration)) == duration


@unhurried
@given(any_hours(), moments, durations)
def test_nothing_is_due_inside_closed_time(hours: OpeningHours, start: datetime, duration: timedelta) -> None:
    assume(duration)
    assert hours.is_open(hours.add(start, duration) - timedelta.resolution)


@unhurried
@given(any_hours(), st.lists(moments, min_size=3, max_size=3))
def test_elapsed_adds_up(hours: OpeningHours, unordered: list[datetime]) -> None:
    first, second, third = sorted(unordered)
    assert hours.elapsed(first, third) == hours.elapsed(first, second) + hours.elapsed(second, third)


@unhurried
@given(any_hours(), moments, st.timedeltas(timedelta(0), timedelta(days=800)))
def test_elapsed_is_the_length_of_the_intervals(hours: OpeningHours, start: datetime, span: timedelta) -> None:
    intervals = hours.intervals(start, start + span)
    assert hours.elapsed(start, start + span) == sum((closes - opens for opens, closes in intervals), timedelta(0))


@unhurried
@given(any_hours(), moments, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_intervals_are_in_order_and_apart(hours: OpeningHours, start: datetime, span: timedelta) -> None:
    intervals = hours.intervals(start, start + span)
    edges = [edge for interval in intervals for edge in interval]
    assert edges == sorted(set(edges))


@unhurried
@given(any_hours(), moments)
def test_until_the_next_opening_nothing_is_open(hours: OpeningHours, at: datetime) -> None:
    opening = hours.next_opening(at)
    assert hours.is_open(opening)
    assert hours.intervals(at, opening) == []


def test_years_cost_no_more_steps_than_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the years have been summed up, ten of them are answered from the dates at both ends."""
    start, end = utc(2026, 11, 23, 10), utc(2036, 11, 24, 10)
    hours = hours_in("Europe/Rome", *OFFICE)
    hours.elapsed(start, end)
    looked_at: list[date] = []
    of_a_date = OpeningHours._on

    def noted(self: OpeningHours, day: date) -> tuple[tuple[datetime, datetime], ...]:
        looked_at.append(day)
        return of_a_date(self, day)

    monkeypatch.setattr(OpeningHours, "_on", noted)
    hours.elapsed(start, end)
    assert len(looked_at) == 6
