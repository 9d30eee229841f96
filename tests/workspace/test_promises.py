"""The ledger as leads read it."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Customer, Promise, Ticket
from tickets.workspace.promises.admin import kept_by_team

DAY = timedelta(days=1)
LIST = "admin:tickets_promise_changelist"


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


def refund(
    ticket: Ticket, by: Agent, at: datetime, due_at: datetime, amount: str = "10", currency: str = "EUR"
) -> Promise:
    return lifecycle.promise(
        ticket, kind="refund", amount=Decimal(amount), currency=currency, due_at=due_at, by=acting(by), at=at
    )


def listed(client: Client, **query: str) -> list[Promise]:
    return list(client.get(reverse(LIST, query=query)).context["cl"].result_list)


def test_it_says_what_is_still_owed_in_each_currency(
    lead_client: Client, agent: Agent, ticket: Ticket, now: datetime
) -> None:
    for amount, currency in (("10", "EUR"), ("2.50", "EUR"), ("300", "JPY")):
        refund(ticket, agent, now, now + DAY, amount, currency)
    kept = refund(ticket, agent, now, now + DAY, "99")
    lifecycle.keep_promise(kept, evidence="Transfer 4711", by=acting(agent), at=now)
    page = lead_client.get(reverse(LIST))
    assert page.context["totals"] == ["€12.50", "JP¥300"]


@pytest.mark.parametrize(("due", "days"), [("late", [-1]), ("today", [0]), ("week", [0, 3]), ("", [-1, 0, 3, 30])])
def test_it_is_narrowed_down_by_date(
    due: str, days: list[int], lead_client: Client, agent: Agent, ticket: Ticket, now: datetime
) -> None:
    hour = timedelta(hours=1)
    by_day = {number: refund(ticket, agent, now - 2 * DAY, now + number * DAY + hour) for number in (-1, 0, 3, 30)}
    lifecycle.break_promises(at=now)
    assert listed(lead_client, **({"due": due} if due else {})) == [by_day[number] for number in days]


def test_everybody_finds_what_they_keep_themselves(
    desk_client: Client, agent: Agent, senior: Agent, ticket: Ticket, now: datetime
) -> None:
    mine, handed_over = (refund(ticket, agent, now, now + DAY) for _ in range(2))
    lifecycle.hand_over_promise(handed_over, to=senior, note="Pay it.", by=acting(agent), at=now)
    assert (listed(desk_client, keeper="me"), listed(desk_client, keeper="handed")) == ([mine], [handed_over])


def test_the_share_kept_in_time_counts_what_was_late_as_late(
    lead: Agent, agent: Agent, ticket: Ticket, now: datetime
) -> None:
    in_time, late, _broken, withdrawn = (refund(ticket, agent, now, now + DAY) for _ in range(4))
    refund(ticket, agent, now, now + 9 * DAY)
    lifecycle.keep_promise(in_time, evidence="Transfer", by=acting(agent), at=now)
    lifecycle.withdraw_promise(withdrawn, reason="Replaced", by=acting(agent), at=now)
    lifecycle.break_promises(at=now + DAY)
    lifecycle.keep_promise(late, evidence="Transfer", by=acting(agent), at=now + 2 * DAY)
    (row,) = kept_by_team(lead.user, now + 3 * DAY)
    assert (row.team, row.due, row.kept, row.share) == (str(ticket.team), 3, 1, 33)


def test_agents_see_no_shares(desk_client: Client, agent: Agent, ticket: Ticket, now: datetime) -> None:
    refund(ticket, agent, now - 2 * DAY, now - DAY)
    assert "Kept in time" not in desk_client.get(reverse(LIST)).content.decode()


def test_leads_are_told_of_promises_that_are_late(
    lead_client: Client, agent: Agent, ticket: Ticket, now: datetime
) -> None:
    refund(ticket, agent, now - 2 * DAY, now - DAY)
    html = lead_client.get(reverse("admin:index")).content.decode()
    assert "Settle promises that are late" in html
    assert "1; the oldest: Late by 1 day" in html


def test_one_promise_can_be_read(lead_client: Client, agent: Agent, ticket: Ticket, now: datetime) -> None:
    made = refund(ticket, agent, now, now + DAY)
    page = lead_client.get(reverse("admin:tickets_promise_change", args=[made.pk]))
    assert (page.status_code, "€10.00" in page.content.decode()) == (200, True)
