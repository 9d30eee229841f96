"""When a solution is expected, as the customer reads it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Category, CategoryHistory, Customer, IntakeDraft, Ticket

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _at_the_beginning(time_machine: Any, now: datetime) -> None:
    time_machine.move_to(now)


def measured(category: Category, now: datetime) -> None:
    CategoryHistory.objects.create(
        category=category, sample=214, half_within=4 * DAY, most_within=8 * DAY, measured_at=now
    )


@pytest.fixture
def ticket(alice: Customer, agent: Agent, now: datetime) -> Ticket:
    measured(Category.objects.get(slug="other"), now)
    return open_ticket(alice)


def case(client: Client, ticket: Ticket) -> str:
    return client.get(reverse("conversations:case", args=[ticket.reference])).content.decode()


def test_the_request_shows_the_range_and_how_many_cases_it_is_from(hers: Client, ticket: Ticket) -> None:
    page = case(hers, ticket)
    assert "27 November to 1 December" in page
    assert "From 214 cases like yours" in page


def test_the_days_are_those_of_the_customers_calendar(hers: Client, ticket: Ticket, alice: Customer) -> None:
    """The range ends with the evening of the day in Dublin: in Auckland that is noon of the next one."""
    assert alice.user
    alice.user.time_zone = "Pacific/Auckland"
    alice.user.save()
    assert "2 December" in case(hers, ticket)


def test_a_date_that_was_taken_back_is_not_shown_any_more(hers: Client, ticket: Ticket, now: datetime) -> None:
    lifecycle.keep_expectations(at=now + 9 * DAY)
    page = case(hers, ticket)
    assert "A new date follows" in page
    assert "The expected solution, 27 November to 1 December, no longer holds." in page


def test_a_date_that_passed_while_we_wait_for_the_customer_depends_on_their_answer(
    hers: Client, ticket: Ticket, agent: Agent, now: datetime, time_machine: Any
) -> None:
    lifecycle.reply(ticket, text="Which one?", by=acting(agent), at=now)
    time_machine.move_to(now + 9 * DAY)
    assert "27 November to 1 December" not in case(hers, ticket).split('id="talk"')[0]


def test_it_is_said_before_sending(hers: Client, draft: IntakeDraft, answers: dict[str, str], now: datetime) -> None:
    measured(draft.category, now)  # type: ignore[arg-type]
    draft.answers = answers
    draft.save()
    page = hers.get(reverse("conversations:new_check", args=[draft.pk])).content.decode()
    assert "Expected to be solved: <strong>27 November to 1 December</strong>." in page
    assert "That is how it went with 214 requests like this one." in page
