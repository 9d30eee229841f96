"""The page of one request, and its files."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertNumQueries

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.attachments import actions as attachments
from tickets.attachments import limits
from tickets.audit.actor import Actor
from tickets.desk.statuses import Status
from tickets.models import Agent, Attachment, Customer, IntakeAnswer, IntakeField, Promise, Rating, Ticket


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice, impact="blocked")


@pytest.fixture(autouse=True)
def _at_the_beginning(time_machine: Any, now: datetime) -> None:
    time_machine.move_to(now)


def case(ticket: Ticket) -> str:
    return reverse("conversations:case", args=[ticket.reference])


def received(name: str, content: bytes, now: datetime) -> Attachment:
    file, _verdict = attachments.receive(name, BytesIO(content), limits=limits.current(), at=now)
    assert file
    return file


# --- Finding it -------------------------------------------------------------------------------------------------------


def test_somebody_elses_request_is_not_there(bob: Customer, sign_in: Callable[[Any], Client], ticket: Ticket) -> None:
    assert sign_in(bob).get(case(ticket)).status_code == 404


@pytest.mark.parametrize("reference", ["nonsense", "ZZZZ-ZZZZ", "%00"])
def test_what_is_no_reference_is_not_there(hers: Client, desk: None, reference: str) -> None:
    assert hers.get(f"/requests/{reference}/").status_code == 404


def test_a_reference_may_be_typed_in_any_way(hers: Client, ticket: Ticket) -> None:
    typed = ticket.reference.replace("-", "").lower()
    assert hers.get(f"/requests/{typed}/").url == case(ticket)


def test_strangers_are_asked_to_sign_in(client: Client, ticket: Ticket) -> None:
    assert client.get(case(ticket)).url.startswith("/accounts/login/?next=")


# --- Where it stands --------------------------------------------------------------------------------------------------


def test_it_says_who_has_it_and_by_when_we_answer(hers: Client, ticket: Ticket) -> None:
    page = hers.get(case(ticket)).content.decode()
    for shown in ("We have it", "Marta Rinaldi", "Customer care", "We will answer by", "Monday 23 November, 13:00"):
        assert shown in page


def test_it_says_when_it_is_the_customers_turn(hers: Client, ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.reply(ticket, text="Which serial number?", by=acting(agent), at=now)
    page = hers.get(case(ticket)).content.decode()
    assert "Marta is waiting for you" in page
    assert "We will answer by" not in page


def test_it_admits_that_we_are_late(hers: Client, ticket: Ticket, now: datetime, time_machine: Any) -> None:
    time_machine.move_to(now + timedelta(hours=5))
    page = hers.get(case(ticket)).content.decode()
    assert "We promised an answer by" in page
    assert "We are late, and we are sorry" in page


def test_it_shows_the_answers_to_the_guided_questions(hers: Client, ticket: Ticket) -> None:
    question = IntakeField.objects.get(key="tried")
    question.kind = IntakeField.Kind.DATE
    question.save()
    IntakeAnswer.objects.create(ticket=ticket, field=question, value="2026-11-21")
    assert "21 November 2026" in hers.get(case(ticket)).content.decode()


# --- What we owe ------------------------------------------------------------------------------------------------------


@pytest.fixture
def refund(ticket: Ticket, agent: Agent, now: datetime) -> Promise:
    return lifecycle.promise(
        ticket,
        kind="refund",
        amount=Decimal("49.90"),
        currency="EUR",
        due_at=now + timedelta(days=7),
        terms="Paid back to your card.",
        by=acting(agent),
        at=now,
    )


def test_a_promise_stands_there_with_amount_date_and_terms(hers: Client, ticket: Ticket, refund: Promise) -> None:
    page = hers.get(case(ticket)).content.decode()
    for shown in ("We owe you", "Refund of €49.90 by Monday 30 November", "Paid back to your card.", "Open, on time"):
        assert shown in page


def test_a_kept_promise_says_how_we_know(
    hers: Client, ticket: Ticket, refund: Promise, agent: Agent, now: datetime
) -> None:
    lifecycle.keep_promise(refund, by=acting(agent), at=now + timedelta(days=1), evidence="Transfer 4711")
    page = hers.get(case(ticket)).content.decode()
    for shown in ("We owed you", "Kept on Tuesday 24 November", "Transfer 4711"):
        assert shown in page


def test_a_withdrawn_promise_is_no_debt(
    hers: Client, ticket: Ticket, refund: Promise, agent: Agent, now: datetime
) -> None:
    lifecycle.withdraw_promise(refund, by=acting(agent), at=now, reason="Replaced instead")
    page = hers.get(case(ticket)).content.decode()
    assert "Withdrawn on Monday 23 November: Refund" in page
    assert "Replaced instead" in page
    assert 'class="stub"' not in page


def test_a_promise_that_was_not_kept_says_so(hers: Client, ticket: Ticket, refund: Promise) -> None:
    lifecycle.break_promises(at=refund.due_at)
    page = hers.get(case(ticket)).content.decode()
    for shown in ("We owe you", "Refund of €49.90", "Not kept in time. We are on it."):
        assert shown in page


def test_a_promise_that_was_kept_late_does_not_pretend(
    hers: Client, ticket: Ticket, refund: Promise, agent: Agent
) -> None:
    lifecycle.keep_promise(refund, by=acting(agent), at=refund.due_at + timedelta(days=1), evidence="Transfer 4711")
    assert "Kept on Tuesday 1 December, later than we promised" in hers.get(case(ticket)).content.decode()


def test_a_solved_request_still_shows_what_is_owed_and_by_whom(
    hers: Client, alice: Customer, ticket: Ticket, refund: Promise, now: datetime
) -> None:
    hers.post(reverse("conversations:confirm_solved", args=[ticket.reference]))
    page = hers.get(case(ticket)).content.decode()
    for shown in ("This request is solved", "Refund of €49.90", "keeps it, even when this request is solved."):
        assert shown in page


def test_the_note_for_whoever_keeps_it_is_the_desk_s_own(
    hers: Client, ticket: Ticket, refund: Promise, agent: Agent, now: datetime
) -> None:
    lifecycle.hand_over_promise(refund, to=agent, note="Mind the double charge.", by=acting(agent), at=now)
    assert "Mind the double charge." not in hers.get(case(ticket)).content.decode()


# --- What was said ----------------------------------------------------------------------------------------------------


def test_messages_name_their_author_and_carry_their_language(
    hers: Client, ticket: Ticket, agent: Agent, now: datetime
) -> None:
    lifecycle.reply(ticket, text="Provi così.", by=acting(agent), at=now + timedelta(hours=1), language="it")
    page = hers.get(case(ticket)).content.decode()
    assert "<bdi>Marta Rinaldi</bdi>" in page
    assert '<div class="stack" lang="it" dir="auto"><p>Provi così.</p></div>' in page


def test_internal_notes_are_not_shown(hers: Client, ticket: Ticket, agent: Agent, now: datetime) -> None:
    file = received("secret.txt", b"words", now)
    lifecycle.add_note(ticket, text="Sounds like a weak pump.", by=acting(agent), at=now, files=[file])
    page = hers.get(case(ticket)).content.decode()
    assert "weak pump" not in page
    assert reverse("conversations:file", args=[file.pk]) not in page


def test_what_somebody_wrote_is_text_and_never_markup(hers: Client, alice: Customer) -> None:
    ticket = open_ticket(alice, subject="<b>Bold</b>", text="<script>alert(1)</script>")
    page = hers.get(case(ticket)).content.decode()
    assert "<script>alert" not in page
    assert "<b>Bold" not in page


def test_events_stand_between_the_messages_in_the_order_of_time(
    hers: Client, ticket: Ticket, agent: Agent, now: datetime
) -> None:
    lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now + timedelta(hours=1))
    told = [
        entry.message.text if entry.message else entry.event.code for entry in hers.get(case(ticket)).context["thread"]
    ]
    assert told == ["It stops with E04.", "opened", "routed", "Try this."]


def test_the_record_below_leaves_nothing_out(hers: Client, ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now + timedelta(hours=1))
    codes = [line.code for line in hers.get(case(ticket)).context["record"]]
    assert codes == ["opened", "routed", "replied", "status_changed"]


def test_a_hand_over_is_one_line(hers: Client, ticket: Ticket, agent: Agent, senior: Agent, now: datetime) -> None:
    note = lifecycle.HandOver(known="E04", expected="It works again")
    lifecycle.escalate(ticket, note=note, by=acting(agent), at=now + timedelta(hours=1))
    events = [entry.event.code for entry in hers.get(case(ticket)).context["thread"] if entry.event]
    assert events == ["opened", "routed", "escalated"]


def test_the_number_of_queries_does_not_grow_with_the_conversation(
    hers: Client, ticket: Ticket, alice: Customer, agent: Agent, now: datetime, django_assert_max_num_queries: Any
) -> None:
    def talk(times: int) -> None:
        for _ in range(times):
            file = received("words.txt", b"words", now)
            lifecycle.reply(ticket, text="Which one?", by=acting(agent), at=now, files=[file])
            lifecycle.receive_customer_message(ticket, text="This.", by=Actor.of(alice.user), at=now)

    talk(1)
    hers.get(case(ticket))
    with django_assert_max_num_queries(25) as few:
        hers.get(case(ticket))
    talk(4)
    with assertNumQueries(len(few)):
        hers.get(case(ticket))


# --- The end ----------------------------------------------------------------------------------------------------------


def test_a_solved_request_asks_for_a_rating_and_says_until_when_it_stays_open(
    hers: Client, ticket: Ticket, agent: Agent, now: datetime
) -> None:
    lifecycle.reply(ticket, text="Done.", by=acting(agent), at=now, status=Status.RESOLVED)
    page = hers.get(case(ticket)).content.decode()
    assert "/rate/" in page
    assert "Closes on" in page
    assert "Monday 30 November" in page
    assert f'action="{reverse("conversations:reopen", args=[ticket.reference])}"' in page


def test_a_rating_that_was_given_is_shown(hers: Client, ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    Rating.objects.create(ticket=ticket, stars=4, at=now)
    assert "You gave us 4 of 5." in hers.get(case(ticket)).content.decode()


def test_a_closed_request_says_that_writing_opens_another(
    hers: Client, ticket: Ticket, agent: Agent, now: datetime
) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    lifecycle.close(ticket, by=acting(agent), at=now)
    assert "your message opens a new request that is linked to this one" in hers.get(case(ticket)).content.decode()


# --- Files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(ticket: Ticket, agent: Agent, now: datetime, photo: bytes) -> Attachment:
    file = received("manual.png", photo, now)
    lifecycle.reply(ticket, text="See the picture.", by=acting(agent), at=now, files=[file])
    return file


@pytest.mark.parametrize("view", ["file", "preview"])
def test_files_come_to_those_who_may_read_the_request(hers: Client, file: Attachment, view: str) -> None:
    response = hers.get(reverse(f"conversations:{view}", args=[file.pk]))
    assert (response.status_code, bool(b"".join(response.streaming_content))) == (200, True)


@pytest.mark.parametrize("view", ["file", "preview"])
def test_somebody_elses_file_is_not_there(
    bob: Customer, sign_in: Callable[[Any], Client], file: Attachment, view: str
) -> None:
    assert sign_in(bob).get(reverse(f"conversations:{view}", args=[file.pk])).status_code == 404


def test_the_file_of_an_internal_note_is_not_there(hers: Client, ticket: Ticket, agent: Agent, now: datetime) -> None:
    file = received("secret.txt", b"words", now)
    lifecycle.add_note(ticket, text="Look.", by=acting(agent), at=now, files=[file])
    assert hers.get(reverse("conversations:file", args=[file.pk])).status_code == 404
