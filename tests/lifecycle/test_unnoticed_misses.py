"""A deadline passes, and something happens to the case before the sweep looks."""

from datetime import datetime, timedelta

import pytest

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.desk.priorities import Priority
from tickets.desk.statuses import Status
from tickets.models import Agent, Customer, Ticket

HOUR = timedelta(hours=1)
# Normal priority on the first desk: eight open hours for the first reply.
DUE = 8 * HOUR
LATER = DUE + timedelta(minutes=1)


@pytest.fixture
def ticket(alice: Customer, agent: Agent, senior: Agent) -> Ticket:
    return open_ticket(alice, impact="limited")


def swept(ticket: Ticket, at: datetime) -> Ticket:
    lifecycle.sweep_clocks(at=at)
    ticket.refresh_from_db()
    return ticket


def test_what_was_answered_is_missed_but_moves_to_nobody(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.reply(ticket, text="Sorry.", by=acting(agent), at=now + LATER)
    assert swept(ticket, now + LATER).tier.level == 1
    assert ticket.record.filter(code="clock_breached").count() == 1


def test_more_time_does_not_undo_what_the_miss_sets_off(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.change_priority(ticket, priority=Priority.LOW, by=acting(agent), at=now + LATER)
    assert swept(ticket, now + LATER).tier.level == 2


def test_a_pause_does_not_either(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.reply(ticket, text="More soon.", by=acting(agent), at=now, status=Status.OPEN)
    resolution = ticket.clocks.get(metric="resolution").due_at
    assert resolution
    later = resolution + timedelta(minutes=1)
    lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=later)
    assert swept(ticket, later).tier.level == 2
