"""The start page: numbers that lead somewhere, and never cost more than they say."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import CustomerFactory, acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Customer, OutgoingMail, Ticket
from tickets.outbox.models import MailState
from tickets.workspace import home, paging


def numbers(client: Client) -> dict[str, str]:
    tiles = client.get(reverse("admin:index")).context["tiles"]
    return {tile.label: tile.number for tile in tiles}


def test_each_tile_counts_what_its_label_says(
    desk_client: Client, agent: Agent, alice: Customer, now: datetime
) -> None:
    late = open_ticket(alice, at=now - timedelta(days=3))
    fresh = open_ticket(alice)
    lifecycle.assign(fresh, to=None, by=acting(agent), at=now)
    lifecycle.promise(fresh, kind="update", due_at=now + timedelta(hours=2), by=acting(agent), at=now)
    OutgoingMail.objects.filter(ticket=late).update(state=MailState.FAILED)
    failed = OutgoingMail.objects.filter(ticket=late).count()
    assert numbers(desk_client) == {
        "Late": "1",
        "Due within the hour": "0",
        "Unassigned": "1",
        "My open cases": "1",
        "Escalated to me": "0",
        "Promises due today": "1",
        "Mail that failed": str(failed),
        "Mail set aside": "0",
    }


def test_what_came_up_the_ladder_is_counted_for_whoever_has_it(
    senior: Agent, agent: Agent, alice: Customer, now: datetime, sign_in: Any
) -> None:
    ticket = open_ticket(alice)
    note = lifecycle.HandOver(known="The pump is broken", expected="A date")
    lifecycle.escalate(ticket, note=note, by=acting(agent), at=now)
    assert numbers(sign_in(senior.user))["Escalated to me"] == "1"


def test_a_number_is_counted_no_further_than_it_says(alice: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(3):
        open_ticket(alice)
    monkeypatch.setattr(paging, "COUNTED", 2)
    assert paging.capped_count(Ticket.objects.all()) == "2+"


def test_my_cases_stand_there_with_the_most_pressing_first(desk_client: Client, alice: Customer, now: datetime) -> None:
    calm = open_ticket(alice, impact="question")
    pressing = open_ticket(alice, impact="danger")
    rows = desk_client.get(reverse("admin:index")).context["rows"]
    assert [row.ticket for row in rows] == [pressing, calm]


def test_a_desk_without_tickets_says_what_will_come(desk_client: Client) -> None:
    assert "No customer has written yet" in desk_client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize(
    ("hour", "sentence"), [(7, "Good morning, Marta"), (13, "Good afternoon, Marta"), (20, "Good evening, Marta")]
)
def test_the_greeting_follows_the_reader_s_clock(hour: int, sentence: str, now: datetime) -> None:
    assert home.greeting("Marta", now.replace(hour=hour)) == sentence


def test_it_costs_the_same_with_three_tickets_and_with_thirty(
    desk_client: Client, django_assert_num_queries: Any, alice: Customer
) -> None:
    # Session, user, agent, eight tiles, the reader's rights (their own, their role's), their answers that were not sent,
    # whether their own mail arrives, my cases.
    for _number in range(3):
        open_ticket(CustomerFactory.create())
    with django_assert_num_queries(16):
        desk_client.get(reverse("admin:index"))
    for _number in range(27):
        open_ticket(CustomerFactory.create())
    with django_assert_num_queries(16):
        desk_client.get(reverse("admin:index"))
