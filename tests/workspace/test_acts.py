"""What agents do on a ticket, through the desk's own doors."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.attachments.crafted import picture
from tests.factories import CannedReplyFactory, CategoryFactory, CustomerFactory, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.statuses import Status
from tickets.models import Agent, Attachment, Customer, EscalationTier, Message, OutgoingMail, Promise, Ticket


@pytest.fixture
def ticket(agent: Agent, alice: Customer) -> Ticket:
    """Alice's, with the frontline agent."""
    return open_ticket(alice)


def act(client: Client, name: str, ticket: Ticket, data: dict[str, Any] | None = None, *extra: int) -> Any:
    response = client.post(reverse(f"admin:{name}", args=[ticket.reference, *extra]), data or {})
    ticket.refresh_from_db()
    return response


def answer(client: Client, ticket: Ticket, **data: Any) -> Any:
    given = {"text": "Please wait.", "status": "pending", "seen": ticket.last_message_id, **data}
    return act(client, "ticket_reply", ticket, given)


# --- Answering --------------------------------------------------------------------------------------------------------


def test_an_answer_goes_to_the_customer_in_their_language(desk_client: Client, agent: Agent) -> None:
    ticket = open_ticket(CustomerFactory.create(language="it"), language="en")
    response = answer(desk_client, ticket, text="Attenda, per favore.")
    assert response["Location"] == reverse("admin:ticket", args=[ticket.reference])
    message = ticket.messages.get(author_kind="agent")
    assert (message.text, message.language, message.internal) == ("Attenda, per favore.", "it", False)
    assert OutgoingMail.objects.get(message=message, kind="reply").language == "it"


@pytest.mark.parametrize("status", ["pending", "open", "on_hold", "resolved"])
def test_sending_sets_the_status_that_was_chosen(status: str, desk_client: Client, ticket: Ticket) -> None:
    answer(desk_client, ticket, status=status)
    assert ticket.status == status


@pytest.mark.parametrize("text", ["  ", "\u200b\u2060\u200f", "\u0301"])
def test_an_empty_answer_is_not_sent(desk_client: Client, ticket: Ticket, text: str) -> None:
    response = answer(desk_client, ticket, text=text)
    assert response.status_code == 422
    assert "Write something first." in response.content.decode()
    assert ticket.messages.count() == 1


def test_an_answer_that_the_rules_refuse_keeps_its_text(
    desk_client: Client, agent: Agent, ticket: Ticket, now: datetime
) -> None:
    lifecycle.promise(ticket, kind="update", due_at=now + timedelta(days=1), by=acting(agent), at=now)
    response = answer(desk_client, ticket, text="All is well.", status="resolved")
    assert response.status_code == 422
    html = response.content.decode()
    assert "We still owe the customer this: News, by" in html
    assert "All is well.</textarea>" in html
    assert ticket.messages.count() == 1


# --- Somebody else wrote in the meantime ------------------------------------------------------------------------------


@pytest.fixture
def overtaken(ticket: Ticket, alice: Customer, now: datetime) -> Ticket:
    """The agent's page shows one message; by now there are two."""
    seen = ticket.last_message_id
    lifecycle.receive_customer_message(ticket, text="It burns!", by=Actor("customer", alice.user_id), at=now)
    ticket.last_message_id = seen
    return ticket


def test_an_answer_never_passes_a_message_that_was_not_read(desk_client: Client, overtaken: Ticket) -> None:
    response = answer(desk_client, overtaken, text="Clean the filter.")
    assert response.status_code == 409
    assert overtaken.messages.filter(author_kind="agent").count() == 0


def test_the_refused_text_is_kept_and_the_new_message_marked(desk_client: Client, overtaken: Ticket) -> None:
    response = answer(desk_client, overtaken, text="Clean the filter.")
    new = Message.objects.get(text="It burns!")
    assert "Clean the filter.</textarea>" in response.content.decode()
    assert response.context["unseen"] == [new.pk]


def test_files_survive_the_conflict(desk_client: Client, overtaken: Ticket) -> None:
    refused = answer(desk_client, overtaken, attachments=SimpleUploadedFile("shot.png", picture("PNG")))
    answer(desk_client, overtaken, kept=refused.context["form"]["kept"].value())
    assert [file.name for file in overtaken.messages.get(author_kind="agent").attachments.all()] == ["shot.png"]


def test_sending_again_after_reading_goes_through(desk_client: Client, overtaken: Ticket) -> None:
    refused = answer(desk_client, overtaken, text="Clean the filter.")
    answer(desk_client, overtaken, text="Unplug it.", seen=refused.context["form"]["seen"].value())
    assert overtaken.messages.get(author_kind="agent").text == "Unplug it."


# --- Files ------------------------------------------------------------------------------------------------------------


def test_a_file_goes_along(desk_client: Client, ticket: Ticket) -> None:
    answer(desk_client, ticket, attachments=SimpleUploadedFile("shot.png", picture("PNG")))
    assert ticket.messages.get(author_kind="agent").attachments.get().name == "shot.png"


def test_a_refused_file_stops_the_answer_and_keeps_text_and_good_files(desk_client: Client, ticket: Ticket) -> None:
    good, bad = SimpleUploadedFile("shot.png", picture("PNG")), SimpleUploadedFile("fix.exe", b"MZ\x90\x00" + bytes(64))
    response = answer(desk_client, ticket, text="See the file.", attachments=[good, bad])
    html = response.content.decode()
    assert response.status_code == 422
    assert "fix.exe" in html
    assert "See the file.</textarea>" in html
    assert [file.name for file in response.context["waiting"]] == ["shot.png"]
    assert ticket.messages.count() == 1


def test_a_file_of_another_message_cannot_be_taken_along(
    desk_client: Client, agent: Agent, ticket: Ticket, charlie: Customer, now: datetime
) -> None:
    from tickets.attachments import limits
    from tickets.attachments.actions import receive

    file, _verdict = receive("private.png", BytesIO(picture("PNG")), limits=limits.current(), at=now)
    assert file
    other = open_ticket(charlie, files=[file])
    answer(desk_client, ticket, kept=str(file.pk))
    assert Attachment.objects.get().message == other.messages.get()


# --- Ready answers ----------------------------------------------------------------------------------------------------


@pytest.fixture
def giulia() -> Customer:
    return CustomerFactory.create(name="Giulia Marchetti", language="it", time_zone="Europe/Rome")


def test_a_ready_answer_comes_in_the_customer_s_language(desk_client: Client, agent: Agent, giulia: Customer) -> None:
    reply = CannedReplyFactory.create(
        title="Wait",
        body="Dear {first_name}, wait for {reference}.",
        body_it="Gentile {first_name}, attenda {reference}.",
    )
    ticket = open_ticket(giulia)
    answered = desk_client.get(reverse("admin:canned_reply", args=[ticket.reference], query={"reply": reply.pk})).json()
    assert answered == {
        "title": "Wait",
        "text": f"Gentile Giulia, attenda {ticket.reference}.",
        "language": "it",
        "gist": f"Dear Giulia, wait for {ticket.reference}.",
        "notes": [],
    }


def test_a_missing_translation_is_said_and_the_source_text_offered(desk_client: Client, agent: Agent) -> None:
    reply = CannedReplyFactory.create(body="Dear {first_name}.")
    ticket = open_ticket(CustomerFactory.create(name="Zoé Martin", language="fr"))
    answered = desk_client.get(reverse("admin:canned_reply", args=[ticket.reference], query={"reply": reply.pk})).json()
    assert (answered["text"], answered["language"]) == ("Dear Zoé.", "en")
    assert answered["notes"] == [
        "There is no text in French yet; the one in English was inserted. Please translate it."
    ]


def test_a_variable_without_a_value_stays_visible_and_is_said(desk_client: Client, ticket: Ticket) -> None:
    reply = CannedReplyFactory.create(body="About {product}:")
    answered = desk_client.get(reverse("admin:canned_reply", args=[ticket.reference], query={"reply": reply.pk})).json()
    assert answered["text"] == "About {product}:"
    assert answered["notes"] == ["Nothing is known for: product. Fill it in by hand."]


def test_dates_in_a_ready_answer_are_in_the_customer_s_words_and_time(
    desk_client: Client, agent: Agent, giulia: Customer
) -> None:
    reply = CannedReplyFactory.create(body="By {next_due}.", body_it="Entro {next_due}.")
    ticket = open_ticket(giulia, impact="danger")
    answered = desk_client.get(reverse("admin:canned_reply", args=[ticket.reference], query={"reply": reply.pk})).json()
    assert answered["text"].startswith("Entro lunedì 23 novembre")
    assert "11:00" in answered["text"]


def test_only_replies_for_the_topic_are_offered_its_own_first(desk_client: Client, ticket: Ticket) -> None:
    everywhere, here, elsewhere = (CannedReplyFactory.create() for _number in range(3))
    here.categories.add(ticket.category)
    elsewhere.categories.add(CategoryFactory.create())
    CannedReplyFactory.create(active=False)
    view = desk_client.get(reverse("admin:ticket", args=[ticket.reference])).context["view"]
    assert view.canned == [here, everywhere]


def test_without_scripts_the_text_is_put_behind_what_was_typed(desk_client: Client, ticket: Ticket) -> None:
    reply = CannedReplyFactory.create(body="Dear {first_name}.")
    response = answer(desk_client, ticket, text="Hello!", insert="1", canned=reply.pk)
    assert response.context["form"]["text"].value() == "Hello!\n\nDear Alice."
    assert ticket.messages.count() == 1


def test_a_link_can_fill_it_in(desk_client: Client, ticket: Ticket) -> None:
    reply = CannedReplyFactory.create(body="Dear {first_name}.")
    page = desk_client.get(reverse("admin:ticket", args=[ticket.reference], query={"canned": reply.pk}))
    assert page.context["form"]["text"].value() == "Dear Alice."


def test_an_unknown_ready_answer_is_not_found(desk_client: Client, ticket: Ticket) -> None:
    assert (
        desk_client.get(reverse("admin:canned_reply", args=[ticket.reference], query={"reply": "x"})).status_code == 404
    )


# --- Notes ------------------------------------------------------------------------------------------------------------


def test_a_note_stays_inside(desk_client: Client, ticket: Ticket) -> None:
    mails = OutgoingMail.objects.count()
    act(desk_client, "ticket_note", ticket, {"text": "Weak pump."})
    assert ticket.messages.get(text="Weak pump.").internal
    assert OutgoingMail.objects.count() == mails


def test_the_form_of_a_note_cannot_send_to_the_customer(desk_client: Client, ticket: Ticket) -> None:
    page = desk_client.get(reverse("admin:ticket", args=[ticket.reference], query={"write": "note"})).content.decode()
    assert reverse("admin:ticket_note", args=[ticket.reference]) in page
    assert reverse("admin:ticket_reply", args=[ticket.reference]) not in page


# --- Changing ---------------------------------------------------------------------------------------------------------


def change(client: Client, ticket: Ticket, what: str, name: str, value: Any) -> Any:
    return act(client, "ticket_change", ticket, {"what": what, f"{what}-{name}": value})


def test_the_case_is_assigned(desk_client: Client, ticket: Ticket, senior: Agent) -> None:
    change(desk_client, ticket, "assignee", "agent", senior.pk)
    assert ticket.assignee == senior


def test_the_case_is_given_back_to_the_queue(desk_client: Client, ticket: Ticket) -> None:
    change(desk_client, ticket, "assignee", "agent", "")
    assert ticket.assignee is None


def test_priority_and_category_change(desk_client: Client, ticket: Ticket) -> None:
    category = CategoryFactory.create()
    change(desk_client, ticket, "priority", "priority", "urgent")
    change(desk_client, ticket, "category", "category", category.pk)
    assert (ticket.priority, ticket.category) == ("urgent", category)


def test_the_status_changes_by_hand(desk_client: Client, ticket: Ticket) -> None:
    change(desk_client, ticket, "status", "status", "on_hold")
    assert ticket.status == Status.ON_HOLD


def test_a_status_that_the_rules_refuse_is_explained(
    desk_client: Client, agent: Agent, ticket: Ticket, now: datetime
) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    response = change(desk_client, ticket, "status", "status", "open")
    assert response.status_code == 422
    assert "can only be opened again, solved or closed" in response.content.decode()


def test_an_agent_takes_a_case(desk_client: Client, agent: Agent, senior: Agent, ticket: Ticket, now: datetime) -> None:
    lifecycle.assign(ticket, to=senior, by=acting(agent), at=now)
    act(desk_client, "ticket_take", ticket)
    assert ticket.assignee == agent


def test_resolving_opening_again_and_closing(desk_client: Client, ticket: Ticket) -> None:
    reached = []
    for name in ("ticket_resolve", "ticket_reopen", "ticket_resolve", "ticket_close"):
        act(desk_client, name, ticket)
        reached.append(ticket.status)
    assert reached == ["resolved", "open", "resolved", "closed"]


def test_a_button_that_no_longer_applies_says_why(desk_client: Client, ticket: Ticket) -> None:
    response = desk_client.post(reverse("admin:ticket_close", args=[ticket.reference]), follow=True)
    assert "Only a solved ticket can be closed." in response.content.decode()


# --- Promises ---------------------------------------------------------------------------------------------------------


def test_a_promise_is_put_on_record_in_the_agent_s_own_time(
    desk_client: Client, agent: Agent, ticket: Ticket, now: datetime
) -> None:
    agent.user.time_zone = "Europe/Rome"
    agent.user.save()
    data = {
        "kind": "refund",
        "amount": "49.90",
        "currency": "eur",
        "due_at": "2026-11-26T12:00",
        "terms": "Double charge",
    }
    act(desk_client, "ticket_promise", ticket, data)
    made = ticket.promises.get()
    assert (made.amount, made.currency) == (Decimal("49.90"), "EUR")
    assert made.due_at.isoformat() == "2026-11-26T11:00:00+00:00"
    assert made.made_by == agent.user


@pytest.mark.parametrize("typed", ["49,90", "49.90"])
def test_an_amount_is_typed_as_the_agent_s_language_writes_it(
    desk_client: Client, agent: Agent, ticket: Ticket, typed: str
) -> None:
    agent.user.language = "it"
    agent.user.save()
    act(
        desk_client,
        "ticket_promise",
        ticket,
        {"kind": "refund", "amount": typed, "currency": "EUR", "due_at": "2026-11-26T12:00"},
    )
    assert ticket.promises.get().amount == Decimal("49.90")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"kind": "refund", "due_at": "2026-11-26T12:00"}, "Say how much will be refunded."),
        ({"kind": "update", "due_at": "2026-11-20T12:00"}, "A promise needs a date that is still to come."),
        ({"kind": "update", "due_at": "2206-11-26T12:00"}, "That date is more than two years away."),
        ({"kind": "update", "due_at": "9999-12-31T23:59"}, "That date is more than two years away."),
        (
            {"kind": "refund", "amount": "5", "due_at": "2026-11-26T12:00"},
            "An amount has to be above zero and needs a currency.",
        ),
    ],
)
def test_a_promise_that_cannot_be_made_is_explained(
    data: dict[str, str], reason: str, desk_client: Client, ticket: Ticket
) -> None:
    response = act(desk_client, "ticket_promise", ticket, data)
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert not ticket.promises.exists()


@pytest.fixture
def owed(agent: Agent, ticket: Ticket, now: datetime) -> Promise:
    return lifecycle.promise(ticket, kind="update", due_at=now + timedelta(days=1), by=acting(agent), at=now)


@pytest.mark.parametrize(("button", "state"), [("keep", "kept"), ("withdraw", "withdrawn")])
def test_a_promise_ends_with_words_on_how(
    button: str, state: str, desk_client: Client, ticket: Ticket, owed: Promise
) -> None:
    act(desk_client, "ticket_keep_promise", ticket, {"words": "Transfer 4711", button: "1"}, owed.pk)
    owed.refresh_from_db()
    assert (owed.state, owed.evidence) == (state, "Transfer 4711")


def test_a_promise_does_not_end_without_words(desk_client: Client, ticket: Ticket, owed: Promise) -> None:
    response = act(desk_client, "ticket_keep_promise", ticket, {"words": "", "keep": "1"}, owed.pk)
    owed.refresh_from_db()
    assert (response.status_code, owed.state) == (422, "open")


def test_a_promise_is_not_ended_from_another_ticket(desk_client: Client, owed: Promise, charlie: Customer) -> None:
    other = open_ticket(charlie)
    assert act(desk_client, "ticket_keep_promise", other, {"words": "x", "keep": "1"}, owed.pk).status_code == 404


# --- Up and down the ladder -------------------------------------------------------------------------------------------


def test_escalating_hands_the_note_to_the_next_tier(desk_client: Client, senior: Agent, ticket: Ticket) -> None:
    tier = EscalationTier.objects.get(level=2)
    note = {"known": "Weak pump", "tried": "Filter", "expected": "A date", "promised": ""}
    act(desk_client, "ticket_escalate", ticket, {"tier": tier.pk, **note})
    escalation = ticket.escalations.get()
    assert (ticket.tier, ticket.assignee) == (tier, senior)
    assert (escalation.known, escalation.tried, escalation.expected) == ("Weak pump", "Filter", "A date")


def test_the_note_begins_with_what_is_promised(desk_client: Client, ticket: Ticket, owed: Promise) -> None:
    form = desk_client.get(reverse("admin:ticket_escalate", args=[ticket.reference])).context["form"]
    assert form["promised"].value() == "News, by Tuesday 24 November, 09:00"


def test_escalating_without_what_is_known_is_refused_and_keeps_the_rest(desk_client: Client, ticket: Ticket) -> None:
    tier = EscalationTier.objects.get(level=2)
    response = act(desk_client, "ticket_escalate", ticket, {"tier": tier.pk, "known": "", "expected": "A date"})
    assert response.status_code == 422
    assert "A date</textarea>" in response.content.decode()
    assert ticket.tier.level == 1


def test_the_case_comes_down_again(
    desk_client: Client, agent: Agent, senior: Agent, ticket: Ticket, now: datetime
) -> None:
    note = lifecycle.HandOver(known="Weak pump", expected="A date")
    lifecycle.escalate(ticket, note=note, by=acting(agent), at=now)
    act(desk_client, "ticket_hand_back", ticket, {"tier": agent.tier.pk, "known": "Ordered"})
    assert ticket.tier == agent.tier


def test_at_the_end_of_the_ladder_the_page_says_so(desk_client: Client, ticket: Ticket) -> None:
    page = desk_client.get(reverse("admin:ticket_hand_back", args=[ticket.reference])).content.decode()
    assert "there is no tier further in this direction" in page
