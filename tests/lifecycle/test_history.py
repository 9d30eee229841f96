from datetime import datetime, timedelta

import pytest

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.desk.statuses import Status
from tickets.models import Agent, Customer, Ticket

HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(alice: Customer, agent: Agent, now: datetime) -> Ticket:
    ticket = open_ticket(alice)
    lifecycle.change_status(ticket, status=Status.ON_HOLD, by=acting(agent), at=now + HOUR)
    return ticket


def sentences(ticket: Ticket, at: datetime, *, for_customer: bool) -> list[str]:
    return [line.sentence for line in lifecycle.history(ticket, at=at, for_customer=for_customer)]


def test_staff_read_it_in_the_words_of_the_desk(ticket: Ticket, now: datetime) -> None:
    assert sentences(ticket, now, for_customer=False) == [
        "The request was written. We promised an answer by Monday 23 November, 17:00.",
        "The desk gave it to Marta Rinaldi (tier: Customer care).",
        "The status went from “New” to “On hold”.",
    ]


def test_customers_read_it_as_told_to_them(ticket: Ticket, now: datetime) -> None:
    assert sentences(ticket, now, for_customer=True) == [
        "You wrote to us. We promised an answer by Monday 23 November, 17:00.",
        "It is now with Marta Rinaldi (Customer care).",
        "The status went from “We have it” to “On hold: we wait for somebody else”.",
    ]


def test_a_case_that_nobody_has_is_with_the_team(alice: Customer, now: datetime) -> None:
    assert "It is now with the team (Customer care)." in sentences(open_ticket(alice), now, for_customer=True)


def test_an_erased_entry_still_reads(ticket: Ticket, now: datetime) -> None:
    ticket.record.filter(code="routed").update(data={})
    assert "It is now with … (…)." in sentences(ticket, now, for_customer=True)
