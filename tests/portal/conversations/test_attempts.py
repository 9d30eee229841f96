"""Proposed solutions on the page of a request."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import HelpArticleFactory, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.statuses import Status
from tickets.lifecycle import Proposal
from tickets.models import Agent, Attempt, Customer


@pytest.fixture(autouse=True)
def _at_the_beginning(time_machine: Any, now: datetime) -> None:
    time_machine.move_to(now)


@pytest.fixture
def attempt(alice: Customer, agent: Agent, now: datetime) -> Attempt:
    proposal = Proposal("Reset the tank sensor", article=HelpArticleFactory.create(title="E04", slug="e04"))
    ticket = open_ticket(alice)
    return lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now, attempt=proposal).attempts.get()


def case(attempt: Attempt) -> str:
    return reverse("conversations:case", args=[attempt.ticket.reference])


def press(client: Client, attempt: Attempt, outcome: str) -> Any:
    address = reverse("conversations:answer_attempt", args=[attempt.ticket.reference, attempt.number])
    return client.post(address, {"outcome": outcome})


def test_the_conversation_shows_what_to_try_and_asks_whether_it_worked(hers: Client, attempt: Attempt) -> None:
    page = hers.get(case(attempt)).content.decode()
    assert "Proposed solution 1:" in page
    assert "Reset the tank sensor" in page
    assert "/help/articles/e04/" in page
    assert 'value="worked"' in page
    assert 'value="failed"' in page


def test_one_click_says_that_it_did_not_work(hers: Client, attempt: Attempt) -> None:
    response = press(hers, attempt, "failed")
    attempt.refresh_from_db()
    assert (attempt.outcome, response.url) == ("failed", f"{case(attempt)}#reply")
    assert "You said: it did not work" in hers.get(case(attempt)).content.decode()


def test_what_worked_leads_to_the_question_whether_everything_is_solved(hers: Client, attempt: Attempt) -> None:
    press(hers, attempt, "worked")
    attempt.ticket.refresh_from_db()
    assert attempt.ticket.status == Status.PENDING
    assert "Is everything solved now?" in hers.get(case(attempt)).content.decode()


def test_the_other_button_stays_for_whoever_changes_their_mind(hers: Client, attempt: Attempt) -> None:
    press(hers, attempt, "worked")
    press(hers, attempt, "failed")
    attempt.refresh_from_db()
    assert attempt.outcome == "failed"


def test_an_outcome_that_does_not_exist_changes_nothing(hers: Client, attempt: Attempt) -> None:
    press(hers, attempt, "perhaps")
    attempt.refresh_from_db()
    assert attempt.outcome == "waiting"


def test_somebody_elses_attempt_is_not_there(bob: Customer, sign_in: Callable[[Any], Client], attempt: Attempt) -> None:
    assert press(sign_in(bob), attempt, "worked").status_code == 404


def test_a_closed_request_says_how_to_go_on(hers: Client, attempt: Attempt, agent: Agent, now: datetime) -> None:
    lifecycle.confirm_solved(attempt.ticket, by=Actor("customer", attempt.ticket.customer.user_id), at=now)
    lifecycle.close(attempt.ticket, by=acting(agent), at=now)
    press(hers, attempt, "failed")
    page = hers.get(case(attempt)).content.decode()
    assert "that opens a new one, linked to it" in page
    assert 'value="failed"' not in page
