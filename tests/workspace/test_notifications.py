"""Staff choose how often the desk writes to them."""

import pytest
from django.test import Client
from django.urls import reverse

from tickets.models import Agent

ADDRESS = "admin:notifications"


@pytest.mark.parametrize("rhythm", ["hourly", "daily", "at_once"])
def test_a_choice_is_kept(desk_client: Client, agent: Agent, rhythm: str) -> None:
    page = desk_client.post(reverse(ADDRESS), {"digest": rhythm}, follow=True)
    agent.user.refresh_from_db()
    assert (agent.user.digest, page.context["form"]["digest"].value()) == (rhythm, rhythm)
    assert "Your choice is kept." in page.content.decode()


def test_what_is_no_choice_is_refused(desk_client: Client, agent: Agent) -> None:
    assert desk_client.post(reverse(ADDRESS), {"digest": "never"}).status_code == 422
    agent.user.refresh_from_db()
    assert agent.user.digest == "at_once"


def test_every_page_of_the_desk_leads_there(desk_client: Client) -> None:
    assert reverse(ADDRESS) in desk_client.get(reverse("admin:index")).content.decode()


def test_it_is_for_the_staff(customer_client: Client) -> None:
    assert customer_client.get(reverse(ADDRESS)).status_code == 302
