"""Promises from the agents' side: in the answer, on a page of their own, at their end."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import OrderFactory, OrderLineFactory, acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Customer, OutgoingMail, Promise, Ticket


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    order = OrderFactory.create(customer=alice, total=Decimal("488.90"), currency="EUR")
    return open_ticket(alice, order_line=OrderLineFactory.create(order=order))


@pytest.fixture
def owed(agent: Agent, ticket: Ticket, now: datetime) -> Promise:
    return lifecycle.promise(ticket, kind="update", due_at=now + timedelta(days=1), by=acting(agent), at=now)


def answer(client: Client, ticket: Ticket, text: str = "Good news.", **sections: str) -> Any:
    """What the browser sends for an answer; ``promise_kind="refund"`` fills a field of the promise."""
    data = {"text": text, "status": "pending", "seen": ticket.last_message_id, "promise-currency": "EUR"}
    data |= {name.replace("promise_", "promise-", 1): value for name, value in sections.items()}
    return client.post(reverse("admin:ticket_reply", args=[ticket.reference]), data)


REFUND = {"promise_kind": "refund", "promise_amount": "49.90", "promise_due_at": "2026-11-26T12:00"}


# --- In the answer ----------------------------------------------------------------------------------------------------


def test_the_composer_offers_a_promise_in_the_order_s_currency(desk_client: Client, ticket: Ticket) -> None:
    html = desk_client.get(reverse("admin:ticket", args=[ticket.reference])).content.decode()
    assert '<details class="part">' in html
    assert 'name="promise-currency" value="EUR"' in html


def test_an_answer_without_a_promise_makes_none(desk_client: Client, ticket: Ticket) -> None:
    assert answer(desk_client, ticket).status_code == 302
    assert not ticket.promises.exists()


def test_an_answer_and_its_promise_go_out_together(desk_client: Client, ticket: Ticket) -> None:
    answer(desk_client, ticket, "We will refund you.", **REFUND, promise_terms="To your card.")
    made = ticket.promises.get()
    assert (made.amount, made.currency, made.terms, made.message) == (
        Decimal("49.90"),
        "EUR",
        "To your card.",
        ticket.messages.last(),
    )


def test_a_second_click_sends_nothing_twice(desk_client: Client, ticket: Ticket) -> None:
    page = desk_client.get(reverse("admin:ticket", args=[ticket.reference]))
    key = str(page.context["promise_form"]["key"].value())
    for _ in range(2):
        assert answer(desk_client, ticket, **REFUND, promise_key=key).status_code == 302
    assert (ticket.promises.count(), OutgoingMail.objects.filter(kind="reply").count()) == (1, 1)


@pytest.mark.parametrize(
    ("slip", "reason"),
    [
        ({"promise_due_at": "2026-11-20T12:00"}, "A promise needs a date that is still to come."),
        ({"promise_due_at": "2206-11-20T12:00"}, "That date is more than two years away."),
        ({"promise_due_at": ""}, "Say by when."),
        ({"promise_kind": ""}, "Choose what is promised."),
        ({"promise_amount": ""}, "Say how much will be refunded."),
        ({"promise_amount": "-5"}, "An amount has to be above zero and needs a currency."),
        ({"promise_currency": ""}, "An amount has to be above zero and needs a currency."),
        ({"promise_currency": "EUX"}, "There is no currency “EUX”."),
        ({"promise_amount": "49.905"}, "EUR has no coin that small."),
        ({"promise_amount": "4890"}, "The order cost €488.90, which is less."),
    ],
)
def test_a_slip_comes_back_with_everything_that_was_typed(
    slip: dict[str, str], reason: str, desk_client: Client, ticket: Ticket
) -> None:
    response = answer(
        desk_client, ticket, "All of this was typed.", **{**REFUND, **slip}, promise_terms="To your card."
    )
    html = response.content.decode()
    assert response.status_code == 422
    for kept in (reason, "All of this was typed.", "To your card.", '<details class="part" open>'):
        assert kept in html
    assert not ticket.promises.exists()


def test_more_than_the_order_cost_is_refunded_when_it_is_meant(desk_client: Client, ticket: Ticket) -> None:
    answer(desk_client, ticket, **{**REFUND, "promise_amount": "4890"}, promise_above_total="on")
    assert ticket.promises.get().amount == Decimal(4890)


def test_a_ready_answer_that_is_put_in_keeps_the_promise(desk_client: Client, ticket: Ticket) -> None:
    page = answer(desk_client, ticket, **REFUND, insert="1")
    form = page.context["promise_form"]
    assert [form[name].value() for name in ("kind", "amount", "due_at")] == ["refund", "49.90", "2026-11-26T12:00"]
    assert '<details class="part" open>' in page.content.decode()


def test_when_somebody_wrote_meanwhile_the_promise_is_kept(
    desk_client: Client, alice: Customer, agent: Agent, ticket: Ticket, now: datetime
) -> None:
    seen = ticket.last_message_id
    lifecycle.add_note(ticket, text="Wait.", by=acting(agent), at=now)
    ticket.last_message_id = seen
    response = answer(desk_client, ticket, **REFUND)
    assert (response.status_code, response.context["promise_form"]["amount"].value()) == (409, "49.90")


def test_a_second_click_on_the_promise_s_own_page_promises_nothing_more(desk_client: Client, ticket: Ticket) -> None:
    page = reverse("admin:ticket_promise", args=[ticket.reference])
    key = str(desk_client.get(page).context["form"]["key"].value())
    for _ in range(2):
        sent = desk_client.post(page, {"kind": "update", "due_at": "2026-11-26T12:00", "key": key})
        assert sent.status_code == 302
    assert ticket.promises.count() == 1


# --- When it only sounds like one -------------------------------------------------------------------------------------


def test_an_answer_that_sounds_like_a_promise_is_asked_about_once(desk_client: Client, ticket: Ticket) -> None:
    response = answer(desk_client, ticket, "Dear Alice, we will refund you.")
    html = response.content.decode()
    assert response.status_code == 422
    for shown in ("Put it on record?", "Send without a promise", "Dear Alice, we will refund you."):
        assert shown in html
    assert ticket.messages.count() == 1


def test_it_is_sent_without_a_promise_when_the_agent_says_so(desk_client: Client, ticket: Ticket) -> None:
    assert answer(desk_client, ticket, "We will refund you.", no_promise="1").status_code == 302
    assert ticket.messages.count() == 2


def test_it_listens_in_the_customer_s_language(desk_client: Client, alice: Customer, ticket: Ticket) -> None:
    alice.language = "de"
    alice.save()
    assert answer(desk_client, ticket, "Wir erstatten Ihnen den vollen Preis.").status_code == 422


# --- When the case is to end ------------------------------------------------------------------------------------------


def test_solving_over_a_promise_names_it_and_offers_the_ways_out(
    desk_client: Client, ticket: Ticket, owed: Promise
) -> None:
    response = desk_client.post(reverse("admin:ticket_resolve", args=[ticket.reference]), follow=True)
    html = response.content.decode()
    assert "We still owe the customer this: News, by Tuesday 24 November, 09:00." in html
    for name in ("ticket_keep_promise", "ticket_hand_over_promise"):
        assert reverse(f"admin:{name}", args=[ticket.reference, owed.pk]) in html


def test_a_promise_is_handed_over_and_the_case_solved(
    desk_client: Client, ticket: Ticket, owed: Promise, senior: Agent
) -> None:
    page = reverse("admin:ticket_hand_over_promise", args=[ticket.reference, owed.pk])
    desk_client.post(page, {"agent": senior.pk, "note": "Write on Friday."})
    desk_client.post(reverse("admin:ticket_resolve", args=[ticket.reference]))
    ticket.refresh_from_db()
    assert ticket.status == "resolved"
    html = desk_client.get(reverse("admin:ticket", args=[ticket.reference])).content.decode()
    assert "<bdi>Tomasz Nowak</bdi> keeps it, also after the case is done." in html


def test_a_promise_is_not_handed_over_without_a_note(
    desk_client: Client, ticket: Ticket, owed: Promise, senior: Agent
) -> None:
    page = reverse("admin:ticket_hand_over_promise", args=[ticket.reference, owed.pk])
    response = desk_client.post(page, {"agent": senior.pk, "note": " "})
    assert (response.status_code, response.context["form"]["agent"].value()) == (422, str(senior.pk))


def test_a_promise_that_was_kept_late_says_so(desk_client: Client, agent: Agent, ticket: Ticket, owed: Promise) -> None:
    lifecycle.keep_promise(owed, evidence="Written.", by=acting(agent), at=owed.due_at + timedelta(days=1))
    assert "Kept late" in desk_client.get(reverse("admin:ticket", args=[ticket.reference])).content.decode()
