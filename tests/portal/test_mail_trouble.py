"""What customers read when our mail does not reach them, and what they can do about it themselves."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from tests.clients import signed_in
from tests.factories import PASSWORD, open_ticket
from tickets.models import Agent, Customer, OutgoingMail, Ticket
from tickets.outbox import suspensions
from tickets.outbox.models import Hold, MailState, Suspension

LANDMARK = 'aria-label="Mail from us"'
PAGES = ["conversations:home", "conversations:requests", "help:index", "mydata:overview"]


@pytest.fixture(autouse=True)
def _now(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def hers(alice: Customer) -> Client:
    return signed_in(alice.user)


def suspend(ticket: Ticket, now: datetime, cause: str = Suspension.Cause.BOUNCED) -> None:
    Suspension.objects.suspend(ticket.mails.get(), cause, detail="550 Secret <detail>", at=now - timedelta(days=1))


def html(client: Client, page: str = "conversations:home") -> str:
    return client.get(reverse(page)).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_that_mail_comes_back(hers: Client, ticket: Ticket, now: datetime, page: str) -> None:
    suspend(ticket, now)
    said = html(hers, page)
    assert LANDMARK in said
    assert "our mail to <strong><bdi>alice@example.com</bdi></strong> comes back" in said
    assert reverse("account_email") in said


def test_what_the_server_said_is_for_the_desk(hers: Client, ticket: Ticket, now: datetime) -> None:
    suspend(ticket, now)
    assert "Secret" not in html(hers)


def test_a_complaint_is_called_by_its_name(hers: Client, ticket: Ticket, now: datetime) -> None:
    suspend(ticket, now, Suspension.Cause.COMPLAINED)
    assert "was marked as spam" in html(hers)


def test_where_mail_arrives_nothing_is_said(hers: Client, ticket: Ticket) -> None:
    assert LANDMARK not in html(hers)


def test_nobody_else_is_told(charlie: Customer, ticket: Ticket, now: datetime) -> None:
    suspend(ticket, now)
    assert LANDMARK not in html(signed_in(charlie.user))
    assert LANDMARK not in html(Client(), "help:index")


def test_they_say_that_it_works_again(hers: Client, ticket: Ticket, alice: Customer, now: datetime) -> None:
    suspend(ticket, now)
    page = hers.post(reverse("mydata:mail_again"), follow=True).content.decode()
    assert "We write to you again from now on." in page
    assert LANDMARK not in page
    assert Suspension.objects.get().lifted_by == alice.user


def test_saying_it_where_nothing_was_wrong_does_nothing(hers: Client, ticket: Ticket) -> None:
    page = hers.post(reverse("mydata:mail_again"), follow=True).content.decode()
    assert "We write to you again" not in page


def test_it_takes_a_press_of_the_button(hers: Client, ticket: Ticket, now: datetime) -> None:
    suspend(ticket, now)
    assert hers.get(reverse("mydata:mail_again")).status_code == 405
    assert suspensions.is_suspended("alice@example.com") is not None


def test_another_address_gets_what_was_held_back_and_ends_the_notice(
    client: Client, ticket: Ticket, alice: Customer, now: datetime
) -> None:
    suspend(ticket, now)
    ticket.mails.update(state=MailState.HELD, held_because=Hold.SUSPENDED)
    change_address(client, alice, "alice@new.example")
    mail = OutgoingMail.objects.get(ticket=ticket)
    assert (mail.state, mail.recipient) == (MailState.QUEUED, "alice@new.example")
    assert LANDMARK not in html(client)


def change_address(client: Client, customer: Customer, address: str) -> None:
    """As customers do it: with their password, and with the code that comes to the new address."""
    EmailAddress.objects.create(user=customer.user, email=customer.email, verified=True, primary=True)
    client.post(reverse("account_login"), {"login": customer.email, "how": "password", "password": PASSWORD})
    client.post(reverse("account_email"), {"email": address, "action_add": ""})
    code = OutgoingMail.objects.get(recipient=address, kind="account").data["facts"]["code"]
    client.post(reverse("account_email_verification_sent"), {"code": code})
