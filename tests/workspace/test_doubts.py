"""Leads see what is reported about our mail, and say that they have seen to it."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.clients import signed_in
from tests.factories import open_ticket
from tickets.models import Agent, Customer, Doubt

LIST = reverse("admin:tickets_doubt_changelist")


@pytest.fixture
def doubt(alice: Customer, now: datetime) -> Doubt:
    mail = open_ticket(alice).mails.get(kind="acknowledgement")
    return Doubt.objects.create(kind="not_me", code=mail.code, mail=mail, text="I never wrote", language="en", at=now)


def test_they_wait_on_the_leads_start_page(lead: Agent, doubt: Doubt) -> None:
    assert "Look at reports about our mail" in signed_in(lead.user).get(reverse("admin:index")).content.decode()


def test_the_list_says_whether_the_mail_was_ours(lead: Agent, doubt: Doubt, now: datetime) -> None:
    Doubt.objects.create(kind="forged", code="AAAA-AAAA", language="en", at=now)
    html = signed_in(lead.user).get(LIST).content.decode()
    assert doubt.code in html
    assert "Not ours: no mail has this code" in html


def test_settled_ones_wait_no_longer(lead: Agent, doubt: Doubt) -> None:
    client = signed_in(lead.user)
    client.post(LIST, {"action": "settle", "_selected_action": [doubt.pk]})
    doubt.refresh_from_db()
    assert doubt.settled_by == lead.user
    assert "Look at reports about our mail" not in client.get(reverse("admin:index")).content.decode()


def test_agents_do_not_see_them(agent: Agent, doubt: Doubt) -> None:
    assert signed_in(agent.user).get(LIST).status_code == 403


def test_the_list_costs_the_same_for_any_number(
    lead: Agent, doubt: Doubt, now: datetime, django_assert_max_num_queries
) -> None:
    Doubt.objects.bulk_create(
        Doubt(kind="not_me", code=doubt.code, mail=doubt.mail, language="en", at=now) for _ in range(30)
    )
    client: Client = signed_in(lead.user)
    with django_assert_max_num_queries(12):
        client.get(LIST)
