"""Tickets that the clocks stumble over: shown to leads, who can have them tried at once."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory, open_ticket
from tests.workspace.conftest import SignIn
from tickets.models import Agent, Customer, SweepFailure, Ticket
from tickets.people.roles import LEADS
from tickets.sla import failures

LIST = "admin:tickets_sweepfailure_changelist"
ON_THE_LIST = "Look at tickets that the clocks stumble over"


@pytest.fixture
def broken(alice: Customer, agent: Agent, now: datetime) -> Ticket:
    ticket = open_ticket(alice)
    failures.record(ticket.pk, RuntimeError("broken"), at=now)
    return ticket


@pytest.fixture
def role_client(desk: None, sign_in: SignIn) -> Client:
    """The browser of somebody who leads, and runs nothing else."""
    user = UserFactory.create(is_staff=True)
    user.groups.add(Group.objects.get(name=LEADS))
    return sign_in(user)


def test_leads_see_what_went_wrong(broken: Ticket, role_client: Client) -> None:
    page = role_client.get(reverse(LIST)).content.decode()
    assert [words for words in (broken.reference, "RuntimeError") if words not in page] == []


def test_agents_do_not(broken: Ticket, desk_client: Client) -> None:
    assert desk_client.get(reverse(LIST)).status_code == 403


def test_it_is_on_the_leads_start_page(broken: Ticket, role_client: Client) -> None:
    assert ON_THE_LIST in role_client.get(reverse("admin:index")).content.decode()


def test_a_desk_where_all_is_well_says_nothing_of_it(agent: Agent, role_client: Client) -> None:
    assert ON_THE_LIST not in role_client.get(reverse("admin:index")).content.decode()


def test_a_lead_has_it_tried_at_once(broken: Ticket, role_client: Client, now: datetime) -> None:
    failure = SweepFailure.objects.get(ticket=broken)
    page = role_client.post(
        reverse(LIST), {"action": "try_again", "_selected_action": [failure.pk]}, follow=True
    ).content.decode()
    failure.refresh_from_db()
    assert (failure.next_try_at, "1 ticket is tried again within a minute" in page) == (now, True)


def test_its_queries_do_not_grow_with_the_number_of_tickets(
    broken: Ticket, role_client: Client, now: datetime, django_assert_max_num_queries
) -> None:
    """Session, user, permissions, count, page."""
    for _ in range(5):
        failures.record(open_ticket().pk, RuntimeError("broken"), at=now + timedelta(minutes=1))
    with django_assert_max_num_queries(9):
        role_client.get(reverse(LIST))
