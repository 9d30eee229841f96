"""A customer asks for somebody more senior: by when they are answered, and what becomes of it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.errors import NotAllowed
from tickets.lifecycle import HandOver
from tickets.models import (
    Agent,
    Customer,
    Escalation,
    EscalationRequest,
    EscalationRule,
    OutgoingMail,
    RuleFiring,
    Ticket,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(alice: Customer, agent: Agent, senior: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def ines(lead: Agent) -> Agent:
    """A lead who has the role."""
    lead.user.groups.add(Group.objects.get(name="Leads"))
    return lead


def ask(ticket: Ticket, at: datetime, reason: str = "slow", words: str = "Nobody answers.") -> EscalationRequest:
    by = Actor("customer", ticket.customer.user_id)
    return lifecycle.ask_for_escalation(ticket, reason=reason, words=words, by=by, at=at)


def test_the_answer_is_promised_in_opening_hours(ticket: Ticket, now: datetime) -> None:
    late_on_monday = now + 9 * HOUR
    assert ask(ticket, late_on_monday).answer_by == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def test_the_page_says_beforehand_what_the_request_then_promises(ticket: Ticket, now: datetime) -> None:
    assert lifecycle.escalation_answer_due(ticket, at=now) == ask(ticket, now).answer_by


def test_the_customer_gets_the_date_by_mail(ticket: Ticket, now: datetime) -> None:
    asked = ask(ticket, now)
    mail = OutgoingMail.objects.get(kind="request_received")
    assert (mail.recipient, mail.data) == ("alice@example.com", {"request": asked.pk})


def test_the_leads_are_told_by_the_rule(ticket: Ticket, ines: Agent, now: datetime) -> None:
    ask(ticket, now)
    assert [mail.recipient for mail in OutgoingMail.objects.filter(kind="rule_fired")] == [ines.user.email]


def test_the_case_stays_with_whoever_has_it_until_a_lead_decides(ticket: Ticket, agent: Agent, now: datetime) -> None:
    ask(ticket, now)
    ticket.refresh_from_db()
    assert (ticket.tier.level, ticket.assignee) == (1, agent)


def test_it_is_our_turn_again(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now)
    ask(ticket, now + HOUR)
    ticket.refresh_from_db()
    assert ticket.status == "open"


def test_two_clicks_are_one_request(ticket: Ticket, ines: Agent, now: datetime) -> None:
    assert ask(ticket, now) == ask(ticket, now)
    assert (RuleFiring.objects.count(), OutgoingMail.objects.filter(kind="request_received").count()) == (1, 1)


def test_a_second_request_waits_for_the_answer_to_the_first(ticket: Ticket, now: datetime) -> None:
    ask(ticket, now)
    with pytest.raises(NotAllowed):
        ask(ticket, now, reason="treatment", words="And rude.")


def test_it_cannot_be_asked_for_without_a_rule(ticket: Ticket, now: datetime) -> None:
    EscalationRule.objects.filter(trigger="request").update(active=False)
    assert lifecycle.escalation_answer_due(ticket, at=now) is None
    with pytest.raises(NotAllowed):
        ask(ticket, now)


def test_it_cannot_be_asked_for_on_a_solved_request(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    assert lifecycle.escalation_answer_due(ticket, at=now) is None
    with pytest.raises(NotAllowed):
        ask(ticket, now)


def test_of_two_rules_the_sooner_answer_is_promised(ticket: Ticket, now: datetime) -> None:
    EscalationRule.objects.create(
        name="Sooner", trigger="request", raise_tier=False, notify=["leads"], answer_minutes=60, priorities=["normal"]
    )
    assert ask(ticket, now).answer_by == now + HOUR


def test_a_rule_for_another_priority_promises_nothing(ticket: Ticket, now: datetime) -> None:
    EscalationRule.objects.filter(trigger="request").update(priorities=["urgent"])
    assert lifecycle.escalation_answer_due(ticket, at=now) is None


# --- The answer -------------------------------------------------------------------------------------------------------


def test_accepting_answers_in_public_and_moves_the_case_up(
    ticket: Ticket, ines: Agent, senior: Agent, now: datetime
) -> None:
    asked = ask(ticket, now)
    note = HandOver(known="Weak pump", expected="A repair")
    message = lifecycle.answer_escalation_request(
        asked, accept=True, text="Tomasz takes over.", note=note, by=acting(ines), at=now + HOUR
    )
    ticket.refresh_from_db()
    moved = Escalation.objects.get()
    assert (message.internal, message.text, message.language) == (False, "Tomasz takes over.", "en")
    assert (ticket.tier.level, ticket.assignee, moved.cause, moved.known) == (2, senior, "request", "Weak pump")


def test_the_customer_gets_one_mail_that_says_it_all(ticket: Ticket, ines: Agent, senior: Agent, now: datetime) -> None:
    asked = ask(ticket, now)
    lifecycle.answer_escalation_request(asked, accept=True, text="Tomasz takes over.", by=acting(ines), at=now + HOUR)
    ticket.refresh_from_db()
    mails = OutgoingMail.objects.filter(
        recipient="alice@example.com", kind__in=["request_answered", "escalated", "reply"]
    )
    assert [mail.kind for mail in mails] == ["request_answered"]
    assert ticket.next_update_at
    assert mails[0].data == {
        "accepted": True,
        "agent": "Tomasz Nowak",
        "tier": ticket.tier_id,
        "next_update": ticket.next_update_at.isoformat(),
    }


def test_declining_answers_and_leaves_the_case_where_it_is(
    ticket: Ticket, ines: Agent, agent: Agent, now: datetime
) -> None:
    asked = ask(ticket, now)
    lifecycle.answer_escalation_request(asked, accept=False, text="Marta is on it.", by=acting(ines), at=now + HOUR)
    ticket.refresh_from_db()
    assert (asked.decision, asked.answered_by, ticket.assignee, Escalation.objects.count()) == (
        "declined",
        ines.user,
        agent,
        0,
    )


def test_the_answer_counts_as_one_to_the_customer(ticket: Ticket, ines: Agent, now: datetime) -> None:
    asked = ask(ticket, now)
    lifecycle.answer_escalation_request(asked, accept=False, text="Marta is on it.", by=acting(ines), at=now + HOUR)
    assert ticket.clocks.get(metric="first_reply").stopped_at == now + HOUR


def test_it_is_answered_once(ticket: Ticket, ines: Agent, now: datetime) -> None:
    asked = ask(ticket, now)
    lifecycle.answer_escalation_request(asked, accept=False, text="Marta is on it.", by=acting(ines), at=now + HOUR)
    with pytest.raises(NotAllowed):
        lifecycle.answer_escalation_request(asked, accept=True, text="Or not.", by=acting(ines), at=now + HOUR)
    assert ticket.messages.filter(author=ines.user).count() == 1


def test_an_answer_needs_words(ticket: Ticket, ines: Agent, now: datetime) -> None:
    asked = ask(ticket, now)
    with pytest.raises(NotAllowed):
        lifecycle.answer_escalation_request(asked, accept=False, text="  ", by=acting(ines), at=now + HOUR)


def test_accepting_after_the_case_was_solved_opens_it_again(
    ticket: Ticket, ines: Agent, agent: Agent, now: datetime
) -> None:
    asked = ask(ticket, now)
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    lifecycle.answer_escalation_request(asked, accept=True, text="Tomasz takes over.", by=acting(ines), at=now + HOUR)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.tier.level) == ("open", 2)


def test_a_closed_case_can_be_answered_but_not_handed_on(
    ticket: Ticket, ines: Agent, agent: Agent, now: datetime
) -> None:
    asked = ask(ticket, now)
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    lifecycle.close(ticket, by=acting(agent), at=now)
    with pytest.raises(NotAllowed):
        lifecycle.answer_escalation_request(asked, accept=True, text="Too late.", by=acting(ines), at=now + HOUR)
    asked.refresh_from_db()
    assert (asked.answered_at, ticket.messages.count()) == (None, 1)
    lifecycle.answer_escalation_request(asked, accept=False, text="We are sorry.", by=acting(ines), at=now + HOUR)
    assert asked.decision == "declined"


def test_after_the_answer_it_can_be_asked_for_again(ticket: Ticket, ines: Agent, now: datetime) -> None:
    first = ask(ticket, now)
    lifecycle.answer_escalation_request(first, accept=False, text="Marta is on it.", by=acting(ines), at=now + HOUR)
    second = ask(ticket, now + 2 * HOUR)
    assert (second != first, RuleFiring.objects.filter(ticket=ticket).count()) == (True, 2)


# --- When nobody answers ----------------------------------------------------------------------------------------------


def test_the_leads_hear_once_of_a_request_that_nobody_answered(ticket: Ticket, ines: Agent, now: datetime) -> None:
    asked = ask(ticket, now)
    noticed = [lifecycle.notice_late_requests(at=asked.answer_by + n * HOUR) for n in range(3)]
    asked.refresh_from_db()
    assert (noticed, asked.late_at) == ([1, 0, 0], asked.answer_by)
    assert [mail.recipient for mail in OutgoingMail.objects.filter(kind="request_late")] == [ines.user.email]


def test_nothing_is_late_before_its_time(ticket: Ticket, now: datetime) -> None:
    asked = ask(ticket, now)
    assert lifecycle.notice_late_requests(at=asked.answer_by - timedelta(seconds=1)) == 0


def test_what_was_answered_is_not_late(ticket: Ticket, ines: Agent, now: datetime) -> None:
    asked = ask(ticket, now)
    lifecycle.answer_escalation_request(asked, accept=False, text="Marta is on it.", by=acting(ines), at=now)
    assert lifecycle.notice_late_requests(at=asked.answer_by + HOUR) == 0


def test_the_sweep_notices_it(ticket: Ticket, now: datetime) -> None:
    asked = ask(ticket, now)
    assert lifecycle.sweep(at=asked.answer_by).requests_late == 1
