"""Brevo tells what it understood of a message, and we make one of that."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from django.http import HttpResponse

from tests.inbox.webhooks import calls
from tests.inbox.webhooks.calls import Call, brevo_item
from tickets.inbox.models import RawMail
from tickets.inbox.parse import ParsedMail, parse

Post = Callable[[Call], HttpResponse]

FILE = {"Name": "Küche.png", "ContentType": "image/png", "ContentLength": 4, "ContentID": None, "DownloadToken": "a/b"}


class Answer:
    content = b"\x89PNG"

    def raise_for_status(self) -> None:
        pass


@pytest.fixture
def files(post: Post, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Brevo's files; the list tells which were asked for, and with which key."""
    asked: list[tuple[str, str]] = []

    def get(address: str, *, headers: dict[str, str], timeout: int) -> Answer:
        asked.append((address, headers["api-key"]))
        return Answer()

    monkeypatch.setattr(requests, "get", get)
    return asked


def kept() -> ParsedMail:
    return parse(RawMail.objects.get().file.read())


def test_headers_and_words_are_those_of_the_message(post: Post) -> None:
    post(calls.brevo_mail())
    mail = kept()
    assert (mail.sender, mail.sender_name, mail.subject) == ("alice@example.com", "Álice Byrne", "Caffè")
    assert (mail.text.strip(), mail.message_id) == ("Una tazza di caffè.", "<one@example.com>")
    assert RawMail.objects.get().file.read().count(b"Received: by ") == 2


def test_files_are_fetched_by_their_tokens(post: Post, files: list[tuple[str, str]]) -> None:
    post(calls.brevo_mail(brevo_item(Attachments=[FILE])))
    assert files == [("https://api.brevo.com/v3/inbound/attachments/a%2Fb", "brevo-key")]
    assert [(file.name, file.content_type, file.content) for file in kept().attachments] == [
        ("Küche.png", "image/png", b"\x89PNG")
    ]


def test_a_message_with_files_comes_twice_as_the_same(post: Post, files: list[tuple[str, str]]) -> None:
    call = calls.brevo_mail(brevo_item(Attachments=[FILE]))
    post(call)
    post(call)
    assert RawMail.objects.count() == 1


@pytest.mark.parametrize("kind", ["message/rfc822", "multipart/mixed", "image/png\r\nX-Evil: 1", "", None])
def test_a_file_stays_a_file_whatever_it_is_called(post: Post, files: list[tuple[str, str]], kind: Any) -> None:
    post(calls.brevo_mail(brevo_item(Attachments=[{**FILE, "ContentType": kind}])))
    [file] = kept().attachments
    assert (file.content_type, file.content) == ("application/octet-stream", b"\x89PNG")


def test_what_stands_in_headers_makes_no_further_headers(post: Post) -> None:
    headers = {
        "From": "alice@example.com",
        "Subject": "One\r\nBcc: eve@example.com",
        "X-A\r\nX-B": "1",
        "Bad name": "1",
    }
    post(calls.brevo_mail(brevo_item(Headers=headers)))
    raw = RawMail.objects.get().file.read()
    assert b"\r\nBcc:" not in raw
    assert b"X-B" not in raw
    assert kept().subject == "One Bcc: eve@example.com"


def test_half_a_character_is_no_reason_to_lose_a_message(post: Post) -> None:
    item = brevo_item(RawTextBody="half: \ud83d", RawHtmlBody="", Headers={"Subject": "half: \ud83d"})
    assert post(calls.brevo_mail(item)).status_code == 200
    assert kept().text.strip() == "half: ?"


def test_a_file_that_cannot_be_had_may_be_asked_for_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_args: Any, **_kwargs: Any) -> None:
        raise requests.ConnectionError

    monkeypatch.setattr(requests, "get", no_network)
    assert post(calls.brevo_mail(brevo_item(Attachments=[FILE]))).status_code == 500
    assert not RawMail.objects.exists()


def test_several_messages_in_one_call_are_several(post: Post) -> None:
    post(calls.brevo_mail(brevo_item(), brevo_item(RawTextBody="Another.")))
    assert RawMail.objects.count() == 2
