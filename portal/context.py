"""What every page of the portal can show. Everything is looked up when a template asks for it, and not before."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from portal.mail_trouble import mail_trouble
from portal.outages import notices
from tickets import moments, zones
from tickets.calendars import actions as calendars
from tickets.calendars.models import Calendar
from tickets.people.models import ReadingNeeds

A_WEEK = timedelta(days=7)

# "Plain text" is about mail: pages have no part that it would change.
ON_PAGES = (ReadingNeeds.LARGE, ReadingNeeds.NO_IMAGES)


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``reading_needs``, ``desk_hours``, ``outages`` and ``mail_trouble``, see templates/portal/base.html."""
    return {
        "outages": SimpleLazyObject(lambda: notices(at=timezone.now())),
        "mail_trouble": SimpleLazyObject(partial(mail_trouble, request)),
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
    opens = hours.next_opening(at)
    closes = hours.intervals(opens, opens + A_WEEK)[0][1]
    if closes == opens + A_WEEK:
        # A desk that never closes has no hours to speak of.
        return ""
    with timezone.override(ZoneInfo(calendar.time_zone)):
        words = {"now": moments.clock_time(at), "city": zones.city(calendar.time_zone)}
        if opens == at:
            sentence = _("The support desk is open until %(closes)s. It is %(now)s now in %(city)s.")
            return sentence % {**words, "closes": moments.clock_time(closes)}
        # Translators: %(day)s is a date such as "Tuesday 24 November".
        sentence = _("The support desk opens on %(day)s at %(opens)s. It is %(now)s now in %(city)s.")
        return sentence % {**words, "day": moments.day(opens, at), "opens": moments.clock_time(opens)}
