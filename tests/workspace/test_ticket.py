"""The page of one ticket: what stands there, and what it costs."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from tests.attachments.crafted import picture
from tests.factories import (
    CannedReplyFactory,
    CustomerFactory,
    IntakeFieldFactory,
    IntakeFormFactory,
    OrderFactory,
    OrderLineFactory,
    acting,
    open_ticket,
)
from tickets import lifecycle
from tickets.attachments import limits
from tickets.attachments.actions import receive
from tickets.audit.actor import Actor
from tickets.desk.priorities import Priority
from tickets.lifecycle import HandOver
from tickets.models import Agent, Customer, Ticket
from tickets.workspace import reasons


def address(ticket: Ticket, **query: str) -> str:
    return reverse("admin:ticket", args=[ticket.reference], query=query)


def page(client: Client, ticket: Ticket, **query: str) -> str:
    response = client.get(address(ticket, **query))
    assert response.status_code == 200
    return response.content.decode()


def test_it_is_found_by_its_reference_in_any_spelling(desk_client: Client, alice: Customer) -> None:
    ticket = open_ticket(alice)
    typed = ticket.reference.lower().replace("-", "")
    response = desk_client.get(reverse("admin:ticket", args=[typed]))
    assert response["Location"] == address(ticket)


def test_an_unknown_reference_is_not_found(desk_client: Client) -> None:
    assert desk_client.get(reverse("admin:ticket", args=["0000-0000"])).status_code == 404


def test_the_thread_tells_them_from_us_and_notes_from_both(
    desk_client: Client, agent: Agent, alice: Customer, now: datetime
) -> None:
    ticket = open_ticket(alice, text="It stops.")
    lifecycle.reply(ticket, text="Please wait.", by=acting(agent), at=now + timedelta(minutes=1))
    lifecycle.add_note(ticket, text="Weak pump.", by=acting(agent), at=now + timedelta(minutes=2))
    thread = desk_client.get(address(ticket)).context["view"].thread
    said = [(item.side, item.author, item.message.text) for item in thread if hasattr(item, "message")]
    assert said == [
        ("them", "Alice Byrne", "It stops."),
        ("us", "Marta Rinaldi", "Please wait."),
        ("note", "Marta Rinaldi", "Weak pump."),
    ]


def test_events_stand_between_the_messages_they_happened_between(
    desk_client: Client, agent: Agent, alice: Customer, now: datetime
) -> None:
    ticket = open_ticket(alice)
    lifecycle.change_priority(ticket, priority=Priority.HIGH, by=acting(agent), at=now + timedelta(minutes=1))
    lifecycle.reply(ticket, text="Please wait.", by=acting(agent), at=now + timedelta(minutes=2))
    thread = desk_client.get(address(ticket)).context["view"].thread
    codes = [[line.code for line in item.lines] if hasattr(item, "lines") else item.side for item in thread]
    assert codes[:4] == [["opened"], "them", ["routed", "priority_changed", "due_changed", "due_changed"], "us"]


def test_what_people_wrote_is_never_markup(desk_client: Client, alice: Customer) -> None:
    hostile = "<script>alert(1)</script>"
    ticket = open_ticket(alice, subject=hostile, text=hostile)
    html = page(desk_client, ticket)
    assert hostile not in html
    assert html.count(escape(hostile)) >= 2


def test_the_answers_of_the_intake_are_there(desk_client: Client, alice: Customer) -> None:
    form = IntakeFormFactory.create()
    field = IntakeFieldFactory.create(form=form, label="What have you tried?")
    ticket = open_ticket(alice, category=form.category, form=form, answers={field: "Switched it off"})
    html = page(desk_client, ticket)
    assert "What have you tried?" in html
    assert "Switched it off" in html


def test_a_date_among_the_answers_is_written_as_the_agent_writes_dates(desk_client: Client, alice: Customer) -> None:
    form = IntakeFormFactory.create()
    field = IntakeFieldFactory.create(form=form, kind="date")
    ticket = open_ticket(alice, category=form.category, form=form, answers={field: "2026-11-21"})
    assert '<dd dir="auto">21 November 2026</dd>' in page(desk_client, ticket)


def test_the_customer_s_clock_is_shown_as_it_hangs_on_their_wall(desk_client: Client) -> None:
    ticket = open_ticket(CustomerFactory.create(time_zone="Asia/Tokyo"))
    assert "18:00 in Tokyo" in page(desk_client, ticket)


def test_a_file_is_shown_with_its_digest_and_can_be_fetched(
    desk_client: Client, alice: Customer, now: datetime
) -> None:
    file, _verdict = receive("shot.png", BytesIO(picture("PNG")), limits=limits.current(), at=now)
    assert file
    ticket = open_ticket(alice, files=[file])
    assert file.sha256 in page(desk_client, ticket)
    assert b"".join(desk_client.get(reverse("admin:file", args=[file.pk]))) == picture("PNG")
    assert desk_client.get(reverse("admin:file_preview", args=[file.pk])).status_code == 200


def test_a_hand_over_note_greets_whoever_has_the_case_now(
    desk_client: Client, agent: Agent, senior: Agent, alice: Customer, now: datetime
) -> None:
    ticket = open_ticket(alice)
    note = HandOver(known="The pump is weak", tried="The filter", expected="A date", promised="An answer today")
    lifecycle.escalate(ticket, note=note, by=acting(agent), at=now)
    html = page(desk_client, ticket)
    for words in ("The pump is weak", "The filter", "A date", "An answer today", "Followers:"):
        assert words in html


def test_why_a_deadline_is_what_it_is(desk_client: Client, alice: Customer) -> None:
    html = page(desk_client, open_ticket(alice, impact="danger"))
    assert "The customer first wrote Monday 23 November, 10:00." in html
    assert "So it is due Monday 23 November, 11:00." in html
    assert "On your clocks that is Monday 23 November, 10:00, UTC." in html


def test_why_this_assignee(desk_client: Client, alice: Customer) -> None:
    view = desk_client.get(address(open_ticket(alice, language="pl"))).context["view"]
    assert view.routing == [
        "The desk chose the only agent of the tier who takes new cases.",
        "Level 0 of 5 in the customer’s language; 0 open cases at that moment.",
        "Nobody who was free writes the customer’s language well.",
    ]


@pytest.mark.parametrize(
    ("decision", "sentences"),
    [
        ({}, []),
        ({"by_hand": True}, ["Somebody assigned it by hand."]),
        ({"agent": None}, ["Nobody on this tier takes new cases at the moment. It waits in the tier’s queue."]),
    ],
)
def test_routing_that_chose_nobody_says_so(decision: dict[str, Any], sentences: list[str]) -> None:
    assert reasons.routing(decision) == sentences


def test_the_fate_of_every_mail_is_on_the_page(desk_client: Client, alice: Customer) -> None:
    ticket = open_ticket(alice)
    lines = desk_client.get(address(ticket)).context["view"].mail_lines
    assert [(line.kind, line.row.recipient) for line in lines] == [("Acknowledgement", "alice@example.com")]


def test_a_follow_up_leads_to_what_it_continues(
    desk_client: Client, agent: Agent, alice: Customer, now: datetime
) -> None:
    ticket = open_ticket(alice)
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    lifecycle.close(ticket, by=acting(agent), at=now)
    again = lifecycle.receive_customer_message(ticket, text="It is back.", by=Actor("customer", alice.user_id), at=now)
    assert address(ticket) in page(desk_client, again.ticket)


def test_every_query_is_for_the_page_and_none_for_a_message(
    desk_client: Client, agent: Agent, senior: Agent, alice: Customer, now: datetime, django_assert_num_queries: Any
) -> None:
    CannedReplyFactory.create()
    form = IntakeFormFactory.create()
    field = IntakeFieldFactory.create(form=form)
    line = OrderLineFactory.create(order=OrderFactory.create(customer=alice))
    ticket = open_ticket(alice, category=form.category, form=form, answers={field: "42"}, order_line=line)
    lifecycle.reply(ticket, text="Please wait.", by=acting(agent), at=now)
    lifecycle.promise(ticket, kind="update", due_at=now + timedelta(days=1), by=acting(agent), at=now)
    lifecycle.escalate(ticket, note=HandOver(known="All", expected="A date"), by=acting(agent), at=now)
    desk_client.get(address(ticket))
    # Session, user, agent; ticket; messages and their files; answers; clocks; promises; hand-over notes; mails; record,
    # agents and tiers to name in it; ready answers.
    with django_assert_num_queries(15):
        desk_client.get(address(ticket))
    for number in range(27):
        file, _verdict = receive(f"{number}.png", BytesIO(picture("PNG")), limits=limits.current(), at=now)
        assert file
        lifecycle.reply(ticket, text=f"Answer {number}", by=acting(agent), at=now, files=[file])
    with django_assert_num_queries(15):
        desk_client.get(address(ticket))


def test_an_answer_to_a_solved_ticket_leaves_it_solved_unless_the_agent_says_otherwise(
    desk_client: Client, agent: Agent, alice: Customer, now: datetime
) -> None:
    ticket = open_ticket(alice)
    address = reverse("admin:ticket", args=[ticket.reference])
    assert desk_client.get(address).context["form"]["status"].value() == "pending"
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    assert desk_client.get(address).context["form"]["status"].value() == "resolved"
