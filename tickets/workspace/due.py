"""Deadlines in words. A state (fine, soon, late, wait, met) chooses the shape beside the words, never instead of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from babel import Locale
from babel.lists import format_list
from babel.units import format_unit
from django.utils.translation import get_language, pgettext, to_locale
from django.utils.translation import gettext as _

from tickets.desk.models import Ticket
from tickets.sla.models import MetricName, Outcome, SLAClock

SOON: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Due:
    """``moment`` is None where nothing is due."""

    state: str
    text: str
    moment: datetime | None = None
    metric: str = ""


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
        return Due("late", _("Late by %(time)s") % {"time": duration(-left)}, due_at, metric)
    state = "soon" if left <= SOON else "fine"
    return Due(state, _("Due in %(time)s") % {"time": duration(left)}, due_at, metric)


def duration(span: timedelta) -> str:
    """Such as "2 days 4 hr" or "38 min", in the active language: the two largest units, rounded down."""
    minutes = max(int(span.total_seconds() // 60), 0)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = [(days, "duration-day"), (hours, "duration-hour"), (minutes, "duration-minute")]
    first = next((place for place, (number, _unit) in enumerate(units) if number), len(units) - 1)
    locale = Locale.parse(to_locale(get_language() or "en"))
    shown = [pair for place, pair in enumerate(units[first : first + 2]) if pair[0] or place == 0]
    return format_list(
        [format_unit(number, unit, "short", locale=locale) for number, unit in shown], "unit-narrow", locale
    )
