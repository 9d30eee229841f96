"""Proposed solutions at the desk: written with an answer, shown in the conversation, answered on the telephone."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import CannedReplyFactory, HelpArticleFactory, acting, open_ticket
from tickets import lifecycle
from tickets.lifecycle import Proposal
from tickets.models import Agent, Attempt, Customer, EscalationRule, Ticket


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def attempt(ticket: Ticket, agent: Agent, now: datetime) -> Attempt:
    proposal = Proposal("Clean the filter")
    return lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now, attempt=proposal).attempts.get()


def send(client: Client, ticket: Ticket, **typed: str) -> Any:
    ticket.refresh_from_db()
    fields = {"text": "Try this.", "status": "pending", "seen": str(ticket.last_message_id)}
    attempt = {f"attempt-{name}": value for name, value in typed.items()}
    return client.post(reverse("admin:ticket_reply", args=[ticket.reference]), {**fields, **attempt})


def page(client: Client, ticket: Ticket) -> str:
    return client.get(reverse("admin:ticket", args=[ticket.reference])).content.decode()


def test_an_answer_can_propose_a_solution(desk_client: Client, ticket: Ticket) -> None:
    article, canned = HelpArticleFactory.create(slug="e18"), CannedReplyFactory.create()
    send(desk_client, ticket, step="Clean the filter", article="/help/articles/e18/", canned_reply=str(canned.pk))
    attempt = Attempt.objects.get()
    assert (attempt.step, attempt.article, attempt.canned_reply) == ("Clean the filter", article, canned)


def test_an_answer_without_one_proposes_nothing(desk_client: Client, ticket: Ticket) -> None:
    send(desk_client, ticket)
    assert ticket.messages.count() == 2
    assert not Attempt.objects.exists()


def test_a_source_without_a_step_comes_back_with_everything_that_was_typed(desk_client: Client, ticket: Ticket) -> None:
    HelpArticleFactory.create(slug="e18")
    response = send(desk_client, ticket, article="/help/articles/e18/")
    assert response.status_code == 422
    assert "Say what the customer should try." in response.content.decode()
    assert "Try this." in response.content.decode()
    assert not Attempt.objects.exists()


def test_an_address_that_is_no_article_is_refused(desk_client: Client, ticket: Ticket) -> None:
    response = send(desk_client, ticket, step="Clean the filter", article="https://elsewhere.example/e18")
    assert "No help article has this address." in response.content.decode()
    assert "Clean the filter" in response.content.decode()


def test_a_canned_reply_that_is_put_in_keeps_what_was_proposed(desk_client: Client, ticket: Ticket) -> None:
    canned = CannedReplyFactory.create()
    address = reverse("admin:ticket_reply", args=[ticket.reference])
    typed = {"text": "", "insert": "1", "canned": str(canned.pk), "attempt-step": "Clean the filter"}
    assert 'value="Clean the filter"' in desk_client.post(address, typed).content.decode()


def test_the_conversation_shows_the_attempt_and_what_became_of_it(
    desk_client: Client, ticket: Ticket, attempt: Attempt, agent: Agent, now: datetime
) -> None:
    assert "Attempt 1:" in page(desk_client, ticket)
    lifecycle.answer_attempt(attempt, worked=False, by=acting(agent), at=now)
    assert "Did not work" in page(desk_client, ticket)


def test_the_page_says_how_far_the_next_rule_is(
    desk_client: Client, ticket: Ticket, attempt: Attempt, agent: Agent, now: datetime
) -> None:
    EscalationRule.objects.filter(trigger="attempts").delete()
    EscalationRule.objects.create(name="Two attempts", trigger="attempts", threshold=2, raise_tier=True)
    lifecycle.answer_attempt(attempt, worked=False, by=acting(agent), at=now)
    assert "1 of 2 attempts failed; at 2 the rule “Two attempts” applies." in page(desk_client, ticket)


def test_an_agent_writes_down_what_the_customer_said(desk_client: Client, ticket: Ticket, attempt: Attempt) -> None:
    address = reverse("admin:ticket_attempt", args=[ticket.reference, 1])
    desk_client.post(address, {"outcome": "failed", "words": "It stays red."})
    attempt.refresh_from_db()
    assert (attempt.outcome, attempt.answered_kind) == ("failed", "agent")
    assert ticket.messages.filter(text="It stays red.", author_kind="customer").exists()


def test_what_an_agent_wrote_down_needs_an_outcome(desk_client: Client, ticket: Ticket, attempt: Attempt) -> None:
    address = reverse("admin:ticket_attempt", args=[ticket.reference, 1])
    response = desk_client.post(address, {"words": "It stays red."})
    assert response.status_code == 422
    assert "It stays red." in response.content.decode()


def test_customers_do_not_write_down_for_the_desk(customer_client: Client, ticket: Ticket, attempt: Attempt) -> None:
    response = customer_client.post(reverse("admin:ticket_attempt", args=[ticket.reference, 1]), {"outcome": "failed"})
    attempt.refresh_from_db()
    assert response.status_code in {302, 403}
    assert attempt.outcome == "waiting"
