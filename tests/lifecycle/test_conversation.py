from datetime import datetime, timedelta

import pytest

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed, Stale
from tickets.models import Agent, Customer, OutgoingMail, SLAClock, Ticket

HOUR = timedelta(hours=1)


def clock(ticket: Ticket, metric: str) -> SLAClock:
    return ticket.clocks.filter(metric=metric).order_by("-cycle")[0]


def due(ticket: Ticket, metric: str) -> datetime:
    due_at = clock(ticket, metric).due_at
    assert due_at
    return due_at


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


def customer_of(ticket: Ticket) -> Actor:
    return Actor("customer", ticket.customer.user_id)


def test_an_answer_stops_the_first_reply_clock(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now + HOUR)
    assert (clock(ticket, "first_reply").stopped_at, clock(ticket, "first_reply").outcome) == (now + HOUR, "met")


def test_a_note_stops_no_clock(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.add_note(ticket, text="Weak pump?", by=acting(agent), at=now + HOUR)
    assert clock(ticket, "first_reply").stopped_at is None


def test_a_status_change_does_not_count_as_an_answer(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.change_status(ticket, status=Status.PENDING, by=acting(agent), at=now + HOUR)
    assert clock(ticket, "first_reply").stopped_at is None


def test_the_clock_for_solving_it_stands_still_while_it_is_the_customers_turn(
    ticket: Ticket, agent: Agent, now: datetime
) -> None:
    before = due(ticket, "resolution")
    lifecycle.reply(ticket, text="Which serial number?", by=acting(agent), at=now + HOUR)
    lifecycle.receive_customer_message(ticket, text="B2X4", by=customer_of(ticket), at=now + 3 * HOUR)
    assert clock(ticket, "resolution").due_at == before + 2 * HOUR


def test_a_customers_answer_starts_the_next_reply_clock(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.reply(ticket, text="Which serial number?", by=acting(agent), at=now + HOUR)
    lifecycle.receive_customer_message(ticket, text="B2X4", by=customer_of(ticket), at=now + 2 * HOUR)
    assert clock(ticket, "next_reply").started_at == now + 2 * HOUR


def test_writing_twice_does_not_start_the_wait_anew(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.reply(ticket, text="Which serial number?", by=acting(agent), at=now + HOUR)
    for hours in (2, 3):
        lifecycle.receive_customer_message(ticket, text="B2X4", by=customer_of(ticket), at=now + hours * HOUR)
    assert [one.started_at for one in ticket.clocks.filter(metric="next_reply")] == [now + 2 * HOUR]


def test_an_answer_is_mailed_and_is_not_marked_as_automatic(ticket: Ticket, agent: Agent, now: datetime) -> None:
    message = lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now + HOUR)
    mail = OutgoingMail.objects.get(kind="reply")
    assert (mail.recipient, mail.message, mail.automatic) == ("alice@example.com", message, False)


def test_an_answer_over_a_message_that_was_not_seen_is_refused(ticket: Ticket, agent: Agent, now: datetime) -> None:
    seen = ticket.last_message_id
    lifecycle.receive_customer_message(ticket, text="Solved it myself", by=customer_of(ticket), at=now + HOUR)
    with pytest.raises(Stale):
        lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now + 2 * HOUR, seen=seen)
    assert ticket.messages.count() == 2


def test_writing_on_a_solved_ticket_opens_it_again(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.reply(ticket, text="Done.", by=acting(agent), at=now + HOUR, status=Status.RESOLVED)
    lifecycle.receive_customer_message(ticket, text="It is back.", by=customer_of(ticket), at=now + 2 * HOUR)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.reopened_count, ticket.resolved_at) == ("open", 1, None)


def test_a_last_word_on_a_solved_ticket_leaves_it_solved(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    lifecycle.reply(ticket, text="Glad to hear it.", by=acting(agent), at=now + HOUR, status=Status.RESOLVED)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.resolved_at) == ("resolved", now)
    assert OutgoingMail.objects.filter(kind="resolved").count() == 1


def test_reopening_resumes_the_clock_with_what_was_used(ticket: Ticket, agent: Agent, now: datetime) -> None:
    before = due(ticket, "resolution")
    lifecycle.reply(ticket, text="Done.", by=acting(agent), at=now + HOUR, status=Status.RESOLVED)
    lifecycle.reopen(ticket, by=customer_of(ticket), at=now + 3 * HOUR)
    resumed = clock(ticket, "resolution")
    assert (resumed.cycle, resumed.due_at, resumed.stopped_at) == (1, before + 2 * HOUR, None)


def test_writing_on_a_closed_ticket_opens_a_linked_one(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now + HOUR)
    lifecycle.close(ticket, by=acting(agent), at=now + HOUR)
    message = lifecycle.receive_customer_message(ticket, text="It is back.", by=customer_of(ticket), at=now + 2 * HOUR)
    assert (message.ticket != ticket, message.ticket.follow_up_of) == (True, ticket)


def test_a_message_that_crosses_the_closing_opens_a_linked_one(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    lifecycle.close_resolved(at=now + timedelta(days=7))
    message = lifecycle.receive_customer_message(
        ticket, text="It is back.", by=customer_of(ticket), at=now + timedelta(days=7, seconds=1)
    )
    assert (message.ticket.follow_up_of, ticket.messages.count()) == (ticket, 1)


def test_nothing_is_due_on_a_solved_ticket(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now + HOUR)
    ticket.refresh_from_db()
    assert (ticket.next_due_at, ticket.next_update_at) == (None, None)


def test_a_solved_ticket_closes_after_seven_days(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    early = lifecycle.close_resolved(at=now + timedelta(days=7) - timedelta(seconds=1))
    late = lifecycle.close_resolved(at=now + timedelta(days=7))
    ticket.refresh_from_db()
    assert (early, late, ticket.status) == (0, 1, "closed")


def test_a_customer_may_say_that_it_is_solved(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.confirm_solved(ticket, by=customer_of(ticket), at=now + HOUR)
    assert (ticket.status, ticket.resolved_at) == ("resolved", now + HOUR)


def test_whoever_answers_an_unassigned_ticket_has_it(alice: Customer, senior: Agent, now: datetime) -> None:
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="Try this.", by=acting(senior), at=now + HOUR)
    assert ticket.assignee == senior


def test_a_solved_ticket_is_not_solved_twice(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    with pytest.raises(NotAllowed):
        lifecycle.resolve(ticket, by=acting(agent), at=now)
