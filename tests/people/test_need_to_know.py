"""Who on the staff reads a restricted case."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db.models import Model
from django.urls import reverse

from tests.clients import signed_in
from tests.factories import AgentFactory, CategoryFactory, TeamFactory, UserFactory, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.models import (
    Agent,
    Attachment,
    AuditEntry,
    Customer,
    Message,
    OutgoingMail,
    Promise,
    Rating,
    Team,
    Ticket,
    User,
)
from tickets.outbox.models import MailState
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


def member_of(team: Team | None) -> User:
    return AgentFactory.create(teams=[team]).user


@pytest.fixture
def told(ticket: Ticket, lead: Agent, alice: Customer, now: datetime) -> Ticket:
    """A promise on it, a rating of it, and mail about it that failed."""
    lifecycle.promise(ticket, kind="update", due_at=now + timedelta(hours=2), by=acting(lead), at=now)
    customer = Actor("customer", alice.user_id)
    lifecycle.rate(ticket, cycle=0, stars=2, comment="My passport!", by=customer, at=now)
    OutgoingMail.objects.filter(ticket=ticket).update(state=MailState.FAILED)
    return ticket


@pytest.mark.parametrize("model", [AuditEntry, OutgoingMail, Promise, Rating], ids=lambda model: model.__name__)
def test_what_is_on_record_about_it_is_as_restricted(told: Ticket, agent: Agent, model: type[Model]) -> None:
    row = model._default_manager.filter(ticket=told).first()
    assert row
    name = f"admin:tickets_{model._meta.model_name}"
    pages = [reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])]
    for client, reads_it in ((signed_in(agent.user), False), (signed_in(member_of(told.team)), True)):
        # Where a row is not there, Django leads back to the start page.
        shown = [told.reference in client.get(page, follow=True).content.decode() for page in pages]
        assert shown == [reads_it, reads_it]


def test_the_history_that_django_keeps_of_it_is_as_restricted(ticket: Ticket, agent: Agent) -> None:
    address = reverse("admin:tickets_ticket_history", args=[ticket.pk])
    assert ticket.subject not in signed_in(agent.user).get(address, follow=True).content.decode()


def test_mail_about_it_is_neither_read_nor_sent_again_by_others(told: Ticket, agent: Agent) -> None:
    mail = OutgoingMail.objects.filter(ticket=told).latest("pk")
    OutgoingMail.objects.filter(pk=mail.pk).update(html="<p>Passport</p>")
    client = signed_in(agent.user)
    assert client.get(reverse("admin:mail_html", args=[mail.pk])).status_code == 404
    assert client.post(reverse("admin:mail_again", args=[mail.pk])).status_code == 404


def test_the_start_page_counts_it_for_those_who_can_open_it_only(told: Ticket, agent: Agent, now: datetime) -> None:
    Ticket.objects.filter(pk=told.pk).update(next_due_at=now - timedelta(hours=1))
    late = []
    for user in (agent.user, member_of(told.team)):
        with time_machine.travel(now, tick=False):
            page = signed_in(user).get(reverse("admin:index"))
        tiles = {tile.label: tile.number for tile in page.context["tiles"]}
        late.append((tiles["Late"], tiles["Unassigned"], tiles["Promises due today"], tiles["Mail that failed"] != "0"))
    assert late == [("0", "0", "0", False), ("1", "1", "1", True)]


def test_nobody_of_another_team_is_given_it(ticket: Ticket) -> None:
    assert ticket.assignee is None


def test_whoever_gives_it_out_of_their_hands_is_led_to_the_queue(
    ticket: Ticket, agent: Agent, senior: Agent, now: datetime
) -> None:
    lifecycle.assign(ticket, to=agent, by=acting(senior), at=now)
    address = reverse("admin:ticket_change", args=[ticket.reference])
    data = {"what": "assignee", "assignee-agent": senior.pk}
    response = signed_in(agent.user).post(address, data, follow=True)
    assert (response.status_code, response.redirect_chain) == (200, [(reverse("admin:queue"), 302)])
