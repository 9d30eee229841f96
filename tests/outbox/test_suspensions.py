"""Addresses that get no automatic mail: how they get it again, and what is sent then of what was held back."""

from datetime import timedelta

import pytest

from tests.factories import NOW, acting, open_ticket
from tickets.audit.actor import Actor
from tickets.models import Agent, Customer, OutgoingMail, Ticket
from tickets.outbox import actions, deliver, suspensions
from tickets.outbox.actions import Letter
from tickets.outbox.models import Hold, MailState, Suspension

HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(alice: Customer) -> Ticket:
    """Its acknowledgement bounced."""
    ticket = open_ticket(alice)
    mail = ticket.mails.get()
    deliver.deliver(mail.pk, at=NOW)
    Suspension.objects.suspend(mail, Suspension.Cause.BOUNCED, detail="550 Nobody", at=NOW)
    return ticket


def held(ticket: Ticket, *, age: timedelta) -> OutgoingMail:
    """Another automatic mail to the customer, held back so long ago."""
    customer, at = ticket.customer, NOW + HOUR - age
    letter = Letter("acknowledgement", customer.email, "en", ticket_id=ticket.pk, customer_id=customer.pk)
    (mail,) = actions.put([letter], at=at)
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.HELD, held_because=Hold.SUSPENDED)
    return mail


def state(mail: OutgoingMail) -> tuple[str, str]:
    mail.refresh_from_db()
    return mail.state, mail.recipient


def test_lifting_lets_mail_leave_again(ticket: Ticket, agent: Agent) -> None:
    assert suspensions.lift("Alice@example.com", by=acting(agent), at=NOW + HOUR) is True
    assert suspensions.is_suspended(ticket.customer.email) is None


def test_it_is_on_record_who_lifted_it(ticket: Ticket, agent: Agent) -> None:
    suspensions.lift(ticket.customer.email, by=acting(agent), at=NOW + HOUR)
    row = Suspension.objects.get()
    assert (row.lifted_at, row.lifted_by) == (NOW + HOUR, agent.user)


def test_there_is_nothing_to_lift_twice(ticket: Ticket, agent: Agent) -> None:
    suspensions.lift(ticket.customer.email, by=acting(agent), at=NOW + HOUR)
    assert suspensions.lift(ticket.customer.email, by=acting(agent), at=NOW + HOUR) is False


def test_the_next_bounce_suspends_it_anew(ticket: Ticket, agent: Agent) -> None:
    suspensions.lift(ticket.customer.email, by=acting(agent), at=NOW + HOUR)
    Suspension.objects.suspend(ticket.mails.get(), Suspension.Cause.BOUNCED, detail="", at=NOW + 2 * HOUR)
    assert suspensions.is_suspended(ticket.customer.email) is not None


def test_what_was_held_back_of_late_is_sent(ticket: Ticket, agent: Agent) -> None:
    mail = held(ticket, age=suspensions.NEWS_FOR - HOUR)
    suspensions.lift(ticket.customer.email, by=acting(agent), at=NOW + HOUR)
    assert state(mail)[0] == MailState.QUEUED


def test_what_is_no_news_any_more_is_not(ticket: Ticket, agent: Agent) -> None:
    mail = held(ticket, age=suspensions.NEWS_FOR)
    suspensions.lift(ticket.customer.email, by=acting(agent), at=NOW + HOUR)
    assert state(mail)[0] == MailState.HELD


def test_what_somebody_holds_back_stays(ticket: Ticket, agent: Agent) -> None:
    mail = held(ticket, age=HOUR)
    OutgoingMail.objects.filter(pk=mail.pk).update(held_because=Hold.AGENT)
    suspensions.lift(ticket.customer.email, by=acting(agent), at=NOW + HOUR)
    assert state(mail)[0] == MailState.HELD


def test_nobody_elses_mail_is_sent(ticket: Ticket, charlie: Customer, agent: Agent) -> None:
    mail = held(ticket, age=HOUR)
    OutgoingMail.objects.filter(pk=mail.pk).update(recipient=charlie.email)
    suspensions.lift(ticket.customer.email, by=acting(agent), at=NOW + HOUR)
    assert state(mail)[0] == MailState.HELD


def test_it_follows_the_customer_to_another_address(ticket: Ticket) -> None:
    mail, customer = held(ticket, age=HOUR), ticket.customer
    by = Actor("customer", customer.user_id)
    suspensions.move(customer.email, "alice@new.example", customer_id=customer.pk, by=by, at=NOW + HOUR)
    assert state(mail) == (MailState.QUEUED, "alice@new.example")
    assert suspensions.is_suspended(customer.email) is not None
