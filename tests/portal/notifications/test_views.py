"""The link by which somebody at the desk stops single notifications."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tickets.models import Agent, Customer
from tickets.outbox import unsubscribing


@pytest.fixture
def link(agent: Agent) -> str:
    return reverse("notifications:stop", args=[unsubscribing.token(agent.user_id)])


def choice(agent: Agent) -> str:
    agent.user.refresh_from_db()
    return agent.user.digest


def test_opening_it_changes_nothing(client: Client, link: str, agent: Agent) -> None:
    """Mail scanners open every link."""
    assert "Send me one summary a day" in client.get(link).content.decode()
    assert choice(agent) == "at_once"


def test_a_mail_program_presses_it_without_cookies_and_without_a_redirect(link: str, agent: Agent) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(link, {"List-Unsubscribe": "One-Click"})
    assert (response.status_code, choice(agent)) == (200, "daily")


def test_it_says_what_it_did_and_what_it_did_not(client: Client, link: str) -> None:
    page = client.post(link).content.decode()
    assert "You get one summary a day" in page
    assert "What presses still comes at once" in page


def test_a_link_that_was_changed_does_nothing(client: Client, link: str, agent: Agent) -> None:
    assert client.post(f"{link[:-2]}x/").status_code == 404
    assert choice(agent) == "at_once"


def test_an_old_link_leads_to_the_page_at_the_desk(client: Client, link: str, agent: Agent) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=unsubscribing.VALID_DAYS, hours=1)):
        response = client.post(link)
    assert (response.status_code, choice(agent)) == (410, "at_once")
    assert reverse("admin:notifications") in response.content.decode()


def test_a_customer_has_no_such_link(client: Client, alice: Customer) -> None:
    assert alice.user
    assert client.post(reverse("notifications:stop", args=[unsubscribing.token(alice.user.pk)])).status_code == 410
