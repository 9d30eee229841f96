"""Who on the staff reads a restricted case."""

from datetime import datetime

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from tests.clients import signed_in
from tests.factories import AgentFactory, CategoryFactory, TeamFactory, UserFactory, acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Attachment, Customer, Message, Ticket
from tickets.people import roles


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    """About Alice's account: for the privacy team, where the agent of the cast does not belong."""
    return open_ticket(alice, category=CategoryFactory.create(restricted=True, team=TeamFactory.create(name="Privacy")))


def reads(user: object) -> bool:
    return Ticket.objects.visible_to(user).exists()


def test_another_team_does_not(ticket: Ticket, agent: Agent) -> None:
    assert not reads(agent.user)


def test_an_agent_of_its_team_does(ticket: Ticket) -> None:
    assert reads(AgentFactory.create(teams=[ticket.team]).user)


def test_whoever_has_it_does(ticket: Ticket, agent: Agent, lead: Agent, now: datetime) -> None:
    lifecycle.assign(ticket, to=agent, by=acting(lead), at=now)
    assert reads(agent.user)


@pytest.mark.parametrize("role", [roles.LEADS, roles.PRIVACY_OFFICERS])
def test_leads_and_privacy_officers_do(ticket: Ticket, role: str) -> None:
    user = UserFactory.create(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    assert reads(user)


def test_its_customer_does(ticket: Ticket, alice: Customer, bob: Customer) -> None:
    assert (reads(alice.user), reads(bob.user)) == (True, False)


def test_its_messages_and_files_are_as_restricted(ticket: Ticket, agent: Agent, now: datetime) -> None:
    Attachment.objects.create(message=ticket.messages.get(), name="passport.pdf", size=1, created_at=now)
    member = AgentFactory.create(teams=[ticket.team])
    for rows in (Message.objects, Attachment.objects):
        assert (rows.visible_to(agent.user).count(), rows.visible_to(member.user).count()) == (0, 1)


def test_its_page_is_not_there_for_others(ticket: Ticket, agent: Agent) -> None:
    client = signed_in(agent.user)
    assert client.get(reverse("admin:ticket", args=[ticket.reference])).status_code == 404
    assert ticket.subject not in client.get("/admin/queue/?tab=all").content.decode()
    assert ticket.subject not in client.get(f"/admin/queue/?q={ticket.reference}").content.decode()


def test_its_page_is_there_for_its_team(ticket: Ticket) -> None:
    member = AgentFactory.create(teams=[ticket.team])
    assert signed_in(member.user).get(reverse("admin:ticket", args=[ticket.reference])).status_code == 200


def test_nobody_of_another_team_is_given_it(ticket: Ticket) -> None:
    assert ticket.assignee is None
