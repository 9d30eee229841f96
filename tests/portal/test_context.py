from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from portal.context import desk_hours
from tests.clients import signed_in
from tickets.calendars import actions as calendars
from tickets.calendars.models import Calendar
from tickets.models import Customer, SLAPolicy, SLAPolicyVersion, SLATarget

pytestmark = pytest.mark.usefixtures("desk")


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "The support desk is open until 20:00. It is 10:00 now in Rome."),
        (
            datetime(2026, 11, 20, 20, 30, tzinfo=UTC),
            "The support desk opens on Saturday 21 November at 09:00. It is 21:30 now in Rome.",
        ),
    ],
)
def test_the_foot_of_the_page_says_when_the_desk_is_open(at: datetime, sentence: str) -> None:
    assert desk_hours(at) == sentence


def test_the_city_is_called_as_in_the_readers_language() -> None:
    with translation.override("it"):
        assert "Roma" in desk_hours(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))


def test_a_desk_that_never_closes_has_no_hours_to_speak_of() -> None:
    calendar = Calendar.objects.get()
    calendar.intervals.update(opens="00:00", closes="00:00")
    calendars.edited(calendar)
    assert desk_hours(datetime(2026, 11, 23, 9, 0, tzinfo=UTC)) == ""


def test_a_desk_without_a_calendar_says_nothing() -> None:
    for model in (SLATarget, SLAPolicyVersion, SLAPolicy, Calendar):
        model.objects.all().delete()
    assert desk_hours(datetime(2026, 11, 23, 9, 0, tzinfo=UTC)) == ""


def test_reading_needs_are_words_on_the_page(alice: Customer) -> None:
    Customer.objects.update(reading_needs=["text-only", "large", "no-images"])
    html = signed_in(alice.user).get(reverse("help:index")).content.decode()
    assert 'data-reading="large no-images"' in html


def test_strangers_have_no_reading_needs(client: Client) -> None:
    assert "data-reading" not in client.get(reverse("help:index")).content.decode()
