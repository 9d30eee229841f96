from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import AgentFactory, CategoryFactory, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.priorities import Priority
from tickets.errors import NotAllowed
from tickets.models import Agent, Calendar, Customer, OutgoingMail, Rating, SLAPolicy, SLATarget, Ticket

HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


def test_a_higher_priority_moves_the_deadline_and_keeps_the_start(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.change_priority(ticket, priority=Priority.HIGH, by=acting(agent), at=now + HOUR)
    clock = ticket.clocks.get(metric="first_reply")
    assert (clock.started_at, clock.due_at) == (now, now + 4 * HOUR)


def test_a_target_that_has_passed_already_leaves_a_short_grace(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.change_priority(ticket, priority=Priority.URGENT, by=acting(agent), at=now + 2 * HOUR)
    assert ticket.clocks.get(metric="first_reply").due_at == now + 2 * HOUR + timedelta(minutes=15)


def test_a_moved_deadline_is_on_record_with_its_cause(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.change_priority(ticket, priority=Priority.HIGH, by=acting(agent), at=now + HOUR)
    event = ticket.clocks.get(metric="first_reply").events.get(kind="apply")
    assert (event.cause, event.due_before, event.due_after) == ("priority", now + 8 * HOUR, now + 4 * HOUR)


def test_another_category_chooses_the_policy_anew(ticket: Ticket, agent: Agent, now: datetime) -> None:
    category = CategoryFactory.create()
    policy = SLAPolicy.objects.create(name="Quick", position=1, calendar=SLAPolicy.objects.get().calendar)
    policy.categories.add(category)
    SLATarget.objects.create(policy=policy, priority="normal", metric="first_reply", minutes=120)
    lifecycle.change_category(ticket, category=category, by=acting(agent), at=now + HOUR)
    clock = ticket.clocks.get(metric="first_reply")
    assert (clock.policy, clock.due_at) == (policy, now + 2 * HOUR)


def test_handing_on_tells_whoever_gets_it(ticket: Ticket, agent: Agent, now: datetime) -> None:
    colleague = AgentFactory.create()
    lifecycle.assign(ticket, to=colleague, by=acting(agent), at=now)
    assert OutgoingMail.objects.get(kind="assigned").recipient == colleague.user.email


def test_mail_to_somebody_who_is_off_waits_for_their_hours(ticket: Ticket, agent: Agent) -> None:
    night = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    colleague = AgentFactory.create(calendar=Calendar.objects.get())
    lifecycle.assign(ticket, to=colleague, by=acting(agent), at=night)
    # The first desk opens at eight in Rome.
    assert OutgoingMail.objects.get(kind="assigned").next_try_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def test_an_urgent_case_does_not_wait_for_anybodys_hours(alice: Customer, agent: Agent) -> None:
    night = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    urgent = open_ticket(alice, impact="danger")
    lifecycle.assign(urgent, to=AgentFactory.create(calendar=Calendar.objects.get()), by=acting(agent), at=night)
    assert OutgoingMail.objects.get(kind="assigned").next_try_at == night


def test_taking_it_oneself_sends_no_mail(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.assign(ticket, to=None, by=acting(agent), at=now)
    lifecycle.assign(ticket, to=agent, by=acting(agent), at=now)
    assert not OutgoingMail.objects.filter(kind="assigned").exists()


def test_a_rating_belongs_to_one_resolution_and_can_be_changed(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    customer = Actor("customer", ticket.customer.user_id)
    for stars in (2, 4):
        lifecycle.rate(ticket, cycle=1, stars=stars, comment="", by=customer, at=now)
    assert [rating.stars for rating in Rating.objects.all()] == [4]


def test_an_unsolved_ticket_is_not_rated(ticket: Ticket, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        lifecycle.rate(ticket, cycle=1, stars=5, comment="", by=Actor("customer"), at=now)
