"""What a customer reads right after sending."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Category, Customer


def sent(reference: str) -> str:
    return reverse("conversations:sent", args=[reference])


def test_it_names_the_reference_and_the_promised_moment_in_the_customers_time(
    hers: Client, alice: Customer, now: datetime
) -> None:
    alice.user.time_zone = "Europe/Rome"
    alice.user.save()
    ticket = open_ticket(alice, impact="blocked")
    page = hers.get(sent(ticket.reference)).content.decode()
    assert ticket.reference in page
    # Four open hours after nine o'clock in Greenwich.
    assert 'datetime="2026-11-23T14:00:00+01:00"' in page
    assert "Monday 23 November" in page
    assert "Rome time" in page


def test_it_says_who_has_it(hers: Client, alice: Customer, agent: Agent) -> None:
    page = hers.get(sent(open_ticket(alice).reference)).content.decode()
    assert "Marta Rinaldi (Customer care) reads it." in page


def test_without_an_agent_it_names_the_tier(hers: Client, alice: Customer) -> None:
    page = hers.get(sent(open_ticket(alice).reference)).content.decode()
    assert "the next free person takes it (Customer care)" in page


def test_it_says_when_to_expect_a_solution_and_how_we_know(hers: Client, alice: Customer) -> None:
    Category.objects.filter(slug="other").update(expected_days=5)
    page = hers.get(sent(open_ticket(alice).reference)).content.decode()
    assert "28 November at the latest" in page
    assert "That is how it usually goes with requests about the same topic." in page


def test_once_somebody_answered_it_leads_to_the_request(
    hers: Client, alice: Customer, agent: Agent, now: datetime
) -> None:
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now)
    assert hers.get(sent(ticket.reference)).url == reverse("conversations:case", args=[ticket.reference])


def test_somebody_elses_request_is_not_there(bob: Customer, alice: Customer, sign_in: Callable[[Any], Client]) -> None:
    assert sign_in(bob).get(sent(open_ticket(alice).reference)).status_code == 404
