from datetime import datetime, timedelta

import pytest

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.errors import NotAllowed
from tickets.lifecycle import HandOver
from tickets.models import Agent, Customer, Escalation, EscalationTier, OutgoingMail, Ticket

NOTE = HandOver(known="Weak pump", tried="Descaled", expected="A repair", promised="")
HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(alice: Customer, agent: Agent, senior: Agent) -> Ticket:
    return open_ticket(alice)


def test_it_goes_to_somebody_of_the_next_tier(ticket: Ticket, agent: Agent, senior: Agent, now: datetime) -> None:
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)
    assert (ticket.tier.level, ticket.assignee) == (2, senior)


def test_the_hand_over_note_is_kept(ticket: Ticket, agent: Agent, senior: Agent, now: datetime) -> None:
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)
    kept = Escalation.objects.get()
    assert (kept.known, kept.tried, kept.expected, kept.from_agent, kept.to_agent) == (
        "Weak pump",
        "Descaled",
        "A repair",
        agent,
        senior,
    )


def test_without_a_hand_over_note_nothing_moves(ticket: Ticket, agent: Agent, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        lifecycle.escalate(ticket, note=HandOver(known="Weak pump"), by=acting(agent), at=now)
    assert not Escalation.objects.exists()


def test_the_former_agent_follows(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)
    assert list(ticket.followers.all()) == [agent]


def test_the_customer_is_told_who_has_it_and_when_the_next_update_comes(
    ticket: Ticket, agent: Agent, now: datetime
) -> None:
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)
    mail = OutgoingMail.objects.get(kind="escalated")
    assert (mail.data["agent"], datetime.fromisoformat(mail.data["next_update"])) == (
        "Tomasz Nowak",
        ticket.next_update_at,
    )


def test_the_update_clock_takes_the_cadence_of_the_tier(ticket: Ticket, agent: Agent, now: datetime) -> None:
    EscalationTier.objects.filter(level=2).update(update_minutes=90)
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)
    assert ticket.clocks.get(metric="update").due_at == now + timedelta(minutes=90)


def test_whoever_takes_over_is_told(ticket: Ticket, agent: Agent, senior: Agent, now: datetime) -> None:
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)
    assert OutgoingMail.objects.get(kind="handed_over").recipient == senior.user.email


def test_above_the_last_tier_is_nothing(ticket: Ticket, agent: Agent, now: datetime) -> None:
    top = EscalationTier.objects.order_by("-level")[0]
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now, to=top)
    with pytest.raises(NotAllowed):
        lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)


def test_coming_down_is_on_record_and_not_mailed_to_the_customer(
    ticket: Ticket, agent: Agent, senior: Agent, now: datetime
) -> None:
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)
    lifecycle.hand_back(ticket, to=EscalationTier.objects.get(level=1), note=NOTE, by=acting(senior), at=now + HOUR)
    assert (ticket.assignee, ticket.record.filter(code="came_down").count()) == (agent, 1)
    assert OutgoingMail.objects.filter(kind="escalated").count() == 1
