"""Writing again, opening again, and saying that it is solved."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.attachments.crafted import PROGRAM
from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.errors import NotAllowed
from tickets.models import Agent, Customer, IntakeDraft, Ticket


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def solved(ticket: Ticket, agent: Agent, now: datetime) -> Ticket:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    return ticket


@pytest.fixture
def closed(solved: Ticket, agent: Agent, now: datetime) -> Ticket:
    lifecycle.close(solved, by=acting(agent), at=now)
    return solved


def address(view: str, ticket: Ticket) -> str:
    return reverse(f"conversations:{view}", args=[ticket.reference])


def written(ticket: Ticket) -> list[str]:
    return list(ticket.messages.order_by("pk").values_list("text", flat=True))


def test_a_message_is_put_on_record(hers: Client, ticket: Ticket) -> None:
    response = hers.post(address("reply", ticket), {"text": "It is\r\nback."})
    assert response.url == address("case", ticket)
    assert written(ticket) == ["It stops with E04.", "It is\nback."]


@pytest.mark.parametrize("text", [" ", "\u200b\u2060\u200f"])
def test_an_empty_message_is_refused_beside_the_field(hers: Client, ticket: Ticket, text: str) -> None:
    page = hers.post(address("reply", ticket), {"text": text}).content.decode()
    assert '<a class="more" href="#id_text">Fill in “Write to Marta”.</a>' in page
    assert len(written(ticket)) == 1


def test_files_go_with_the_message(hers: Client, ticket: Ticket, photo: bytes) -> None:
    hers.post(address("reply", ticket), {"text": "See.", "files": SimpleUploadedFile("display.png", photo)})
    assert [file.name for file in ticket.messages.get(text="See.").attachments.all()] == ["display.png"]
    assert not IntakeDraft.objects.exists()


def test_a_refused_file_holds_the_message_back_and_keeps_the_text_and_the_good_file(
    hers: Client, ticket: Ticket, photo: bytes
) -> None:
    files = [SimpleUploadedFile("display.png", photo), SimpleUploadedFile("brio-log.exe", PROGRAM)]
    page = hers.post(address("reply", ticket), {"text": "See both.", "files": files}).content.decode()
    assert len(written(ticket)) == 1
    assert "See both.</textarea>" in page
    assert "The file is a program or a script" in page
    assert "Everything you typed and 1 file are kept." in page


def test_the_kept_file_goes_with_the_next_try(hers: Client, ticket: Ticket, photo: bytes) -> None:
    files = [SimpleUploadedFile("display.png", photo), SimpleUploadedFile("brio-log.exe", PROGRAM)]
    hers.post(address("reply", ticket), {"text": "See both.", "files": files})
    hers.post(address("reply", ticket), {"text": "See this."})
    assert [file.name for file in ticket.messages.get(text="See this.").attachments.all()] == ["display.png"]


def test_a_kept_file_can_be_taken_off_and_the_text_stays(hers: Client, ticket: Ticket, photo: bytes) -> None:
    files = [SimpleUploadedFile("display.png", photo), SimpleUploadedFile("brio-log.exe", PROGRAM)]
    hers.post(address("reply", ticket), {"text": "See both.", "files": files})
    kept = IntakeDraft.objects.get().attachments.get()
    page = hers.post(address("reply", ticket), {"text": "No picture.", "remove": str(kept.pk)}).content.decode()
    assert "No picture.</textarea>" in page
    assert "display.png" not in page


def test_an_answer_that_waits_for_a_file_is_no_request_on_the_start_page(
    hers: Client, ticket: Ticket, photo: bytes
) -> None:
    hers.post(address("reply", ticket), {"text": "", "files": SimpleUploadedFile("display.png", photo)})
    assert list(hers.get("/").context["unsent"]) == []


def test_a_second_click_sends_nothing(hers: Client, ticket: Ticket) -> None:
    for _ in range(2):
        hers.post(address("reply", ticket), {"text": "It is back.", "seen": ticket.last_message_id})
    assert written(ticket) == ["It stops with E04.", "It is back."]


def test_the_same_words_may_be_sent_again_later(hers: Client, ticket: Ticket) -> None:
    hers.post(address("reply", ticket), {"text": "Hello?", "seen": ticket.last_message_id})
    ticket.refresh_from_db()
    hers.post(address("reply", ticket), {"text": "Hello?", "seen": ticket.last_message_id})
    assert written(ticket) == ["It stops with E04.", "Hello?", "Hello?"]


@pytest.mark.parametrize("view", ["reply", "reopen", "confirm_solved"])
def test_reloading_the_address_of_an_act_shows_the_request(hers: Client, ticket: Ticket, view: str) -> None:
    assert hers.get(address(view, ticket)).url == address("case", ticket)


@pytest.mark.parametrize("view", ["reply", "reopen", "confirm_solved"])
def test_nobody_acts_on_somebody_elses_request(
    bob: Customer, sign_in: Callable[[Any], Client], ticket: Ticket, view: str
) -> None:
    response = sign_in(bob).post(address(view, ticket), {"text": "Hello"})
    ticket.refresh_from_db()
    assert (response.status_code, ticket.status, len(written(ticket))) == (404, "new", 1)


def test_a_solved_request_is_opened_again_with_a_reason(hers: Client, solved: Ticket) -> None:
    hers.post(address("reopen", solved), {"text": "It is back."})
    solved.refresh_from_db()
    assert (solved.status, solved.reopened_count, written(solved)[-1]) == ("open", 1, "It is back.")


def test_it_is_not_opened_again_without_a_word(hers: Client, solved: Ticket) -> None:
    page = hers.post(address("reopen", solved), {"text": ""}).content.decode()
    solved.refresh_from_db()
    assert solved.status == "resolved"
    assert "Fill in “What is not solved yet?”." in page


def test_writing_on_a_closed_request_opens_a_linked_one(hers: Client, closed: Ticket) -> None:
    response = hers.post(address("reply", closed), {"text": "It is back."})
    follow_up = closed.follow_ups.get()
    assert response.url == address("sent", follow_up)
    assert closed.reference in hers.get(address("case", follow_up)).content.decode()
    assert follow_up.reference in hers.get(address("case", closed)).content.decode()


def test_the_customer_says_that_it_is_solved(hers: Client, ticket: Ticket) -> None:
    response = hers.post(address("confirm_solved", ticket), follow=True)
    ticket.refresh_from_db()
    assert ticket.status == "resolved"
    assert "Thank you for telling us that it is solved." in response.content.decode()


def test_what_the_desk_does_not_allow_is_said_in_its_words(hers: Client, closed: Ticket) -> None:
    response = hers.post(address("confirm_solved", closed), follow=True)
    assert "This request is closed already." in response.content.decode()


def test_a_message_that_the_desk_does_not_take_is_kept_in_the_field(
    hers: Client, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise NotAllowed("Not now.")

    monkeypatch.setattr(lifecycle, "receive_customer_message", refuse)
    page = hers.post(address("reply", ticket), {"text": "It is back."}).content.decode()
    assert "<li>Not now.</li>" in page
    assert "It is back.</textarea>" in page
