"""What every page of the portal can show. Everything is looked up when a template asks for it, and not before."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from tickets import zones
from tickets.calendars import actions as calendars
from tickets.calendars.models import Calendar
from tickets.people.models import ReadingNeeds

A_WEEK = timedelta(days=7)

# "Plain text" is about mail: pages have no part that it would change.
ON_PAGES = (ReadingNeeds.LARGE, ReadingNeeds.NO_IMAGES)


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``reading_needs`` and ``desk_hours``, see templates/portal/base.html."""
    return {
        "reading_needs": SimpleLazyObject(partial(reading_needs, request)),
        "desk_hours": SimpleLazyObject(partial(desk_hours, timezone.now())),
    }


def reading_needs(request: HttpRequest) -> str:
    """Words for ``html[data-reading]``; empty for strangers, staff, and customers who need nothing."""
    # An error page may be rendered before anybody was looked up.
    customer = getattr(getattr(request, "user", None), "customer", None)
    return " ".join(need for need in ON_PAGES if need in customer.reading_needs) if customer else ""


def desk_hours(at: datetime) -> str:
    """One sentence: until when the desk is open, or when it opens, and what time it is there. Empty without a calendar."""
    calendar = Calendar.objects.order_by("pk").first()
    if calendar is None:
        return ""
    hours = calendars.hours(calendar.pk, calendar.edition)
    zone = ZoneInfo(calendar.time_zone)
    words = {"now": _clock(at, zone), "city": zones.city(calendar.time_zone)}
    opens = hours.next_opening(at)
    if opens > at:
        # Translators: %(day)s is a day of the week, such as "Monday", or a date.
        sentence = _("The support desk opens on %(day)s at %(opens)s. It is %(now)s now in %(city)s.")
        return sentence % {**words, "day": _day(opens.astimezone(zone), at), "opens": _clock(opens, zone)}
    closes = hours.intervals(at, at + A_WEEK)[0][1]
    if closes == at + A_WEEK:
        # A desk that never closes has no hours to speak of.
        return ""
    sentence = _("The support desk is open until %(closes)s. It is %(now)s now in %(city)s.")
    return sentence % {**words, "closes": _clock(closes, zone)}


def _day(then: datetime, at: datetime) -> str:
    """A name of the week, where it can only mean one day."""
    return formats.date_format(then, "l" if then - at < A_WEEK - timedelta(days=1) else "DATE_FORMAT")


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return formats.time_format(at.astimezone(zone), "TIME_FORMAT")
