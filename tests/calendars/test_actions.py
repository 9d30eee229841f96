"""What is written into a calendar, and what other processes see of it."""

from datetime import date, time

import pytest
from django.utils import translation

from tickets.calendars import actions, public_holidays
from tickets.calendars.drafts import Day, Draft
from tickets.errors import InvalidHours, NotAllowed, Stale
from tickets.models import Calendar

NINE_TO_FIVE = ((time(9), time(17)),)
WEEK = dict.fromkeys(range(5), NINE_TO_FIVE)


@pytest.fixture
def calendar(db: None) -> Calendar:
    calendar = Calendar.objects.create(name="Desk", time_zone="Europe/Rome")
    actions.write(calendar, Draft("Desk", "Europe/Rome", WEEK, {}), seen=calendar.edition)
    return calendar


def test_a_draft_that_only_changes_names_keeps_the_hours(calendar: Calendar) -> None:
    renamed = Draft("Counter", "Europe/Rome", WEEK, {})
    assert actions.write(calendar, renamed, seen=calendar.edition) is False
    moved = Draft("Counter", "Europe/Dublin", WEEK, {})
    assert actions.write(calendar, moved, seen=calendar.edition) is True


def test_a_draft_that_cannot_be_used_leaves_the_calendar_as_it_was(calendar: Calendar) -> None:
    with pytest.raises(InvalidHours):
        actions.write(calendar, Draft("Desk", "Europe/Rome", {}, {}), seen=calendar.edition)
    assert Calendar.objects.get(pk=calendar.pk).draft().weekly == WEEK


def test_an_edition_that_is_gone_is_not_overwritten(calendar: Calendar) -> None:
    seen = calendar.edition
    actions.edited(calendar)
    with pytest.raises(Stale):
        actions.write(calendar, Draft("Mine", "Europe/Rome", WEEK, {}), seen=seen)


def test_kept_hours_are_those_of_their_edition(calendar: Calendar) -> None:
    before = actions.hours(calendar.pk, calendar.edition)
    holiday = {date(2026, 12, 25): Day("Christmas")}
    actions.write(calendar, Draft("Desk", "Europe/Rome", WEEK, holiday), seen=calendar.edition)
    # Another process reads the edition from the row that it loads, never from what it kept.
    elsewhere = Calendar.objects.get(pk=calendar.pk)
    after = actions.hours(elsewhere.pk, elsewhere.edition)
    assert (before.closed, after.closed) == (frozenset(), frozenset({date(2026, 12, 25)}))


def test_a_review_leaves_other_dates_alone(calendar: Calendar) -> None:
    days = {date(2026, 7, 1): Day("Founders’ day"), date(2026, 12, 25): Day("Christmas")}
    actions.write(calendar, Draft("Desk", "Europe/Rome", WEEK, days), seen=calendar.edition)
    actions.review_holidays(calendar, 2026, {date(2026, 12, 25): None, date(2026, 12, 26): Day("St Stephen")})
    assert set(Calendar.objects.get(pk=calendar.pk).draft().days) == {date(2026, 7, 1), date(2026, 12, 26)}


def test_an_earlier_year_does_not_take_a_review_back(calendar: Calendar) -> None:
    actions.review_holidays(calendar, 2027, {})
    actions.review_holidays(calendar, 2026, {})
    assert Calendar.objects.get(pk=calendar.pk).holidays_reviewed_until == 2027


@pytest.mark.parametrize(("country", "region"), [("XX", ""), ("IT", "ZZ"), ("", "")])
def test_a_place_that_nobody_knows_is_refused(country: str, region: str, calendar: Calendar) -> None:
    with pytest.raises(NotAllowed):
        actions.choose_holidays_of(calendar, country=country, region=region)


def test_every_region_fits_into_its_column() -> None:
    longest = Calendar._meta.get_field("subdivision").max_length or 0
    assert all(len(code) <= longest for codes in public_holidays.regions_of().values() for code in codes)


@pytest.mark.parametrize(("language", "name"), [("it", "Natale"), ("en", "Christmas Day"), ("ja", "Christmas Day")])
def test_holidays_have_the_reader_s_name_where_there_is_one(language: str, name: str) -> None:
    with translation.override(language):
        assert public_holidays.of_year("IT", "", 2026)[date(2026, 12, 25)] == name
