"""The page of a calendar: what a lead sees, types, and is told before anything moves."""

from datetime import date, datetime, time
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from tests.factories import AgentFactory, open_ticket
from tickets.calendars import actions
from tickets.models import Agent, Calendar, CalendarDate, Customer, Recomputation, SLAClock, SLAPolicy, Ticket

WORKDAY = "08:00-20:00"


@pytest.fixture
def calendar(desk: None) -> Calendar:
    """Monday to Friday 8 to 20, Saturday and Sunday 9 to 17, in Dublin's time."""
    calendar = Calendar.objects.get()
    Calendar.objects.update(time_zone="Europe/Dublin")
    actions.edited(calendar)
    return Calendar.objects.get()


def page_of(calendar: Calendar) -> str:
    return reverse("admin:tickets_calendar_change", args=[calendar.pk])


def typed(calendar: Calendar, **changes: str) -> dict[str, str]:
    """What the page sends when nothing but ``changes`` was typed: one holiday and one special day can be new."""
    week = {f"day_{day}": WORKDAY if day < 5 else "09:00-17:00" for day in range(7)}
    counts = {"holidays-TOTAL_FORMS": "2", "special-TOTAL_FORMS": "2"}
    counts |= {"holidays-INITIAL_FORMS": "0", "special-INITIAL_FORMS": "0"}
    seen = str(Calendar.objects.get(pk=calendar.pk).edition)
    return {"name": calendar.name, "time_zone": calendar.time_zone, "seen": seen, **week, **counts, **changes}


def refusal(client: Client, calendar: Calendar, **changes: str) -> str:
    """The page that comes back, with nothing written."""
    response = client.post(page_of(calendar), typed(calendar, **changes))
    assert response.status_code == 422
    assert Calendar.objects.get(pk=calendar.pk).edition == calendar.edition
    return response.content.decode()


# --- What the page shows ----------------------------------------------------------------------------------------------


def test_the_head_says_who_goes_by_the_calendar(lead_client: Client, calendar: Calendar) -> None:
    AgentFactory.create(calendar=calendar)
    facts = lead_client.get(page_of(calendar)).context["facts"]
    assert facts == ["Europe/Dublin", "used by 1 policy", "and by 1 agent", "76 open hours in a usual week"]


def test_the_picture_says_each_of_the_coming_days_in_words(lead_client: Client, calendar: Calendar, now: datetime) -> None:
    CalendarDate.objects.create(calendar=calendar, date=date(2026, 11, 25), name="Founders’ day")
    CalendarDate.objects.create(calendar=calendar, date=date(2026, 11, 26), name="Stocktaking", opens=time(9), closes=time(12))
    picture = lead_client.get(page_of(calendar)).context["picture"]
    assert [(day.day, day.name, day.open_for, day.times) for day in picture.days[:4]] == [
        ("Mon, 23 Nov", "", "12 hrs", "08:00–20:00"),
        ("Tue, 24 Nov", "", "12 hrs", "08:00–20:00"),
        ("Wed, 25 Nov", "Founders’ day", "", "Closed"),
        ("Thu, 26 Nov", "Stocktaking", "3 hrs", "09:00–12:00"),
    ]
