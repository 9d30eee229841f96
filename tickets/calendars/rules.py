"""Business time: how much open time lies between two moments, and when so much of it will have passed.

Opening hours are wall time in a named zone, but they are measured in real elapsed time, so days of 23 and 25 hours
count as such. Each date's hours become intervals in UTC; a running total of open time over the dates of a year then
answers questions over years by two look-ups and a short walk at both ends.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final, TypeAlias, cast
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from tickets.errors import InvalidHours

WallHours: TypeAlias = Sequence[tuple[time, time]]
"""Opening and closing times of one date, as the clock on the wall shows them."""

Interval: TypeAlias = tuple[datetime, datetime]
"""From the first moment inclusive to the second exclusive."""

MIDNIGHT: Final = time(0)
A_DAY: Final = timedelta(days=1)
A_YEAR: Final = 365  # dates in a row
NO_TIME: Final = timedelta(0)


def as_utc(at: datetime) -> datetime:
    """The same moment in UTC. A naive datetime raises ValueError: it names no moment."""
    if at.utcoffset() is None:
        raise ValueError(f"{at!r} has no time zone, so it names no moment.")
    return at.astimezone(UTC)


@dataclass(frozen=True)
class OpeningHours:
    """The hours of one desk: by weekday (0 is Monday), except on closed dates and on dates with special hours.

    A closing time of 00:00 is the end of that date. ``special`` replaces the hours of its date and beats ``closed``; an
    empty sequence there means closed. A wall time that does not exist moves to the end of the gap. An ambiguous opening
    is its first occurrence, an ambiguous closing its second, except 00:00: the first instant of the next date.

    Raises InvalidHours for intervals that overlap or end before they start, and for hours that leave a whole year
    without any opening. Methods take aware datetimes of any zone, answer in UTC, and raise ValueError for naive ones.
    """

    time_zone: ZoneInfo
    weekly: Mapping[int, WallHours]
    closed: frozenset[date] = frozenset()
    special: Mapping[date, WallHours] = field(default_factory=dict)

    # What was worked out before. Threads may work out the same entry twice, to the same value; no lock is needed.
    _intervals: dict[date, tuple[Interval, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _totals: dict[int, tuple[timedelta, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not set(self.weekly) <= set(WEEKDAYS):
            raise InvalidHours(_("Weekdays are counted from 0 for Monday to 6 for Sunday."))
        tidy = object.__setattr__  # a frozen instance can only be completed this way
        tidy(self, "weekly", {day: in_order(hours, WEEKDAYS[day]) for day, hours in self.weekly.items() if hours})
        tidy(self, "closed", frozenset(self.closed))
        tidy(self, "special", {day: in_order(hours, day) for day, hours in self.special.items()})
        self._refuse_a_year_without_opening()

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Open time from ``start`` to ``end``. Raises ValueError when ``end`` comes first."""
        start, end = _in_sequence(start, end)
        first = self._first_unfinished(start)
        last = max(first, self._first_unfinished(end))
        return self._open_on(first, last) + self._open_before(end, last) - self._open_before(start, first)

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The earliest moment by which ``duration`` of open time has passed since ``start``; none leads to ``start``.

        Raises ValueError for a negative duration, OverflowError when the moment lies beyond the last year of dates.
        """
        start = as_utc(start)
        if duration < NO_TIME:
            raise ValueError("A duration of open time cannot be negative.")
        if not duration:
            return start
        first = self._first_unfinished(start)
        year = first.year
        missing = duration + self._open_before(start, first) + self._total(year)[_index(first)]
        while (running := self._total(year))[-1] < missing:
            missing -= running[-1]
            year += 1
            if year >= MAXYEAR:
                raise OverflowError(f"{duration} of open time after {start} is later than dates go.")
        dates = bisect_left(running, missing) - 1  # that many dates of the year pass without completing the duration
        missing -= running[dates]
        for opens, closes in self._on(date(year, 1, 1) + dates * A_DAY):
            if missing <= closes - opens:
                break
            missing -= closes - opens
        return opens + missing

    def is_open(self, at: datetime) -> bool:
        """Whether ``at`` lies inside opening hours; the closing moment itself does not."""
        at = as_utc(at)
        return any(opens <= at < closes for opens, closes in self._near(self._first_unfinished(at)))

    def next_opening(self, at: datetime) -> datetime:
        """The first moment from ``at`` on that lies inside opening hours: ``at`` itself while open."""
        # When the first instant of open time has passed, it began one instant earlier.
        return self.add(at, timedelta.resolution) - timedelta.resolution

    def intervals(self, start: datetime, end: datetime) -> list[Interval]:
        """The open intervals between two moments, in order, cut to them; those that touch are joined."""
        start, end = _in_sequence(start, end)
        found: list[Interval] = []
        day, last = self._first_unfinished(start), self._local_date(end) + A_DAY
        while day <= last:
            for opens, closes in self._on(day):
                opens, closes = max(opens, start), min(closes, end)
                if opens >= closes:
                    continue
                if found and found[-1][1] == opens:
                    opens = found.pop()[0]
                found.append((opens, closes))
            day += A_DAY
        return found

    def wall_hours(self, day: date) -> WallHours:
        """The hours of a date as the clock on the wall shows them; none when it is closed."""
        if day in self.special:
            return self.special[day]
        return () if day in self.closed else self.weekly.get(day.weekday(), ())

    def _refuse_a_year_without_opening(self) -> None:
        if not self.weekly:
            raise InvalidHours(_("No weekday has opening hours. Add hours to at least one weekday."))
        looked_at = date.min
        for day in sorted({*self.closed, *self.special}):
            if day < looked_at or self.wall_hours(day):
                continue
            opens_again = day
            while not self.wall_hours(opens_again):
                opens_again += A_DAY
            while not self.wall_hours(day - A_DAY):
                day -= A_DAY
            if (opens_again - day).days >= A_YEAR:
                message = _(
                    "Nothing is open for a whole year from %(date)s on. "
                    "Remove some of the closed dates, or give hours to one of them."
                )
                raise InvalidHours(message % {"date": day})
            looked_at = opens_again

    def _local_date(self, at: datetime) -> date:
        return at.astimezone(self.time_zone).date()

    def _first_unfinished(self, at: datetime) -> date:
        """A date before which every date's hours are over at ``at``, and at most one date before that of ``at``.

        Where clocks go back across midnight, yesterday's hours can reach into today's date: hence one date earlier.
        """
        return self._local_date(at) - A_DAY

    def _near(self, first: date) -> Iterator[Interval]:
        """The intervals of three dates. From the first unfinished date on, no later date can have begun yet."""
        for days in range(3):
            yield from self._on(first + days * A_DAY)

    def _open_before(self, at: datetime, first: date) -> timedelta:
        """Open time up to ``at`` since the hours of ``first``, its first unfinished date, began."""
        return sum((min(closes, at) - opens for opens, closes in self._near(first) if opens < at), NO_TIME)

    def _open_on(self, first: date, last: date) -> timedelta:
        """Open time on the dates from ``first`` inclusive to ``last`` exclusive."""
        whole_years = sum((self._total(year)[-1] for year in range(first.year, last.year)), NO_TIME)
        return whole_years + self._total(last.year)[_index(last)] - self._total(first.year)[_index(first)]

    def _total(self, year: int) -> tuple[timedelta, ...]:
        """Running totals of open time: item ``n`` covers the first ``n`` dates of the year, the last one all."""
        if year not in self._totals:
            weekday = date(year, 1, 1).weekday()
            week = [_length(self.weekly.get((weekday + days) % 7, ())) for days in range(7)]
            lengths = [week[index % 7] for index in range(_dates_in(year))]
            for day in {*self.closed, *self.special}:
                if day.year == year:
                    lengths[_index(day)] = _length(self.wall_hours(day))
            # Only dates whose clock is out of the ordinary have to be worked out one by one.
            for day in _dates_near_clock_changes(self.time_zone, year):
                if day.year == year:
                    lengths[_index(day)] = sum((closes - opens for opens, closes in self._on(day)), NO_TIME)
            self._totals[year] = tuple(accumulate(lengths, initial=NO_TIME))
        return self._totals[year]

    def _on(self, day: date) -> tuple[Interval, ...]:
        """The open intervals that count for ``day``: in order, and without what earlier intervals already cover.

        An ambiguous closing is later than it looks, and may reach into the next interval, even that of the next date.
        """
        if day not in self._intervals:
            covered = max((closes for _, closes in self._in_utc(day - A_DAY)), default=None)
            counted: list[Interval] = []
            for opens, closes in self._in_utc(day):
                opens = max(opens, covered or opens)
                if opens < closes:
                    counted.append((opens, closes))
                    covered = closes
            self._intervals[day] = tuple(counted)
        return self._intervals[day]

    def _in_utc(self, day: date) -> Iterator[Interval]:
        for opens, closes in self.wall_hours(day):
            opening = _instant(datetime.combine(day, opens), self.time_zone, occurrence=0)
            if closes == MIDNIGHT:
                closing = _instant(datetime.combine(day + A_DAY, MIDNIGHT), self.time_zone, occurrence=0)
            else:
                closing = _instant(datetime.combine(day, closes), self.time_zone, occurrence=1)
            yield opening, closing


def in_order(hours: WallHours, day: object) -> WallHours:
    """The hours of one day sorted, or InvalidHours; ``day`` is a weekday's name or a date, for the message."""
    for opens, closes in hours:
        if opens.tzinfo or closes.tzinfo:
            raise InvalidHours(_("Opening hours are local times: give them without a time zone."))
        if closes <= opens and closes != MIDNIGHT:
            # Translators: "day" is the name of a weekday or a date; the other two are times such as 22:00.
            message = _(
                "%(day)s: the closing time %(closes)s has to come after the opening time %(opens)s. "
                "To stay open past midnight, close at 00:00 and open the next day at 00:00."
            )
            raise InvalidHours(message % {"day": day, "opens": _shown(opens), "closes": _shown(closes)})
    ordered = tuple(sorted(hours))
    for (_start, end), (begin, _end) in pairwise(ordered):
        if begin < end or end == MIDNIGHT:
            # Translators: "day" is the name of a weekday or a date; the other two are times such as 12:00.
            message = _(
                "%(day)s: one interval lasts until %(closes)s, but the next opens at %(opens)s. "
                "Join the two, or move one of them."
            )
            raise InvalidHours(message % {"day": day, "closes": _shown(end), "opens": _shown(begin)})
    return ordered


def _shown(wall: time) -> str:
    return wall.isoformat(timespec="minutes")


def _in_sequence(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    start, end = as_utc(start), as_utc(end)
    if end < start:
        raise ValueError(f"The end {end} comes before the start {start}.")
    return start, end


def _index(day: date) -> int:
    """How many dates of its year come before ``day``."""
    return (day - date(day.year, 1, 1)).days


def _dates_in(year: int) -> int:
    return _index(date(year, 12, 31)) + 1


def _length(hours: Iterable[tuple[time, time]]) -> timedelta:
    """What the intervals of a date add up to when no clock changes."""
    return sum(((_since_midnight(closes) or A_DAY) - _since_midnight(opens) for opens, closes in hours), NO_TIME)


def _since_midnight(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)


def _offset(at: datetime) -> timedelta:
    return cast("timedelta", at.utcoffset())  # only called for times in a ZoneInfo, which always knows


def _instant(wall: datetime, zone: ZoneInfo, *, occurrence: int) -> datetime:
    """The moment at which clocks read ``wall``: the first (0) or the second (1) where it comes twice.

    A wall time that clocks skip becomes the moment at which they skip it.
    """
    first = _offset(wall.replace(tzinfo=zone, fold=0))
    second = _offset(wall.replace(tzinfo=zone, fold=1))
    if first < second:  # PEP 495: the offsets before and after a gap
        return _clock_change(wall.replace(tzinfo=UTC) - second, wall.replace(tzinfo=UTC) - first, zone)
    return wall.replace(tzinfo=UTC) - (second if occurrence else first)


def _clock_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The one moment between the two at which the offset changes. Clocks change on whole seconds."""
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    old = _offset(before.astimezone(zone))

    def changed_after(seconds: int) -> bool:
        return _offset((before + timedelta(seconds=seconds)).astimezone(zone)) != old

    seconds_between = range(int((after - before).total_seconds()) + 1)
    return before + timedelta(seconds=bisect_left(seconds_between, True, key=changed_after))


@lru_cache(maxsize=4096)
def _dates_near_clock_changes(zone: ZoneInfo, year: int) -> frozenset[date]:
    """Dates of about this year whose hours may last longer or shorter than the wall clock says.

    A change between two UTC midnights touches wall times of the dates from one before to one after, as offsets stay
    below fifteen hours. The next date counts too, for closings that reach into it, and a skipped or repeated date more.
    """
    margin = 3
    first = date(year, 1, 1) - margin * A_DAY
    midnight = datetime.combine(first, MIDNIGHT, UTC)
    offsets = [_offset((midnight + days * A_DAY).astimezone(zone)) for days in range(_dates_in(year) + 2 * margin + 1)]
    changed = [first + days * A_DAY for days, (old, new) in enumerate(pairwise(offsets)) if old != new]
    return frozenset(day + days * A_DAY for day in changed for days in range(-2, 3))
