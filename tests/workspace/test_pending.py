"""Answers that can be taken back, on the ticket's page and the start page."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.attachments.crafted import picture
from tests.factories import HelpArticleFactory, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.models import Agent, Customer, Message, PendingReply, Promise, Ticket

WINDOW = timedelta(seconds=15)


@pytest.fixture(autouse=True)
def _window(settings: Any) -> None:
    settings.REPLY_UNDO_SECONDS = 15


@pytest.fixture
def ticket(agent: Agent, alice: Customer) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def pending(ticket: Ticket, agent: Agent, now: datetime) -> PendingReply:
    """The agent's, pressed this moment."""
    seen = ticket.last_message_id
    queued = lifecycle.queue_reply(ticket, text="Please wait.", by=acting(agent), at=now, seen=seen)
    assert isinstance(queued, PendingReply)
    return queued


@pytest.fixture
def overtaken(pending: PendingReply, ticket: Ticket, now: datetime) -> PendingReply:
    """The customer wrote before it left."""
    by = Actor("customer", ticket.customer.user_id)
    lifecycle.receive_customer_message(ticket, text="I found it!", by=by, at=now)
    lifecycle.send_pending_replies(at=now + WINDOW)
    pending.refresh_from_db()
    return pending


def page(client: Client, ticket: Ticket) -> Any:
    return client.get(reverse("admin:ticket", args=[ticket.reference]))


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def send(client: Client, ticket: Ticket, **data: Any) -> Any:
    given = {"text": "Please wait.", "status": "pending", "seen": ticket.last_message_id, **data}
    return client.post(reverse("admin:ticket_reply", args=[ticket.reference]), given)


def press(client: Client, name: str, pending: PendingReply) -> Any:
    return client.post(reverse(f"admin:{name}", args=[pending.ticket.reference, pending.pk]), follow=True)


def typed(response: Any) -> dict[str, Any]:
    """What stands in the composer, ready to be sent again as a browser would."""
    names = ("form", "promise_form", "attempt_form")
    fields = [field for name in names for field in response.context[name]]
    return {
        field.html_name: str(field.value())
        for field in fields
        if field.html_name != "attachments" and field.value() not in (None, "", False)
    }


# --- About to leave ---------------------------------------------------------------------------------------------------


def test_an_answer_waits_at_the_end_of_the_conversation(desk_client: Client, ticket: Ticket) -> None:
    response = send(desk_client, ticket)
    assert response["Location"].endswith("#unsent")
    assert not Message.objects.filter(author_kind="agent").exists()
    shown = page(desk_client, ticket)
    assert [answer.text for answer in shown.context["unsent"]] == ["Please wait."]
    assert "Sent at 09:00:15 unless it is taken back." in text_of(shown)


def test_pressing_twice_sends_one(desk_client: Client, ticket: Ticket) -> None:
    for _press in range(2):
        send(desk_client, ticket)
    assert PendingReply.objects.count() == 1


def test_colleagues_see_that_somebody_is_about_to_answer(
    senior: Agent, ticket: Ticket, pending: PendingReply, sign_in: Callable[..., Client]
) -> None:
    shown = page(sign_in(senior.user), ticket)
    assert "Marta Rinaldi is about to answer, at 09:00:15." in text_of(shown)
    assert reverse("admin:ticket_take_back", args=[ticket.reference, pending.pk]) not in shown.content.decode()


def test_a_lead_gets_the_button(lead_client: Client, ticket: Ticket, pending: PendingReply) -> None:
    address = reverse("admin:ticket_take_back", args=[ticket.reference, pending.pk])
    assert address in page(lead_client, ticket).content.decode()


def test_another_answer_meanwhile_comes_back_with_its_text(
    desk_client: Client, ticket: Ticket, pending: PendingReply
) -> None:
    response = send(desk_client, ticket, text="One more thing.")
    assert (response.status_code, response.context["form"]["text"].value()) == (422, "One more thing.")
    assert "Your last answer has not left yet" in text_of(response)


# --- Taken back -------------------------------------------------------------------------------------------------------


def test_what_was_taken_back_is_in_the_composer_again(
    desk_client: Client, ticket: Ticket, pending: PendingReply
) -> None:
    shown = press(desk_client, "ticket_take_back", pending)
    assert shown.redirect_chain[0][0].endswith("#id_text")
    assert (shown.context["form"]["text"].value(), shown.context["unsent"]) == ("Please wait.", [])
    assert "You took this answer back" in text_of(shown)


def test_a_second_press_loses_nothing(desk_client: Client, pending: PendingReply) -> None:
    for _press in range(2):
        shown = press(desk_client, "ticket_take_back", pending)
    assert shown.context["form"]["text"].value() == "Please wait."


def test_everything_that_goes_with_it_comes_back_and_can_be_sent(
    desk_client: Client, ticket: Ticket, now: datetime
) -> None:
    article = HelpArticleFactory.create()
    parts = {
        "status": "open",
        "attachments": SimpleUploadedFile("label.png", picture("PNG"), "image/png"),
        "promise-kind": "refund",
        "promise-amount": "49.90",
        "promise-currency": "EUR",
        "promise-due_at": "2026-11-26T12:00",
        "promise-terms": "To your card.",
        "promise-key": "5d9c8f1e-0000-4000-8000-000000000000",
        "attempt-step": "Rinse the valve",
        "attempt-article": f"/help/{article.slug}/",
    }
    send(desk_client, ticket, **parts)
    shown = press(desk_client, "ticket_take_back", PendingReply.objects.get())
    again = desk_client.post(reverse("admin:ticket_reply", args=[ticket.reference]), typed(shown))
    assert again["Location"].endswith("#unsent")
    lifecycle.send_pending_replies(at=now + WINDOW)
    message, promise = Message.objects.get(author_kind="agent"), Promise.objects.get()
    ticket.refresh_from_db()
    assert (message.text, ticket.status) == ("Please wait.", "open")
    assert [file.name for file in message.attachments.all()] == ["label.png"]
    assert (promise.amount, promise.terms, promise.due_at.isoformat()) == (
        Decimal("49.90"), "To your card.", "2026-11-26T12:00:00+00:00"
    )  # fmt: skip
    assert (message.attempts.get().step, message.attempts.get().article) == ("Rinse the valve", article)


def test_a_draft_stays_when_a_ready_answer_is_put_behind_it(desk_client: Client, pending: PendingReply) -> None:
    shown = press(desk_client, "ticket_take_back", pending)
    address = reverse("admin:ticket_reply", args=[pending.ticket.reference])
    back = desk_client.post(address, {**typed(shown), "insert": "1"})
    assert back.context["form"]["replaces"].value() == str(pending.pk)


def test_too_late_is_said(desk_client: Client, ticket: Ticket, pending: PendingReply, now: datetime) -> None:
    lifecycle.send_pending_replies(at=now + WINDOW)
    shown = press(desk_client, "ticket_take_back", pending)
    assert "This answer has left already" in text_of(shown)


def test_an_answer_is_not_taken_back_from_another_ticket(
    desk_client: Client, pending: PendingReply, bob: Customer
) -> None:
    elsewhere = open_ticket(bob)
    desk_client.post(reverse("admin:ticket_take_back", args=[elsewhere.reference, pending.pk]))
    pending.refresh_from_db()
    assert pending.hitch == ""


def test_colleagues_do_not_see_what_was_taken_back(
    desk_client: Client, senior: Agent, ticket: Ticket, pending: PendingReply, sign_in: Callable[..., Client]
) -> None:
    press(desk_client, "ticket_take_back", pending)
    assert "Please wait." not in page(sign_in(senior.user), ticket).content.decode()


def test_what_stood_there_when_it_was_sent_is_not_marked_as_new(
    desk_client: Client, ticket: Ticket, pending: PendingReply, now: datetime
) -> None:
    """An update about an outage is nobody's turn in the conversation, and newer than the last message of somebody."""
    Message.objects.create(
        ticket=ticket, author_kind="system", text="We know of it.", language="en", at=now - timedelta(minutes=1)
    )
    shown = press(desk_client, "ticket_take_back", pending)
    assert shown.context["unseen"] == []


def test_a_draft_is_discarded(desk_client: Client, pending: PendingReply) -> None:
    press(desk_client, "ticket_take_back", pending)
    shown = press(desk_client, "ticket_discard_reply", pending)
    assert (PendingReply.objects.exists(), shown.context["form"]["text"].value()) == (False, "")


# --- Held up ----------------------------------------------------------------------------------------------------------


def test_what_was_held_up_says_why_and_is_one_press_away(
    desk_client: Client, ticket: Ticket, overtaken: PendingReply, now: datetime
) -> None:
    shown = page(desk_client, ticket)
    assert "Your answer was not sent: somebody wrote in the meantime" in text_of(shown)
    assert [Message.objects.get(pk=pk).text for pk in shown.context["unseen"]] == ["I found it!"]
    desk_client.post(reverse("admin:ticket_reply", args=[ticket.reference]), typed(shown))
    assert lifecycle.send_pending_replies(at=now + WINDOW) == 1


def test_a_note_is_written_meanwhile(desk_client: Client, ticket: Ticket, overtaken: PendingReply) -> None:
    response = desk_client.get(reverse("admin:ticket", args=[ticket.reference], query={"write": "note"}))
    assert (response.context["writing_note"], response.context["draft"]) == (True, None)


def test_other_words_do_not_overwrite_it(desk_client: Client, ticket: Ticket, overtaken: PendingReply) -> None:
    ticket.refresh_from_db()
    response = send(desk_client, ticket, text="Something else.")
    assert response.status_code == 422
    assert (response.context["form"]["text"].value(), response.context["unsent"]) == ("Something else.", [overtaken])


def test_on_a_closed_ticket_the_text_can_still_be_read(
    desk_client: Client, agent: Agent, ticket: Ticket, pending: PendingReply, now: datetime
) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    lifecycle.close(ticket, by=acting(agent), at=now)
    lifecycle.send_pending_replies(at=now + WINDOW)
    shown = page(desk_client, ticket)
    assert [answer.text for answer in shown.context["unsent"]] == ["Please wait."]
    assert "It can no longer be sent like this This ticket is closed." in text_of(shown)


def labels(client: Client) -> list[tuple[str, str]]:
    return [(todo.label, todo.address) for todo in client.get(reverse("admin:index")).context["todos"]]


def test_it_is_on_its_author_s_start_page(desk_client: Client, ticket: Ticket, overtaken: PendingReply) -> None:
    address = reverse("admin:ticket", args=[ticket.reference])
    assert labels(desk_client) == [("See to answers that were not sent", address)]


def test_it_is_on_the_leads_start_page(lead_client: Client, overtaken: PendingReply) -> None:
    assert "See to answers that were not sent" in dict(labels(lead_client))


def test_it_is_on_nobody_else_s(senior: Agent, overtaken: PendingReply, sign_in: Callable[..., Client]) -> None:
    assert labels(sign_in(senior.user)) == []


def test_what_was_taken_back_is_nothing_to_do(desk_client: Client, pending: PendingReply) -> None:
    press(desk_client, "ticket_take_back", pending)
    assert labels(desk_client) == []
