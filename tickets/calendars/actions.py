import uuid
from collections.abc import Mapping, Sequence
from datetime import date, time
from functools import lru_cache

from django.db import transaction
from django.utils.translation import gettext as _

from tickets.calendars import public_holidays
from tickets.calendars.drafts import Day, Draft
from tickets.calendars.models import Calendar, CalendarDate, OpeningInterval
from tickets.calendars.rules import OpeningHours
from tickets.errors import NotAllowed, Stale


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
def write(calendar: Calendar, draft: Draft, *, seen: uuid.UUID) -> bool:
    """Make the calendar what the draft says; returns whether its hours changed.

    Raises InvalidHours for hours that cannot be used, and Stale when the calendar is no longer of the edition ``seen``.
    """
    before = _locked(calendar, seen).draft()
    calendar.name, calendar.time_zone = draft.name, draft.time_zone
    calendar.save(update_fields=["name", "time_zone"])
    calendar.intervals.all().delete()
    OpeningInterval.objects.bulk_create(
        OpeningInterval(calendar=calendar, weekday=day, opens=opens, closes=closes)
        for day, spans in draft.weekly.items()
        for opens, closes in spans
    )
    calendar.dates.all().delete()
    _add(calendar, draft.days)
    edited(calendar)
    return not draft.keeps_the_hours_of(before)


@transaction.atomic
def choose_holidays_of(calendar: Calendar, *, country: str, region: str) -> None:
    """Say whose public holidays the calendar follows. No date changes; those of another place are still to be reviewed.

    Raises NotAllowed for a place whose holidays we do not know.
    """
    if not public_holidays.knows(country, region):
        raise NotAllowed(_("We do not know the public holidays of this place. Choose one from the lists."))
    if (calendar.country, calendar.subdivision) != (country, region):
        calendar.country, calendar.subdivision = country, region
        calendar.holidays_reviewed_until = None
        calendar.save(update_fields=["country", "subdivision", "holidays_reviewed_until"])


@transaction.atomic
def review_holidays(
    calendar: Calendar, year: int, decisions: Mapping[date, Day | None], *, seen: uuid.UUID | None = None
) -> bool:
    """Write what somebody decided about the public holidays of a year; returns whether the hours changed.

    None opens a date as usual, a Day without hours closes it, one with hours makes it a special day. Dates that nobody
    decided about stay as they are. Raises InvalidHours when nothing would be open for a year, Stale as :func:`write` does.
    """
    before = _locked(calendar, seen or calendar.edition)
    calendar.dates.filter(date__in=decisions).delete()
    _add(calendar, {day: dated for day, dated in decisions.items() if dated is not None})
    calendar.holidays_reviewed_until = max(year, before.holidays_reviewed_until or 0)
    calendar.save(update_fields=["holidays_reviewed_until"])
    edited(calendar)
    after = Calendar.objects.with_hours().get(pk=calendar.pk)
    return not after.draft().keeps_the_hours_of(before.draft())


def proposals(calendar: Calendar, year: int) -> dict[date, tuple[str, Day | None]]:
    """The public holidays of the calendar's place: what each is called, and what the calendar has for its date.

    Raises NotImplementedError for a place whose holidays we do not know.
    """
    days = calendar.draft().days
    public = public_holidays.of_year(calendar.country, calendar.subdivision, year)
    return {day: (name, days.get(day)) for day, name in public.items()}


def _locked(calendar: Calendar, seen: uuid.UUID) -> Calendar:
    """The calendar as it is stored, its lines with it, which nobody else changes until the transaction ends."""
    Calendar.objects.select_for_update(no_key=True).get(pk=calendar.pk)
    stored = Calendar.objects.with_hours().get(pk=calendar.pk)
    if stored.edition != seen:
        raise Stale(
            _("Somebody else changed this calendar in the meantime. What you entered is still here; compare it first.")
        )
    return stored


def _add(calendar: Calendar, days: Mapping[date, Day]) -> None:
    all_day: Sequence[tuple[time | None, time | None]] = [(None, None)]
    longest = CalendarDate._meta.get_field("name").max_length
    CalendarDate.objects.bulk_create(
        CalendarDate(calendar=calendar, date=day, name=dated.name[:longest], opens=opens, closes=closes)
        for day, dated in days.items()
        for opens, closes in dated.hours or all_day
    )
