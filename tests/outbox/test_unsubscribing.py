"""The way out that mail programs show beside a mail: only where it leads out."""

from datetime import datetime
from typing import Any

import pytest
from django.core import mail as sent

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.lifecycle import HandOver
from tickets.models import Agent, Customer, OutgoingMail, Ticket
from tickets.outbox import deliver

HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post")


@pytest.fixture(autouse=True)
def _over_https(settings: Any) -> None:
    settings.HTTPS = True
    settings.SITE_URL = "https://support.shop.example"


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


def wanting(agent: Agent, rhythm: str) -> None:
    agent.user.digest = rhythm
    agent.user.save(update_fields=["digest"])


def write(ticket: Ticket, at: datetime) -> None:
    lifecycle.receive_customer_message(ticket, text="And?", by=Actor("customer", ticket.customer.user_id), at=at)


def headers_of(kind: str) -> dict[str, str]:
    """What a mail program gets to see of it."""
    mail = OutgoingMail.objects.get(kind=kind)
    assert deliver.deliver(mail.pk, at=mail.next_try_at)
    return {name: value for name, value in sent.outbox[-1].extra_headers.items() if name in HEADERS}


def test_a_notification_that_can_wait_is_stopped_by_one_click(ticket: Ticket, agent: Agent, now: datetime) -> None:
    write(ticket, now)
    headers = headers_of("customer_wrote")
    assert headers["List-Unsubscribe"].startswith("<https://support.shop.example/notifications/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_without_https_there_is_no_one_click(ticket: Ticket, now: datetime, settings: Any) -> None:
    settings.HTTPS = False
    write(ticket, now)
    assert set(headers_of("customer_wrote")) == {"List-Unsubscribe"}


def test_an_hourly_summary_can_become_a_daily_one(ticket: Ticket, agent: Agent, now: datetime) -> None:
    wanting(agent, "hourly")
    write(ticket, now)
    assert set(headers_of("digest")) == set(HEADERS)


def test_there_is_no_less_than_a_daily_one(ticket: Ticket, agent: Agent, now: datetime) -> None:
    wanting(agent, "daily")
    write(ticket, now)
    assert headers_of("digest") == {}


def test_what_cannot_wait_offers_nothing(ticket: Ticket, agent: Agent, senior: Agent, now: datetime) -> None:
    lifecycle.escalate(ticket, note=HandOver(known="All", expected="A date"), by=acting(agent), at=now)
    assert headers_of("handed_over") == {}


@pytest.mark.parametrize("kind", ["acknowledgement", "reply"])
def test_customers_are_offered_no_way_out_of_answers(ticket: Ticket, agent: Agent, now: datetime, kind: str) -> None:
    lifecycle.reply(ticket, text="Please wait.", by=acting(agent), at=now)
    assert headers_of(kind) == {}
