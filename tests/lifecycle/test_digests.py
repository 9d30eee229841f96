"""Staff who want summaries get one instead of many mails; what presses still comes at once."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.factories import CustomerFactory, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.priorities import Priority
from tickets.lifecycle import HandOver
from tickets.models import Agent, Calendar, Customer, OutgoingMail, Ticket
from tickets.outbox import digests
from tickets.outbox.actions import Letter
from tickets.outbox.render import render
from tickets.outbox.summaries import Entry
from tickets.outbox.tallies import LISTED

NEXT_HOUR = timedelta(hours=1)


@pytest.fixture
def agent(agent: Agent) -> Agent:
    """Who wants a summary an hour."""
    return wanting(agent, "hourly")


@pytest.fixture
def ticket(agent: Agent, alice: Customer) -> Ticket:
    """Alice's; the agent has it."""
    return open_ticket(alice)


def wanting(agent: Agent, rhythm: str) -> Agent:
    agent.user.digest = rhythm
    agent.user.save(update_fields=["digest"])
    return agent


def write(ticket: Ticket, at: datetime) -> None:
    lifecycle.receive_customer_message(ticket, text="And?", by=Actor("customer", ticket.customer.user_id), at=at)


def told(agent: Agent) -> Counter[str]:
    return Counter(OutgoingMail.objects.filter(recipient=agent.user.email).values_list("kind", flat=True))


def digest(agent: Agent) -> OutgoingMail:
    return OutgoingMail.objects.get(kind="digest", recipient=agent.user.email)


def hand(ticket: Ticket, agent: Agent, by: Agent, at: datetime) -> Ticket:
    """Somebody else gives it to them."""
    lifecycle.assign(ticket, to=None, by=acting(by), at=at)
    lifecycle.assign(ticket, to=agent, by=acting(by), at=at)
    return ticket


def test_what_can_wait_is_gathered_in_one_mail(
    ticket: Ticket, agent: Agent, senior: Agent, bob: Customer, now: datetime
) -> None:
    other = hand(open_ticket(bob), agent, senior, now)
    for minute in range(3):
        write(ticket, now + timedelta(minutes=minute))
    assert told(agent) == {"digest": 1}
    assert digest(agent).data == {"counts": {"assigned": 1, "customer_wrote": 3}, "tickets": [other.pk, ticket.pk]}


def test_mail_from_somebody_else_can_wait(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.receive_contribution(
        ticket, text="I am her neighbour.", sender="eve@elsewhere.example", automatic=False, language="en", at=now
    )
    mail = digest(agent)
    render(mail, at=now)
    assert "1 mail on your cases is from somebody else than the customer." in mail.text


def test_it_leaves_at_the_full_hour(ticket: Ticket, agent: Agent, now: datetime) -> None:
    write(ticket, now + timedelta(minutes=10))
    assert digest(agent).next_try_at == now + NEXT_HOUR


def test_what_happens_after_it_has_left_goes_into_the_next(ticket: Ticket, agent: Agent, now: datetime) -> None:
    write(ticket, now)
    write(ticket, now + NEXT_HOUR)
    mails = OutgoingMail.objects.filter(kind="digest").order_by("pk")
    assert [mail.next_try_at for mail in mails] == [now + NEXT_HOUR, now + 2 * NEXT_HOUR]


def test_it_waits_for_working_hours(ticket: Ticket, agent: Agent, now: datetime) -> None:
    agent.calendar = Calendar.objects.get()
    agent.save()
    midnight = now.replace(hour=23)
    write(ticket, midnight)
    # The desk opens at eight in Rome.
    assert digest(agent).next_try_at == midnight.replace(day=24, hour=7)


def test_whoever_wants_each_at_once_gets_each(ticket: Ticket, agent: Agent, now: datetime) -> None:
    wanting(agent, "at_once")
    write(ticket, now)
    assert told(agent) == {"customer_wrote": 1}


def test_an_urgent_case_does_not_wait(ticket: Ticket, agent: Agent, senior: Agent, now: datetime) -> None:
    lifecycle.change_priority(ticket, priority=Priority.URGENT, by=acting(senior), at=now)
    write(ticket, now)
    assert told(agent) == {"customer_wrote": 1}


def test_a_case_that_is_handed_on_does_not_wait(ticket: Ticket, agent: Agent, senior: Agent, now: datetime) -> None:
    wanting(senior, "daily")
    lifecycle.escalate(ticket, note=HandOver(known="All", expected="A date"), by=acting(agent), at=now)
    assert told(senior) == {"handed_over": 1}


def test_a_deadline_that_comes_near_does_not_wait(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + timedelta(hours=6))
    assert told(agent) == {"due_soon": 1}


def test_it_says_in_sentences_what_happened_and_where(
    ticket: Ticket, agent: Agent, senior: Agent, bob: Customer, now: datetime
) -> None:
    hand(open_ticket(bob), agent, senior, now)
    write(ticket, now)
    mail = digest(agent)
    render(mail, at=now + NEXT_HOUR)
    said = ["1 case was assigned to you.", "1 message from a customer came in on your cases.", ticket.reference]
    assert [words for words in said if words not in mail.text] == []


def test_it_holds_none_of_the_customer_s_words(ticket: Ticket, agent: Agent, now: datetime) -> None:
    write(ticket, now)
    mail = digest(agent)
    render(mail, at=now + NEXT_HOUR)
    hers = ["Alice", "Byrne", ticket.subject, "And?"]
    assert [words for words in hers if words in f"{mail.subject}{mail.text}{mail.html}{mail.data}"] == []


def test_it_says_where_to_choose_how_often(ticket: Ticket, agent: Agent, now: datetime) -> None:
    write(ticket, now)
    mail = digest(agent)
    render(mail, at=now)
    assert "/admin/notifications/" in mail.text


@pytest.mark.parametrize(("number", "shortened"), [(LISTED - 1, False), (LISTED + 1, True)])
def test_it_says_when_it_names_only_the_first_cases(
    agent: Agent, alice: Customer, now: datetime, number: int, shortened: bool
) -> None:
    for _ in range(number):
        write(open_ticket(alice), now)
    mail = digest(agent)
    render(mail, at=now)
    assert ("The first of the cases" in mail.text) is shortened


def test_it_costs_the_same_for_many_letters(
    agent: Agent, senior: Agent, now: datetime, django_assert_num_queries: Any
) -> None:
    def entries(number: int) -> list[Entry]:
        tickets = [open_ticket(CustomerFactory.create()).pk for _ in range(number)]
        return [
            Entry(one.user_id, Letter("assigned", one.user.email, "en", ticket_id=ticket), now + NEXT_HOUR)
            for one in (agent, senior)
            for ticket in tickets
        ]

    few, many = entries(2), entries(20)
    # Turns are taken, waiting summaries looked up, new ones written.
    with django_assert_num_queries(3):
        digests.put(few, at=now)
    # The same, and the waiting ones added to.
    with django_assert_num_queries(3):
        digests.put(many, at=now)
    assert digest(senior).data["counts"] == {"assigned": 22}
