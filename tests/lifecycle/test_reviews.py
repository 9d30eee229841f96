"""Escalations are reviewed once their case is closed."""

from datetime import datetime, timedelta

import pytest

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.errors import NotAllowed
from tickets.lifecycle import HandOver
from tickets.models import Agent, Customer, Escalation, EscalationTier, Ticket

NOTE = HandOver(known="Weak pump", expected="A repair")
HOUR = timedelta(hours=1)


@pytest.fixture
def escalation(alice: Customer, agent: Agent, senior: Agent, now: datetime) -> Escalation:
    """Marta's, of a case that is closed."""
    ticket = open_ticket(alice)
    moved = lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)
    end(ticket, senior, now)
    return moved


def end(ticket: Ticket, by: Agent, now: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(by), at=now + HOUR)
    lifecycle.close(ticket, by=acting(by), at=now + HOUR)


def test_it_waits_for_a_lead_when_its_case_closes(escalation: Escalation, lead: Agent) -> None:
    assert list(lifecycle.escalations_to_review(by=acting(lead))) == [escalation]


def test_nothing_is_reviewed_while_work_goes_on(alice: Customer, agent: Agent, lead: Agent, now: datetime) -> None:
    moved = lifecycle.escalate(open_ticket(alice), note=NOTE, by=acting(agent), at=now)
    assert not lifecycle.escalations_to_review(by=acting(lead)).exists()
    with pytest.raises(NotAllowed):
        lifecycle.review_escalation(moved, verdict="justified", lesson="", by=acting(lead), at=now)


def test_coming_down_is_not_reviewed(alice: Customer, agent: Agent, senior: Agent, lead: Agent, now: datetime) -> None:
    ticket = open_ticket(alice)
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)
    down = lifecycle.hand_back(ticket, to=EscalationTier.objects.get(level=1), note=NOTE, by=acting(senior), at=now)
    end(ticket, agent, now)
    assert lifecycle.escalations_to_review(by=acting(lead)).count() == 1
    with pytest.raises(NotAllowed):
        lifecycle.review_escalation(down, verdict="justified", lesson="", by=acting(lead), at=now)


def test_a_review_says_who_when_and_what(escalation: Escalation, lead: Agent, now: datetime) -> None:
    lifecycle.review_escalation(
        escalation, verdict="avoidable", lesson="An article about E04", by=acting(lead), at=now + 2 * HOUR
    )
    said = (escalation.verdict, escalation.lesson, escalation.reviewed_by, escalation.reviewed_at)
    assert said == ("avoidable", "An article about E04", lead.user, now + 2 * HOUR)


def test_what_was_avoidable_needs_a_lesson(escalation: Escalation, lead: Agent, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        lifecycle.review_escalation(escalation, verdict="avoidable", lesson=" ", by=acting(lead), at=now)


def test_nobody_reviews_what_they_escalated_themselves(escalation: Escalation, agent: Agent, now: datetime) -> None:
    assert not lifecycle.escalations_to_review(by=acting(agent)).exists()
    with pytest.raises(NotAllowed):
        lifecycle.review_escalation(escalation, verdict="justified", lesson="", by=acting(agent), at=now)


def test_a_review_is_on_record_once(escalation: Escalation, lead: Agent, now: datetime) -> None:
    for _click in range(2):
        lifecycle.review_escalation(escalation, verdict="justified", lesson="", by=acting(lead), at=now + 2 * HOUR)
    assert escalation.ticket.record.filter(code="escalation_reviewed").count() == 1
