"""The coming days of a calendar as a picture, and the same facts in words. All times are the calendar's own wall time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tickets import moments
from tickets.calendars import parse
from tickets.calendars.drafts import Draft
from tickets.calendars.models import Weekday
from tickets.calendars.rules import A_DAY, A_YEAR, MIDNIGHT, OpeningHours, WallHours
from tickets.workspace.due import duration

SHOWN: Final = 9
"""A week and the two days that follow it, so that the same weekday is there twice."""

A_DAYS_MINUTES: Final = 24 * 60
AN_HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class DrawnDay:
    """A date in words, and its shapes in minutes since midnight: ``bars`` as (start, length), the rest as SVG paths.

    Numbers of a drawing are strings: no language puts its separators into them.
    """

    day: str
    name: str
    open_for: str
    times: str
    bars: Sequence[tuple[str, str]]
    breaks: str
    hatch: str


@dataclass(frozen=True, slots=True)
class Tick:
    """An hour on the axis, and how far from the reader's starting edge it stands, in percent."""

    label: str
    place: str


@dataclass(frozen=True, slots=True)
class Picture:
    title: str
    days: Sequence[DrawnDay]
    view_box: str
    grid: str
    ticks: Sequence[Tick]
    clock_change: str


def picture(draft: Draft, at: datetime) -> Picture:
    """Nine dates from today on. Raises InvalidHours for hours that cannot be used."""
    hours = draft.hours()
    today = at.astimezone(hours.time_zone).date()
    dates = [today + days * A_DAY for days in range(SHOWN)]
    first, last = _edges([hours.wall_hours(day) for day in dates])
    # Translators: the heading of a picture with a line a day.
    title = _("The coming days, %(first)s to %(last)s") % {
        "first": moments.short_day(dates[0]),
        "last": moments.short_day(dates[-1]),
    }
    return Picture(
        title=title,
        days=[_drawn(day, draft, hours, first, last) for day in dates],
        view_box=f"{first} 0 {last - first} 28",
        grid="".join(f"M{minute} 0v28" for minute in range(first + AN_HOUR, last, AN_HOUR)),
        ticks=list(_ticks(first, last)),
        clock_change=clock_change(hours, today, at),
    )


def open_for(hours: WallHours) -> timedelta:
    """What the intervals of a day add up to on a day without a clock change."""
    return timedelta(minutes=sum(end - start for start, end in _in_minutes(hours)))


def shown(hours: WallHours) -> str:
    """Such as 09:00–13:00, 14:00–18:00."""
    return parse.written(hours).replace("-", "–") or pgettext("opening hours of a day", "Closed")


def week(draft: Draft) -> list[tuple[str, str]]:
    """The weekdays and their hours in words."""
    return [(str(day.label), shown(draft.weekly.get(day.value, ()))) for day in Weekday]


def dates(draft: Draft, since: date) -> list[tuple[str, str, str]]:
    """Holidays and special days from ``since`` on: date, name and hours in words."""
    days = sorted(draft.days.items())
    return [(moments.full_day(day), dated.name, shown(dated.hours)) for day, dated in days if day >= since]


def clock_change(hours: OpeningHours, today: date, at: datetime) -> str:
    """The next date within a year whose day is longer or shorter than others, in a sentence; "" where clocks stay."""
    for day in (today + days * A_DAY for days in range(A_YEAR + 1)):
        lasts = _midnight(day + A_DAY, hours) - _midnight(day, hours)
        if lasts != A_DAY:
            # Translators: "date" is such as Sunday 28 March 2027, "time" such as 23 hrs.
            sentence = _("The clocks change next on %(date)s, a day of %(time)s.")
            return sentence % {"date": moments.day(day, at), "time": duration(lasts)}
    return ""


def _drawn(day: date, draft: Draft, hours: OpeningHours, first: int, last: int) -> DrawnDay:
    wall = hours.wall_hours(day)
    spans = _in_minutes(wall)
    special = draft.days.get(day)
    really_open = hours.elapsed(_midnight(day, hours), _midnight(day + A_DAY, hours))
    return DrawnDay(
        day=moments.short_day(day),
        name=special.name if special else "",
        open_for=duration(really_open) if really_open else "",
        times=shown(wall),
        bars=[(str(start), str(end - start)) for start, end in spans],
        breaks="".join(f"M{end} 14H{start}" for (_start, end), (start, _end) in pairwise(spans)),
        hatch="".join(f"M{x} 28 {x + 26} 0" for x in range(first, last, 26)) if special and not wall else "",
    )


def _edges(days: Sequence[WallHours]) -> tuple[int, int]:
    """From an hour before the first opening to an hour after the last closing, in whole hours; a desk without any: a day."""
    spans = [span for hours in days for span in _in_minutes(hours)]
    if not spans:
        return 0, A_DAYS_MINUTES
    first = min(start for start, _end in spans) // AN_HOUR * AN_HOUR - AN_HOUR
    last = -(-max(end for _start, end in spans) // AN_HOUR) * AN_HOUR + AN_HOUR
    return max(first, 0), min(last, A_DAYS_MINUTES)


def _ticks(first: int, last: int) -> Iterator[Tick]:
    """Every second hour; where people read from the right, a drawn day runs from there too."""
    every = 2 * AN_HOUR
    for minute in range(-(-(first + 1) // every) * every, last, every):
        share = (minute - first) / (last - first)
        place = 1 - share if translation.get_language_bidi() else share
        yield Tick(f"{minute // AN_HOUR}:00", f"{place:.1%}")


def _in_minutes(hours: WallHours) -> list[tuple[int, int]]:
    return [(_minute(opens), A_DAYS_MINUTES if closes == MIDNIGHT else _minute(closes)) for opens, closes in hours]


def _minute(wall: time) -> int:
    return wall.hour * AN_HOUR + wall.minute


def _midnight(day: date, hours: OpeningHours) -> datetime:
    """In UTC: two moments of one zone would be subtracted as wall times."""
    return datetime.combine(day, MIDNIGHT, hours.time_zone).astimezone(UTC)
