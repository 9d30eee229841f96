"""The start page and the list of requests."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertNumQueries

from tests.factories import HelpArticleFactory, OrderFactory, OrderLineFactory, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.statuses import Status
from tickets.models import Agent, Customer, IntakeDraft, OrderLine, User


@pytest.mark.parametrize(
    ("moment", "greeting"),
    [
        ("2026-11-23T06:00:00Z", "Good morning, Alice"),
        ("2026-11-23T14:00:00Z", "Good afternoon, Alice"),
        ("2026-11-23T20:00:00Z", "Good evening, Alice"),
        ("2026-11-23T02:00:00Z", "Good evening, Alice"),
    ],
)
def test_it_greets_by_the_time_of_day(hers: Client, time_machine: Any, moment: str, greeting: str) -> None:
    time_machine.move_to(moment)
    assert f"<h1>{greeting}</h1>" in hers.get("/").content.decode()


def test_it_greets_by_the_customers_own_clock(hers: Client, alice: Customer, time_machine: Any) -> None:
    alice.user.time_zone = "Asia/Tokyo"
    alice.user.save()
    time_machine.move_to("2026-11-22T23:00:00Z")
    assert "<h1>Good morning, Alice</h1>" in hers.get("/").content.decode()


def test_it_shows_what_is_waiting_and_by_when_we_answer(
    hers: Client, alice: Customer, agent: Agent, time_machine: Any, now: datetime
) -> None:
    time_machine.move_to(now)
    ticket = open_ticket(alice, subject="It stops", impact="blocked")
    page = hers.get("/").content.decode()
    assert reverse("conversations:case", args=[ticket.reference]) in page
    assert "Marta Rinaldi, Customer care" in page
    assert "We will answer by" in page
    assert "Monday 23 November, 13:00" in page


def test_after_an_answer_it_names_the_next_update_instead(
    hers: Client, alice: Customer, agent: Agent, time_machine: Any, now: datetime
) -> None:
    time_machine.move_to(now)
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="We look into it.", by=acting(agent), at=now, status=Status.OPEN)
    page = hers.get("/").content.decode()
    assert "Next update by" in page
    assert "We will answer by" not in page


def test_a_missed_moment_is_not_hidden(hers: Client, alice: Customer, now: datetime, time_machine: Any) -> None:
    open_ticket(alice, impact="blocked")
    time_machine.move_to(now + timedelta(hours=5))
    assert "We promised an answer by" in hers.get("/").content.decode()


def test_what_waits_for_the_customer_stands_first(hers: Client, alice: Customer, agent: Agent, now: datetime) -> None:
    ours = open_ticket(alice, subject="Ours to do")
    theirs = open_ticket(alice, subject="Alice to answer")
    lifecycle.reply(theirs, text="Which one?", by=acting(agent), at=now)
    rows = hers.get("/").context["rows"]
    assert [row.ticket for row in rows] == [theirs, ours]


def test_other_peoples_requests_and_orders_do_not_show(hers: Client, bob: Customer) -> None:
    ticket = open_ticket(bob)
    order = OrderFactory.create(customer=bob)
    page = hers.get("/").content.decode()
    assert ticket.reference not in page
    assert order.number not in page


def test_an_empty_start_page_says_what_will_be_there(hers: Client) -> None:
    page = hers.get("/").content.decode()
    assert "Nothing is waiting for you" in page
    assert "No orders under <bdi>alice@example.com</bdi> yet" in page


def test_recent_orders_lead_to_help_with_them(hers: Client, machine: OrderLine) -> None:
    page = hers.get("/").content.decode()
    assert 'href="/requests/new/?order=10482"' in page
    assert "€488.90" in page
    assert "Delivered on Thursday 12 November" in page


def test_often_asked_articles_stand_under_the_search(hers: Client) -> None:
    article = HelpArticleFactory.create(title="Where is my parcel?")
    HelpArticleFactory.create(title="Secret", published=False)
    page = hers.get("/").content.decode()
    assert f'href="{reverse("help:article", args=[article.slug])}"' in page
    assert "Secret" not in page


def test_what_was_not_sent_can_be_finished(hers: Client, draft: IntakeDraft) -> None:
    page = hers.get("/").content.decode()
    assert reverse("conversations:new_details", args=[draft.pk]) in page
    assert reverse("conversations:discard", args=[draft.pk]) in page


def test_it_asks_the_database_as_often_for_many_rows_as_for_few(
    hers: Client, alice: Customer, agent: Agent, django_assert_max_num_queries: Any
) -> None:
    def add(number: int) -> None:
        for _ in range(number):
            open_ticket(alice, order_line=OrderLineFactory.create(order=OrderFactory.create(customer=alice)))
            IntakeDraft.objects.create(
                customer=alice, category=alice.tickets.latest("pk").category, updated_at="2026-11-23T09:00Z"
            )
            HelpArticleFactory.create()

    add(2)
    hers.get("/")
    # Session, user, customer; tickets; number solved; promises; orders, their lines; drafts; articles; hours of the desk
    # (three).
    with django_assert_max_num_queries(13) as few:
        hers.get("/")
    add(4)
    with assertNumQueries(len(few)):
        hers.get("/")


def test_staff_are_led_to_their_workspace(agent: Agent, sign_in: Callable[[Any], Client]) -> None:
    assert sign_in(agent).get("/").url == reverse("admin:index")


def test_it_shows_what_we_owe_even_on_closed_requests(
    hers: Client, alice: Customer, bob: Customer, agent: Agent, now: datetime
) -> None:
    closed, other = open_ticket(alice, subject="Closed by now"), open_ticket(bob)
    for ticket in (closed, other):
        owed = lifecycle.promise(ticket, kind="call_back", due_at=now + timedelta(days=1), by=acting(agent), at=now)
    lifecycle.confirm_solved(closed, by=Actor("customer", alice.user_id), at=now)
    lifecycle.close(closed, by=acting(agent), at=now)
    page = hers.get("/")
    assert [promise.ticket for promise in page.context["owed"]] == [closed]
    assert "We call you by" in page.content.decode()
    assert f"#promise-{owed.pk}" not in page.content.decode()


# --- The list ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def solved(alice: Customer, agent: Agent, now: datetime) -> Any:
    ticket = open_ticket(alice, subject="Long solved")
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    return ticket


@pytest.mark.parametrize(
    ("shown", "expected"),
    [("all", {"Long solved", "Still open"}), ("active", {"Still open"}), ("solved", {"Long solved"})],
)
def test_the_list_can_be_narrowed(hers: Client, alice: Customer, solved: Any, shown: str, expected: set[str]) -> None:
    open_ticket(alice, subject="Still open")
    rows = hers.get("/requests/", {"show": shown}).context["rows"]
    assert {row.ticket.subject for row in rows} == expected


def test_an_unknown_narrowing_shows_everything(hers: Client, solved: Any) -> None:
    assert len(hers.get("/requests/", {"show": "nonsense"}).context["rows"]) == 1


def test_the_list_shows_only_ones_own(hers: Client, bob: Customer) -> None:
    open_ticket(bob)
    assert hers.get("/requests/").context["rows"] == []


def test_a_long_list_has_pages(hers: Client, alice: Customer, now: datetime) -> None:
    tickets = [open_ticket(alice, at=now + timedelta(minutes=number)) for number in range(21)]
    second = hers.get("/requests/", {"page": "2"})
    assert [row.ticket for row in second.context["rows"]] == tickets[:1]
    assert 'href="?show=all&amp;page=1"' in second.content.decode()


def test_an_empty_list_invites_to_write(hers: Client) -> None:
    assert "You have not written to us yet" in hers.get("/requests/").content.decode()


def test_who_worked_at_the_desk_until_a_moment_ago_is_a_customer_now(agent: Agent, sign_in: Any) -> None:
    browser = sign_in(agent)
    User.objects.filter(pk=agent.user_id).update(is_staff=False)
    assert browser.get(reverse("conversations:home")).status_code == 200
    assert Customer.objects.get(user=agent.user_id).email == agent.user.email


def test_the_list_says_how_much_is_owed_on_a_request(
    hers: Client, alice: Customer, agent: Agent, now: datetime
) -> None:
    ticket = open_ticket(alice)
    for hours in (1, 2):
        lifecycle.promise(ticket, kind="update", due_at=now + timedelta(hours=hours), by=acting(agent), at=now)
    assert "<dt>We owe you</dt><dd>2 promises</dd>" in hers.get(reverse("conversations:requests")).content.decode()
