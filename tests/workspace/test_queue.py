"""The queue: what is due next, found and filtered, in constant time."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import CategoryFactory, CustomerFactory, OrderFactory, OrderLineFactory, acting, open_ticket
from tickets import lifecycle
from tickets.desk.statuses import Status
from tickets.models import Agent, Customer, Ticket
from tickets.workspace import queue


def listed(client: Client, **query: str) -> list[Ticket]:
    response = client.get(reverse("admin:queue", query=query))
    assert response.status_code == 200
    return [row.ticket for row in response.context["rows"]]


def test_what_is_due_next_comes_first(desk_client: Client, alice: Customer) -> None:
    calm, pressing, middling = (open_ticket(alice, impact=impact) for impact in ("question", "danger", "blocked"))
    assert listed(desk_client, tab="all") == [pressing, middling, calm]


def test_a_case_without_a_deadline_comes_last(
    desk_client: Client, agent: Agent, alice: Customer, now: datetime
) -> None:
    waiting = open_ticket(alice, impact="danger")
    lifecycle.reply(waiting, text="Please wait.", by=acting(agent), at=now)
    running = open_ticket(alice, impact="question")
    assert listed(desk_client, tab="all") == [running, waiting]


def test_solved_cases_are_not_in_the_queue(desk_client: Client, agent: Agent, alice: Customer, now: datetime) -> None:
    solved = open_ticket(alice)
    lifecycle.resolve(solved, by=acting(agent), at=now)
    assert listed(desk_client, tab="all") == []
    assert listed(desk_client, tab="all", status="resolved") == [solved]


# --- Tabs and filters -------------------------------------------------------------------------------------------------


def test_agents_begin_with_their_own_cases(
    desk_client: Client, agent: Agent, senior: Agent, alice: Customer, now: datetime
) -> None:
    mine, not_mine = open_ticket(alice), open_ticket(alice)
    lifecycle.assign(not_mine, to=senior, by=acting(agent), at=now)
    assert listed(desk_client) == [mine]


def test_my_languages_are_those_i_write_well(desk_client: Client, agent: Agent, alice: Customer) -> None:
    agent.fluencies.create(language="pl", level=2)
    italian = open_ticket(alice, language="it")
    open_ticket(alice, language="pl")
    open_ticket(alice, language="ar")
    assert listed(desk_client, tab="languages") == [italian]


def test_unassigned_are_those_that_nobody_has(
    desk_client: Client, agent: Agent, alice: Customer, now: datetime
) -> None:
    free = open_ticket(alice)
    open_ticket(alice)
    lifecycle.assign(free, to=None, by=acting(agent), at=now)
    assert listed(desk_client, tab="unassigned") == [free]


def test_about_to_breach_are_those_due_within_the_hour_and_those_that_are_late(
    desk_client: Client, alice: Customer, now: datetime
) -> None:
    late = open_ticket(alice, at=now - timedelta(days=3))
    soon = open_ticket(alice, impact="danger")
    open_ticket(alice, impact="question")
    assert listed(desk_client, tab="due") == [late, soon]


@pytest.mark.parametrize(
    "query",
    [
        {"language": "it"},
        {"plan": "plus"},
        {"category": "the category"},
        {"tier": "the tier"},
        {"assignee": "nobody"},
        {"status": "pending"},
    ],
    ids=lambda query: next(iter(query)),
)
def test_each_filter_keeps_what_fits(
    query: dict[str, str], desk_client: Client, agent: Agent, senior: Agent, alice: Customer, now: datetime
) -> None:
    category = CategoryFactory.create(first_tier=senior.tier)
    fitting = open_ticket(CustomerFactory.create(language="it", plan="plus"), category=category)
    open_ticket(alice)
    lifecycle.assign(fitting, to=None, by=acting(agent), at=now)
    lifecycle.change_status(fitting, status=Status.PENDING, by=acting(agent), at=now)
    known = {"the category": str(category.pk), "the tier": str(senior.tier.pk)}
    assert listed(desk_client, tab="all", **{name: known.get(value, value) for name, value in query.items()}) == [
        fitting
    ]


def test_a_filter_that_means_nothing_is_no_error(desk_client: Client, alice: Customer) -> None:
    ticket = open_ticket(alice)
    assert listed(desk_client, tab="everything", status="nonsense", tier="abc", after="~~~") == [ticket]


# --- Search -----------------------------------------------------------------------------------------------------------


def test_a_reference_in_any_spelling_leads_to_its_ticket(desk_client: Client, alice: Customer) -> None:
    ticket = open_ticket(alice)
    Ticket.objects.filter(pk=ticket.pk).update(reference="K1Q0-9M2X")
    response = desk_client.get(reverse("admin:queue", query={"q": " kiqo 9m2x"}))
    assert response["Location"] == reverse("admin:ticket", args=["K1Q0-9M2X"])


@pytest.mark.parametrize("words", ["alice@ex", "Alice B", "10482", "double charge"])
def test_a_ticket_is_found_by(words: str, desk_client: Client, alice: Customer, charlie: Customer) -> None:
    line = OrderLineFactory.create(order=OrderFactory.create(customer=alice, number="10482"))
    wanted = open_ticket(alice, order_line=line, subject="A charge came up double")
    open_ticket(charlie, subject="Something else")
    assert listed(desk_client, q=words) == [wanted]


def test_a_search_with_a_nul_character_is_a_search_without_it(desk_client: Client, alice: Customer) -> None:
    ticket = open_ticket(alice)
    assert listed(desk_client, q="ma\0chine") == [ticket]


def test_a_search_also_finds_what_is_solved(desk_client: Client, agent: Agent, alice: Customer, now: datetime) -> None:
    solved = open_ticket(alice)
    lifecycle.resolve(solved, by=acting(agent), at=now)
    assert listed(desk_client, q="alice@") == [solved]


def test_a_search_without_a_hit_says_what_to_do(desk_client: Client, alice: Customer) -> None:
    open_ticket(alice)
    page = desk_client.get(reverse("admin:queue", query={"q": "no such words"})).content.decode()
    assert "Nothing fits" in page


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_turning_the_pages_shows_every_case_once(
    desk_client: Client, agent: Agent, alice: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "ROWS", 2)
    # Two with the same deadline, two without any: the seams where a page could lose or repeat a row.
    tickets = [open_ticket(alice) for _number in range(5)]
    for ticket in tickets[:2]:
        lifecycle.reply(ticket, text="Please wait.", by=acting(agent), at=now)
    address, seen = reverse("admin:queue", query={"tab": "all"}), []
    while True:
        context = desk_client.get(address).context
        seen += [row.ticket for row in context["rows"]]
        if not context["next"]:
            break
        address = reverse("admin:queue") + context["next"]
    assert seen == [*tickets[2:], *tickets[:2]]


def test_it_costs_the_same_with_three_rows_and_with_thirty(
    desk_client: Client, django_assert_num_queries: Any, alice: Customer
) -> None:
    for _number in range(3):
        open_ticket(CustomerFactory.create())
    # Session, user, agent; categories, tiers and agents to filter by; tickets with and without a deadline.
    with django_assert_num_queries(8):
        listed(desk_client, tab="all")
    for _number in range(27):
        open_ticket(CustomerFactory.create())
    # A full page needs no second look for tickets without a deadline.
    with django_assert_num_queries(7):
        assert len(listed(desk_client, tab="all")) == 25


# --- Taking many ------------------------------------------------------------------------------------------------------


def test_the_ticked_ones_become_mine(
    desk_client: Client, agent: Agent, senior: Agent, alice: Customer, now: datetime
) -> None:
    tickets = [open_ticket(alice) for _number in range(3)]
    for ticket in tickets:
        lifecycle.assign(ticket, to=senior, by=acting(agent), at=now)
    ticked = [ticket.reference for ticket in tickets[:2]]
    desk_client.post(reverse("admin:queue_assign"), {"t": ticked})
    assert list(Ticket.objects.order_by("pk").values_list("assignee", flat=True)) == [agent.pk, agent.pk, senior.pk]


def test_ticking_nothing_is_said(desk_client: Client) -> None:
    response = desk_client.post(reverse("admin:queue_assign"), follow=True)
    assert "Tick at least one ticket first." in response.content.decode()


def test_it_never_leads_to_another_site(desk_client: Client) -> None:
    response = desk_client.post(reverse("admin:queue_assign"), {"next": "https://elsewhere.example/"})
    assert response["Location"] == reverse("admin:queue")
