"""What mail says about promises."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.lifecycle import Pledge
from tickets.models import Agent, Customer, OutgoingMail, Ticket
from tickets.outbox.render import render


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    alice.language, alice.time_zone = "it", "Europe/Rome"
    alice.save()
    return open_ticket(alice)


def rendered(kind: str) -> OutgoingMail:
    mail = OutgoingMail.objects.select_related("ticket", "message", "customer").get(kind=kind)
    render(mail, at=mail.created_at)
    return mail


@pytest.mark.parametrize("part", ["text", "html"])
def test_an_answer_says_what_it_promises_as_its_reader_writes_dates_and_amounts(
    part: str, ticket: Ticket, agent: Agent, now: datetime
) -> None:
    pledge = Pledge("refund", now + timedelta(days=3), Decimal("49.90"), "EUR", "Sulla sua carta.")
    lifecycle.reply(ticket, text="La rimborsiamo.", promise=pledge, by=acting(agent), at=now)
    words = getattr(rendered("reply"), part).replace("\xa0", " ").replace("&nbsp;", " ")
    for shown in ("La rimborsiamo.", "49,90 €", "giovedì 26 novembre, 10:00", "Sulla sua carta."):
        assert shown in words


def test_a_late_promise_names_who_takes_care_of_it(ticket: Ticket, agent: Agent, now: datetime) -> None:
    owed = lifecycle.promise(ticket, kind="update", due_at=now + timedelta(days=3), by=acting(agent), at=now)
    ticket.customer.language = "en"
    ticket.customer.save()
    lifecycle.break_promises(at=owed.due_at)
    text = rendered("promise_late").text
    assert "We promised you for “The machine stops”: News, by Thursday 26 November, 10:00" in text
    assert "Marta Rinaldi was told and takes care of it" in text


def test_what_was_kept_late_says_sorry(ticket: Ticket, agent: Agent, now: datetime) -> None:
    owed = lifecycle.promise(ticket, kind="update", due_at=now + timedelta(days=3), by=acting(agent), at=now)
    ticket.customer.language = "en"
    ticket.customer.save()
    lifecycle.keep_promise(owed, evidence="Written.", by=acting(agent), at=owed.due_at + timedelta(hours=1))
    assert "It came later than we had promised. We are sorry." in rendered("promise_kept").text
