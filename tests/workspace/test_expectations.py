"""What the desk says about when a case will be solved."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import CategoryFactory, open_ticket
from tickets.desk.expectations import first_moment, last_moment
from tickets.models import Agent, CategoryHistory, Customer, OutgoingMail, Ticket

DUBLIN = ZoneInfo("Europe/Dublin")


@pytest.fixture
def ticket(alice: Customer, agent: Agent, now: Any) -> Ticket:
    topic = CategoryFactory.create()
    two, five = timedelta(days=2), timedelta(days=5)
    CategoryHistory.objects.create(category=topic, sample=214, half_within=two, most_within=five, measured_at=now)
    return open_ticket(alice, category=topic)


def set_days(client: Client, ticket: Ticket, **typed: str) -> Any:
    fields = {"earliest": "2026-12-01", "latest": "2026-12-04", "reason": "parts", **typed}
    form = {f"expectation-{name}": value for name, value in fields.items()}
    return client.post(reverse("admin:ticket_change", args=[ticket.reference]), {"what": "expectation", **form})


def test_the_page_of_the_ticket_shows_what_the_customer_was_told(desk_client: Client, ticket: Ticket) -> None:
    page = desk_client.get(reverse("admin:ticket", args=[ticket.reference])).content.decode()
    assert "25 November to 28 November" in page
    assert "214 cases" in page


def test_the_days_are_those_of_the_customers_calendar_wherever_the_agent_is(
    desk_client: Client, agent: Agent, ticket: Ticket
) -> None:
    agent.user.time_zone = "Asia/Tokyo"
    agent.user.save()
    page = desk_client.get(reverse("admin:ticket", args=[ticket.reference])).content.decode()
    assert page.count("25 November to 28 November") == 2  # beside the conversation, and in the record


def test_an_agent_sets_days_by_the_customers_calendar(desk_client: Client, ticket: Ticket) -> None:
    set_days(desk_client, ticket)
    ticket.refresh_from_db()
    assert (ticket.expected_from, ticket.expected_until) == (
        first_moment(date(2026, 12, 1), DUBLIN),
        last_moment(date(2026, 12, 4), DUBLIN),
    )
    assert OutgoingMail.objects.get(kind="expectation_changed").data["reason"] == "parts"


def test_a_latest_day_alone_will_do(desk_client: Client, ticket: Ticket) -> None:
    set_days(desk_client, ticket, earliest="")
    page = desk_client.get(reverse("admin:ticket", args=[ticket.reference])).content.decode()
    assert "4 December at the latest" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"earliest": "2026-12-05"}, "The earliest day comes after the latest one."),
        ({"earliest": "", "latest": "2026-11-20"}, "The latest day is over already."),
        ({"reason": ""}, "This field is required."),
        ({"latest": "soon"}, "Enter a valid date."),
    ],
)
def test_days_that_cannot_be_meant_come_back_with_what_was_typed(
    desk_client: Client, ticket: Ticket, typed: dict[str, str], said: str
) -> None:
    response = set_days(desk_client, ticket, **typed)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert typed.get("latest", "2026-12-04") in response.content.decode()
