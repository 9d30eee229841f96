import json
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.clients import signed_in
from tests.factories import OrderFactory, acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Customer, PolicyVersion, User

OVERVIEW, COPY, NOTICE = reverse("mydata:overview"), reverse("mydata:copy"), reverse("mydata:notice")
CHOSEN = {"name": "Alice B.", "language": "it", "time_zone": "Europe/Rome", "reading_needs": ["large", "text-only"]}


@pytest.fixture
def hers(alice: Customer) -> Client:
    return signed_in(alice.user)


def test_strangers_are_asked_to_sign_in(client: Client, desk: None) -> None:
    for response in (client.get(OVERVIEW), client.post(COPY)):
        assert response.headers["Location"].startswith(reverse("account_login"))


def test_staff_are_led_to_their_own_start_page(agent: Agent) -> None:
    assert signed_in(agent.user).get(OVERVIEW).headers["Location"] == reverse("admin:index")


def test_preferences_hold_for_the_customer_and_for_their_sign_in(hers: Client, alice: Customer) -> None:
    hers.post(OVERVIEW, CHOSEN)
    alice.refresh_from_db()
    assert {name: getattr(alice, name) for name in CHOSEN} == CHOSEN
    assert User.objects.values_list("name", "language", "time_zone").get() == ("Alice B.", "it", "Europe/Rome")


def test_large_print_is_seen_at_once(hers: Client) -> None:
    html = hers.post(OVERVIEW, CHOSEN, follow=True).content.decode()
    assert 'lang="it" dir="ltr" data-reading="large">' in html


@pytest.mark.parametrize("name", [" ", "\u200b"])
def test_a_name_is_needed(hers: Client, alice: Customer, name: str) -> None:
    html = hers.post(OVERVIEW, {**CHOSEN, "name": name}).content.decode()
    assert "Fill in “Your name”." in html
    alice.refresh_from_db()
    assert alice.name == "Alice Byrne"


@pytest.mark.parametrize(
    ("field", "nonsense"), [("language", "tlh"), ("time_zone", "Mars/Olympus"), ("reading_needs", ["x"])]
)
def test_nonsense_changes_nothing(hers: Client, alice: Customer, field: str, nonsense: object) -> None:
    hers.post(OVERVIEW, {**CHOSEN, field: nonsense})
    alice.refresh_from_db()
    assert alice.name == "Alice Byrne"


def test_only_what_is_ones_own_is_counted(
    hers: Client, alice: Customer, bob: Customer, agent: Agent, now: datetime
) -> None:
    OrderFactory.create(customer=alice)
    ticket = open_ticket(alice)
    lifecycle.add_note(ticket, text="Not for her.", by=acting(agent), at=now)
    open_ticket(bob)
    OrderFactory.create(customer=bob)
    held = hers.get(OVERVIEW).context["held"]
    assert held == {"requests": 1, "messages": 1, "files": 0, "orders": 1}


def test_the_copy_is_a_file_with_everything_of_hers(hers: Client, alice: Customer, bob: Customer) -> None:
    open_ticket(alice, subject="Matter of Alice")
    open_ticket(bob, subject="Matter of Bob")
    response = hers.post(COPY)
    text = response.content.decode()
    assert response.headers["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert [row["subject"] for row in json.loads(text)["records"]["ticket"]] == ["Matter of Alice"]
    assert "Bob" not in text


def test_the_copy_leaves_out_what_staff_wrote_for_each_other(
    hers: Client, alice: Customer, agent: Agent, now: datetime
) -> None:
    lifecycle.add_note(open_ticket(alice), text="Not for her.", by=acting(agent), at=now)
    assert "Not for her." not in hers.post(COPY).content.decode()


def test_the_copy_is_kept_by_no_cache(hers: Client) -> None:
    assert "no-store" in hers.post(COPY).headers["Cache-Control"]


def test_the_notice_in_force_is_for_everybody(client: Client, desk: None) -> None:
    yesterday, tomorrow = (timezone.now() + timedelta(days=days) for days in (-1, 1))
    PolicyVersion.objects.create(version=2, title="Second notice", body="In force.", published_at=yesterday)
    PolicyVersion.objects.create(version=3, title="Third notice", body="Not yet.", published_at=tomorrow)
    html = client.get(NOTICE).content.decode()
    assert "Second notice" in html
    assert "Third notice" not in html
