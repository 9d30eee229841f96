"""Asking for somebody more senior, on the page of a request."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Customer, EscalationRequest, EscalationRule, Ticket

DATE = "Monday 23 November, 17:00"
BUTTON = "Ask for it"


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture(autouse=True)
def _at_the_beginning(time_machine: Any, now: datetime) -> None:
    time_machine.move_to(now, tick=False)


def page(ticket: Ticket) -> str:
    return reverse("conversations:case", args=[ticket.reference])


def ask(browser: Client, ticket: Ticket, **fields: str) -> Any:
    fields = {"reason": "slow", "words": "I wait and wait.", **fields}
    return browser.post(reverse("conversations:ask", args=[ticket.reference]), fields)


def test_the_button_stands_beside_the_date_of_the_answer(hers: Client, ticket: Ticket) -> None:
    text = hers.get(page(ticket)).content.decode()
    assert f"A team lead reads the whole case and writes to you by {DATE}" in text
    assert BUTTON in text


def test_no_button_where_the_desk_takes_no_such_requests(hers: Client, ticket: Ticket) -> None:
    EscalationRule.objects.filter(trigger="request").update(active=False)
    assert BUTTON not in hers.get(page(ticket)).content.decode()


def test_the_page_keeps_saying_when_a_lead_answers(hers: Client, ticket: Ticket) -> None:
    assert ask(hers, ticket).url == page(ticket)
    text = hers.get(page(ticket)).content.decode()
    assert (DATE in text, "I wait and wait." in text, BUTTON in text) == (True, True, False)


def test_two_clicks_are_one_request(hers: Client, ticket: Ticket) -> None:
    answers = [ask(hers, ticket).status_code for _click in range(2)]
    assert (answers, EscalationRequest.objects.count()) == ([302, 302], 1)


def test_a_missing_reason_is_asked_for_and_the_words_are_kept(hers: Client, ticket: Ticket) -> None:
    text = ask(hers, ticket, reason="").content.decode()
    assert "Choose what comes closest" in text
    assert "I wait and wait." in text
    assert '<details class="no-print" id="ask" open>' in text
    assert not EscalationRequest.objects.exists()


def test_a_refusal_keeps_the_words_too(hers: Client, ticket: Ticket) -> None:
    ask(hers, ticket)
    text = ask(hers, ticket, words="And another thing.").content.decode()
    assert "You have asked for this already" in text
    assert "And another thing." in text


def test_the_page_admits_that_the_answer_is_late(hers: Client, ticket: Ticket, time_machine: Any) -> None:
    ask(hers, ticket)
    time_machine.move_to(EscalationRequest.objects.get().answer_by + timedelta(hours=1))
    assert "We are late, and we are sorry." in hers.get(page(ticket)).content.decode()


def test_the_page_says_that_it_was_answered(hers: Client, ticket: Ticket, lead: Agent, now: datetime) -> None:
    ask(hers, ticket)
    asked = EscalationRequest.objects.get()
    lifecycle.answer_escalation_request(asked, accept=False, text="I looked at it.", by=acting(lead), at=now)
    text = hers.get(page(ticket)).content.decode()
    assert "A team lead answered you on Monday 23 November" in text
    assert "I looked at it." in text


def test_nobody_asks_for_somebody_else(bob: Customer, sign_in: Callable[[Any], Client], ticket: Ticket) -> None:
    assert ask(sign_in(bob), ticket).status_code == 404
    assert not EscalationRequest.objects.exists()
