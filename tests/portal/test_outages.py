"""What customers see of an outage: on every page, before they write, and on the request that is linked to it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.clients import signed_in
from tests.factories import CategoryFactory, OrderLineFactory, acting, open_ticket
from tickets import lifecycle
from tickets.escalation import noticeboard
from tickets.lifecycle.outages import tasks as outage_tasks
from tickets.models import Agent, Category, Customer, IntakeDraft, Outage
from tickets.people import actions as people

HOUR = timedelta(hours=1)
HELP = reverse("help:index")
LANDMARK = "What does not work at the moment"


@pytest.fixture(autouse=True)
def _now(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def app(desk: None) -> Category:
    return CategoryFactory.create(name="App and account")


@pytest.fixture
def outage(lead: Agent, app: Category, now: datetime) -> Outage:
    return lifecycle.declare_outage(
        titles={"en": "The app does not connect", "it": "L’app non si collega"},
        texts={"en": "We are working on it.", "it": "Ci stiamo lavorando."},
        category=app,
        product="",
        started_at=now - HOUR,
        update_minutes=240,
        by=acting(lead),
        at=now,
    )


def end(outage: Outage, lead: Agent, at: datetime) -> None:
    lifecycle.end_outage(outage, texts={"en": "It works again."}, by=acting(lead), at=at)


@pytest.fixture
def hers(alice: Customer) -> Client:
    return signed_in(alice.user)


def html(client: Client, address: str) -> str:
    return client.get(address).content.decode()


# --- On every page ----------------------------------------------------------------------------------------------------


def test_nothing_is_said_while_everything_works(client: Client, desk: None) -> None:
    assert LANDMARK not in html(client, HELP)


def test_everybody_sees_what_does_not_work_since_when_and_when_there_is_news(client: Client, outage: Outage) -> None:
    page = html(client, HELP)
    assert f'<aside class="outages" aria-label="{LANDMARK}">' in page
    assert "The app does not connect" in page
    assert "We are working on it." in page
    assert "Since Monday 23 November, 09:00. The next update comes by Monday 23 November, 14:00, Rome time." in page


@pytest.mark.parametrize("name", ["conversations:home", "conversations:new_about", "mydata:overview"])
def test_it_stands_on_the_pages_of_a_customer(hers: Client, outage: Outage, name: str) -> None:
    assert "The app does not connect" in html(hers, reverse(name))


def test_it_is_in_the_language_of_the_reader(hers: Client, alice: Customer, outage: Outage) -> None:
    assert alice.user
    people.set_language(alice.user, "it")
    assert '<strong lang="it" dir="auto">L’app non si collega</strong>' in html(hers, HELP)


def test_without_a_translation_it_says_in_which_language_it_is(hers: Client, alice: Customer, outage: Outage) -> None:
    assert alice.user
    people.set_language(alice.user, "ja")
    assert '<strong lang="en" dir="auto">The app does not connect</strong>' in html(hers, HELP)


def test_nobody_is_told_a_time_that_has_passed(client: Client, outage: Outage, now: datetime) -> None:
    with time_machine.travel(now + 5 * HOUR, tick=False):
        assert "The next update comes as soon as we can." in html(client, HELP)


def test_it_is_gone_once_it_is_over(
    client: Client,
    outage: Outage,
    lead: Agent,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(outage_tasks, "start_sending", lambda pk: None)
    assert LANDMARK in html(client, HELP)
    with django_capture_on_commit_callbacks(execute=True):
        end(outage, lead, now + HOUR)
    assert LANDMARK not in html(client, HELP)


def test_pages_ask_the_database_once_in_a_while(client: Client, outage: Outage, django_assert_num_queries: Any) -> None:
    html(client, HELP)
    with django_assert_num_queries(0):
        assert noticeboard.going_on() == (outage,)


# --- Before they write ------------------------------------------------------------------------------------------------


def draft(alice: Customer, category: Category, now: datetime, **about: Any) -> IntakeDraft:
    answers = {"subject": "It does not connect", "text": "Since this morning.", "impact": "limited"}
    return IntakeDraft.objects.create(customer=alice, category=category, answers=answers, updated_at=now, **about)


def test_whoever_is_about_to_write_about_it_need_not(
    hers: Client, alice: Customer, app: Category, outage: Outage, now: datetime
) -> None:
    page = html(hers, reverse("conversations:new_details", args=[draft(alice, app, now).pk]))
    assert "We know about it:" in page
    assert "You need not write to us." in page


def test_it_is_said_once_more_before_they_send(
    hers: Client, alice: Customer, app: Category, outage: Outage, now: datetime
) -> None:
    page = html(hers, reverse("conversations:new_check", args=[draft(alice, app, now).pk]))
    assert "You need not write to us." in page


def test_a_product_is_recognised_too(hers: Client, alice: Customer, outage: Outage, now: datetime) -> None:
    Outage.objects.update(category=None, product="brio 2")
    line = OrderLineFactory.create(order__customer=alice)
    other = Category.objects.get(slug="other")
    page = html(hers, reverse("conversations:new_details", args=[draft(alice, other, now, order_line=line).pk]))
    assert "You need not write to us." in page


def test_whoever_writes_about_something_else_is_not_stopped(
    hers: Client, alice: Customer, outage: Outage, now: datetime
) -> None:
    other = Category.objects.get(slug="other")
    page = html(hers, reverse("conversations:new_details", args=[draft(alice, other, now).pk]))
    assert "We know about it:" not in page


# --- On a request that is linked --------------------------------------------------------------------------------------


def test_the_page_of_a_linked_request_says_so(hers: Client, alice: Customer, app: Category, outage: Outage) -> None:
    ticket = open_ticket(alice, category=app)
    page = html(hers, reverse("conversations:case", args=[ticket.reference]))
    assert "Your request is linked to this outage." in page
    assert "We know what causes it: “The app does not connect”. You get every update." in page


def test_when_it_is_over_the_customer_is_asked_whether_it_works(
    hers: Client, alice: Customer, app: Category, outage: Outage, lead: Agent, now: datetime
) -> None:
    ticket = open_ticket(alice, category=app)
    end(outage, lead, now + HOUR)
    page = html(hers, reverse("conversations:case", args=[ticket.reference]))
    assert "Solved on Monday 23 November, 10:00. Does it work for you again?" in page
    hers.post(reverse("conversations:confirm_solved", args=[ticket.reference]))
    ticket.refresh_from_db()
    assert ticket.status == "resolved"
