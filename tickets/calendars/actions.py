import uuid
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays
from django.db import transaction

from tickets.calendars.models import Calendar, CalendarDate
from tickets.calendars.rules import OpeningHours


@lru_cache(maxsize=256)
def hours(calendar_id: int, edition: uuid.UUID) -> OpeningHours:
    """A calendar's hours, kept in memory until somebody edits it: each edit draws a new edition."""
    return Calendar.objects.with_hours().get(pk=calendar_id).hours()


@lru_cache(maxsize=256)
def dates_named(calendar_id: int, edition: uuid.UUID) -> Mapping[date, str]:
    """The names of a calendar's holidays and special days, in order; kept in memory like its hours."""
    return dict(CalendarDate.objects.filter(calendar=calendar_id).order_by("date").values_list("date", "name"))


def edited(calendar: Calendar) -> None:
    """To be called after any change of the calendar or its lines; raises InvalidHours when it can no longer be used."""
    Calendar.objects.with_hours().get(pk=calendar.pk).hours()
    calendar.edition = uuid.uuid4()
    calendar.save(update_fields=["edition"])


@transaction.atomic
def copy_public_holidays(calendar: Calendar, years: list[int], language: str = "en_US") -> list[date]:
    """Add the public holidays of the calendar's country and region as closed dates; returns the dates that were new.

    Dates that somebody already entered stay as they are. Raises NotImplementedError for a country that the
    ``holidays`` library does not know.
    """
    known = set(calendar.dates.values_list("date", flat=True))
    public = holidays.country_holidays(
        calendar.country, subdiv=calendar.subdivision or None, years=years, language=language
    )
    new = {day: name for day, name in sorted(public.items()) if day not in known}
    CalendarDate.objects.bulk_create(CalendarDate(calendar=calendar, date=day, name=name) for day, name in new.items())
    if new:
        edited(calendar)
    return list(new)
