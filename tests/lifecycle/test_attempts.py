"""Proposed solutions: what is put on record, and what the customer's answer sets going."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.factories import HelpArticleFactory, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed
from tickets.lifecycle import Proposal
from tickets.lifecycle.attempts import as_text, rule_ahead
from tickets.models import Agent, Attempt, Customer, EscalationRule, EscalationTier, OutgoingMail, Ticket

HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def attempt(ticket: Ticket, agent: Agent, now: datetime) -> Attempt:
    return proposed(ticket, agent, now + HOUR)


def proposed(ticket: Ticket, agent: Agent, at: datetime, step: str = "Clean the filter", **rest: Any) -> Attempt:
    proposal = Proposal(step, **rest)
    return lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=at, attempt=proposal).attempts.get()


def customer_of(ticket: Ticket) -> Actor:
    return Actor("customer", ticket.customer.user_id)


def say(attempt: Attempt, worked: bool, at: datetime, **rest: Any) -> Attempt:
    return lifecycle.answer_attempt(attempt, **{"by": customer_of(attempt.ticket), **rest}, worked=worked, at=at)


def codes(ticket: Ticket) -> list[str]:
    return list(ticket.record.order_by("sequence").values_list("code", flat=True))


def rule(threshold: int = 2, **rest: Any) -> EscalationRule:
    EscalationRule.objects.filter(trigger="attempts").delete()
    return EscalationRule.objects.create(
        name="Failed attempts", trigger="attempts", threshold=threshold, raise_tier=True, **rest
    )


# --- Proposing --------------------------------------------------------------------------------------------------------


def test_attempts_are_numbered_within_their_ticket(
    ticket: Ticket, attempt: Attempt, agent: Agent, now: datetime
) -> None:
    assert [attempt.number, proposed(ticket, agent, now + 2 * HOUR).number] == [1, 2]
    assert proposed(open_ticket(ticket.customer), agent, now + 2 * HOUR).number == 1


def test_an_attempt_remembers_the_article_it_comes_from(ticket: Ticket, agent: Agent, now: datetime) -> None:
    article = HelpArticleFactory.create()
    assert proposed(ticket, agent, now, article=article).article == article


def test_an_attempt_without_anything_to_try_is_refused_with_the_whole_answer(
    ticket: Ticket, agent: Agent, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        proposed(ticket, agent, now, step="  ")
    assert ticket.messages.count() == 1


# --- It worked --------------------------------------------------------------------------------------------------------


def test_what_worked_is_on_record_with_who_said_so_and_when(attempt: Attempt, now: datetime) -> None:
    say(attempt, True, now + 2 * HOUR)
    attempt.refresh_from_db()
    assert (attempt.outcome, attempt.answered_kind, attempt.answered_by, attempt.answered_at) == (
        "worked",
        "customer",
        attempt.ticket.customer.user,
        now + 2 * HOUR,
    )
    assert codes(attempt.ticket)[-1] == "attempt_worked"


def test_a_ticket_is_not_solved_by_one_solution_that_worked(ticket: Ticket, attempt: Attempt, now: datetime) -> None:
    say(attempt, True, now + 2 * HOUR)
    ticket.refresh_from_db()
    assert ticket.status == Status.PENDING


def test_whoever_has_the_ticket_is_told(attempt: Attempt, agent: Agent, now: datetime) -> None:
    say(attempt, True, now + 2 * HOUR)
    mail = OutgoingMail.objects.get(kind="attempt_answered")
    assert (mail.recipient, mail.data) == (agent.user.email, {"number": 1, "outcome": "worked"})


# --- It did not work --------------------------------------------------------------------------------------------------


def test_what_failed_waits_for_an_answer_like_a_message(ticket: Ticket, attempt: Attempt, now: datetime) -> None:
    say(attempt, False, now + 2 * HOUR)
    ticket.refresh_from_db()
    waiting = ticket.clocks.get(metric="next_reply")
    assert (ticket.status, waiting.started_at, waiting.stopped_at) == (Status.OPEN, now + 2 * HOUR, None)


def test_what_failed_opens_a_solved_ticket_again(ticket: Ticket, attempt: Attempt, agent: Agent, now: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now + 2 * HOUR)
    say(attempt, False, now + 3 * HOUR)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.reopened_count, ticket.resolved_at) == (Status.OPEN, 1, None)


def test_the_customers_words_become_a_message_of_theirs(ticket: Ticket, attempt: Attempt, now: datetime) -> None:
    say(attempt, False, now + 2 * HOUR, comment="Same error after a minute.")
    ticket.refresh_from_db()
    assert ticket.last_message
    assert (ticket.last_message.text, ticket.last_message.author_kind) == ("Same error after a minute.", "customer")


def test_words_that_come_with_a_success_are_answered_too(ticket: Ticket, attempt: Attempt, now: datetime) -> None:
    say(attempt, True, now + 2 * HOUR, comment="It works. And my refund?")
    assert ticket.clocks.filter(metric="next_reply", stopped_at=None).exists()


# --- Again, and otherwise ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("worked", [True, False])
def test_the_same_answer_twice_changes_nothing(ticket: Ticket, attempt: Attempt, now: datetime, worked: bool) -> None:
    say(attempt, worked, now + 2 * HOUR, comment="As I said.")
    before = codes(ticket), ticket.messages.count(), OutgoingMail.objects.count()
    say(attempt, worked, now + 3 * HOUR, comment="As I said.")
    assert (codes(ticket), ticket.messages.count(), OutgoingMail.objects.count()) == before
    assert attempt.answered_at == now + 2 * HOUR


def test_words_that_come_later_are_not_lost(ticket: Ticket, attempt: Attempt, now: datetime) -> None:
    say(attempt, False, now + 2 * HOUR)
    say(attempt, False, now + 3 * HOUR, comment="It beeps twice now.")
    assert ticket.messages.filter(text="It beeps twice now.").count() == 1


def test_a_changed_mind_is_on_record_with_both_answers(ticket: Ticket, attempt: Attempt, now: datetime) -> None:
    say(attempt, True, now + 2 * HOUR)
    say(attempt, False, now + 3 * HOUR)
    assert [code for code in codes(ticket) if code.startswith("attempt_")] == ["attempt_worked", "attempt_failed"]


def test_a_closed_ticket_takes_no_answer_and_says_how_to_go_on(
    ticket: Ticket, attempt: Attempt, agent: Agent, now: datetime
) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now + 2 * HOUR)
    lifecycle.close(ticket, by=acting(agent), at=now + 2 * HOUR)
    with pytest.raises(NotAllowed, match="write to us"):
        say(attempt, False, now + 3 * HOUR)


def test_an_agent_writes_down_what_the_customer_said_on_the_telephone(
    ticket: Ticket, attempt: Attempt, agent: Agent, now: datetime
) -> None:
    say(attempt, False, now + 2 * HOUR, by=acting(agent), comment="The light stays red.")
    message = ticket.messages.order_by("pk").last()
    assert message
    assert (attempt.answered_kind, attempt.answered_by) == ("agent", agent.user)
    assert (message.author_kind, message.author_id, message.channel) == ("customer", ticket.customer.user_id, "staff")


# --- Escalation -------------------------------------------------------------------------------------------------------


def test_so_many_failed_attempts_hand_the_case_up(
    ticket: Ticket, attempt: Attempt, agent: Agent, senior: Agent, now: datetime
) -> None:
    rule(2)
    say(attempt, False, now + 2 * HOUR)
    ticket.refresh_from_db()
    assert ticket.tier.level == 1
    say(proposed(ticket, agent, now + 3 * HOUR), False, now + 4 * HOUR)
    ticket.refresh_from_db()
    assert (ticket.tier.level, ticket.assignee) == (2, senior)


def test_a_rule_for_failed_attempts_fires_once(
    ticket: Ticket, attempt: Attempt, agent: Agent, senior: Agent, now: datetime
) -> None:
    rule(1)
    say(attempt, False, now + 2 * HOUR)
    say(attempt, True, now + 3 * HOUR)
    say(attempt, False, now + 4 * HOUR)
    assert ticket.escalations.count() == 1


def test_the_rule_ahead_is_the_next_that_has_not_fired(ticket: Ticket, attempt: Attempt, now: datetime) -> None:
    first = rule(1, to_tier=EscalationTier.objects.get(level=2))
    second = EscalationRule.objects.create(name="Three", trigger="attempts", threshold=3, raise_tier=True)
    assert rule_ahead(ticket) == first
    say(attempt, False, now + 2 * HOUR)
    assert rule_ahead(ticket) == second


def test_the_hand_over_note_lists_what_was_tried(ticket: Ticket, attempt: Attempt, agent: Agent, now: datetime) -> None:
    say(attempt, False, now + 2 * HOUR)
    proposed(ticket, agent, now + 3 * HOUR, "Reset the sensor")
    assert as_text(ticket, "en") == "1. Clean the filter (Did not work)\n2. Reset the sensor (Waiting for the customer)"
