"""Deadlines in words. A state (fine, soon, late, wait, met) chooses the shape beside the words, never instead of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Final

from babel import Locale
from babel.dates import format_skeleton
from babel.lists import format_list
from babel.units import format_unit
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, pgettext, to_locale
from django.utils.translation import gettext as _

from tickets import moments
from tickets.desk.models import Ticket
from tickets.sla.models import MetricName, Outcome, SLAClock

SOON: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Due:
    """``moment`` is None where nothing is due; ``short`` is the moment for a narrow column, without the date if it is today."""

    state: str
    text: str
    moment: datetime | None = None
    metric: str = ""
    short: str = ""


def of_ticket(ticket: Ticket, at: datetime) -> Due:
    """What the queue says about a ticket."""
    if ticket.next_due_at is not None:
        metric = str(MetricName(ticket.next_due_metric).label) if ticket.next_due_metric else ""
        return _running(ticket.next_due_at, at, metric)
    if ticket.is_done:
        return Due("met", pgettext("deadline", "Done"))
    return Due("wait", pgettext("deadline", "No clock runs"))


def of_clock(clock: SLAClock, at: datetime) -> Due:
    metric = str(clock.get_metric_display())
    if clock.stopped_at is not None:
        met = clock.outcome != Outcome.BREACHED
        return Due("met" if met else "late", str(Outcome(clock.outcome or Outcome.MET).label), clock.due_at, metric)
    if clock.due_at is None:
        return Due("wait", pgettext("clock", "Stands still"), None, metric)
    return _running(clock.due_at, at, metric)


def of_moment(due_at: datetime, at: datetime) -> Due:
    """Anything else with a date, such as a promise."""
    return _running(due_at, at, "")


def _running(due_at: datetime, at: datetime, metric: str) -> Due:
    left = due_at - at
    if left < timedelta(0):
        return Due("late", _("Late by %(time)s") % {"time": duration(-left)}, due_at, metric, _short(due_at, at))
    state = "soon" if left <= SOON else "fine"
    return Due(state, _("Due in %(time)s") % {"time": duration(left)}, due_at, metric, _short(due_at, at))


def _short(moment: datetime, at: datetime) -> str:
    """Such as "12:00", or "24 Nov, 12:00" on another day of the reader's."""
    time = moments.clock_time(moment)
    if timezone.localdate(moment) == timezone.localdate(at):
        return time
    locale = _locale(get_language() or settings.LANGUAGE_CODE)
    day = format_skeleton("MMMd", timezone.localtime(moment), locale=locale)
    return str(locale.datetime_formats["medium"]).replace("{1}", day).replace("{0}", time)


def duration(span: timedelta, *, units: int = 2) -> str:
    """Such as "2 days 4 hrs" or "38 mins", in the active language: the largest units, rounded down, a minute at least."""
    minutes = max(int(span.total_seconds() // 60), 1)
    return _in_words(minutes, units, get_language() or settings.LANGUAGE_CODE)


def open_time(span: timedelta) -> str:
    """Such as "26 hrs 30 mins": opening hours have no days, or days of other lengths than people think of."""
    minutes = max(int(span.total_seconds() // 60), 1)
    return _in_words(minutes, 2, get_language() or settings.LANGUAGE_CODE, with_days=False)


@lru_cache(maxsize=4096)
def _in_words(minutes: int, units: int, language: str, *, with_days: bool = True) -> str:
    """Kept, because a page of the queue says fifty of them, and asks the same ones again half a minute later."""
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24) if with_days else (0, hours)
    parts = [(days, "duration-day"), (hours, "duration-hour"), (minutes, "duration-minute")]
    first = next((place for place, (number, _unit) in enumerate(parts) if number), len(parts) - 1)
    shown = [pair for place, pair in enumerate(parts[first : first + units]) if pair[0] or place == 0]
    locale = _locale(language)
    return _joined([format_unit(number, unit, "short", locale=locale) for number, unit in shown], locale)


def _joined(parts: Sequence[str], locale: Locale) -> str:
    """Babel says the second of two parts twice where CLDR has no pattern of its own for pairs, as in Arabic."""
    patterns = locale.list_patterns.get("unit-narrow") or {}
    if len(parts) == 2 and "end" in patterns and "2" not in patterns:
        return str(patterns["end"]).format(*parts)
    return format_list(parts, "unit-narrow", locale)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(moments.LOCALES.get(language) or to_locale(language))
