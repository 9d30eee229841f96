"""Mail that providers hand over: kept as it came, once, from nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.storage import Storage
from django.db import DatabaseError
from django.http import HttpResponse
from django.utils import timezone

from tests.inbox.webhooks import calls
from tests.inbox.webhooks.calls import RAW, RECIPIENT, SENDER, Call
from tickets.inbox.models import RawMail
from tickets.inbox.process import process_waiting
from tickets.models import Customer, OutgoingMail
from tickets.outbox import identifiers

Post = Callable[[Call], HttpResponse]

RAW_FROM = {
    "amazon_ses": calls.ses_mail,
    "mailgun": calls.mailgun_mail,
    "postmark": calls.postmark_mail,
    "sendgrid": calls.sendgrid_mail,
}
EVERY = [*RAW_FROM.values(), calls.brevo_mail]


@pytest.mark.parametrize(("name", "call"), RAW_FROM.items())
def test_a_message_is_kept_byte_by_byte(post: Post, name: str, call: Callable[[], Call]) -> None:
    assert post(call()).status_code == 200
    kept = RawMail.objects.get()
    assert (kept.mailbox, kept.file.read()) == (name, RAW)
    assert (kept.envelope_sender, kept.envelope_recipients) == (SENDER, [RECIPIENT])


@pytest.mark.parametrize("call", [calls.mailgun_mail, calls.mailgun_small_mail, calls.sendgrid_mail, calls.ses_mail])
def test_bytes_that_are_no_text_survive(post: Post, call: Callable[[bytes], Call]) -> None:
    raw = b"Subject: =?iso-8859-1?q?caff=E8?=\r\n\r\n" + bytes(range(256)) + b"\n--not a boundary\r\n\r\n"
    post(call(raw))
    assert RawMail.objects.get().file.read() == raw


def test_the_empty_sender_of_a_bounce_is_known_as_that(post: Post) -> None:
    post(calls.postmark_mail().tampered(f"<{SENDER}>".encode(), b"<>"))
    assert RawMail.objects.get().envelope_sender == ""


def test_a_return_path_that_anybody_may_have_written_is_not_the_envelope(post: Post) -> None:
    call = calls.postmark_mail().tampered(b'"Headers": [', b'"Headers": [{"Name": "X-First", "Value": "1"}, ')
    post(call)
    assert RawMail.objects.get().envelope_sender is None


@pytest.mark.parametrize("call", EVERY)
def test_the_same_message_twice_is_one(post: Post, call: Callable[[], Call]) -> None:
    assert [post(call()).status_code, post(call()).status_code] == [200, 200]
    assert RawMail.objects.count() == 1


@pytest.mark.parametrize("call", EVERY)
def test_trouble_with_the_storage_makes_the_provider_call_again(
    post: Post, call: Callable[[], Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: Any, **_kwargs: Any) -> str:
        raise OSError("No space left on device")

    it = call()
    with monkeypatch.context() as broken:
        broken.setattr(Storage, "save", full)
        assert post(it).status_code == 500
    assert RawMail.objects.count() == 0
    assert post(it).status_code == 200
    assert RawMail.objects.count() == 1


def test_trouble_with_the_database_makes_the_provider_call_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: Any, **_kwargs: Any) -> None:
        raise DatabaseError("The server closed the connection.")

    monkeypatch.setattr(RawMail, "save", gone)
    assert post(calls.postmark_mail()).status_code == 500


@pytest.mark.parametrize("call", [calls.postmark_mail, calls.sendgrid_mail, calls.ses_mail, calls.brevo_mail])
@pytest.mark.parametrize("secret", ["desk:wrong", "", "desk"])
def test_a_wrong_password_is_refused(post: Post, call: Callable[[], Call], secret: str) -> None:
    answer = post(call().authorized(secret))
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="mail"')
    assert not RawMail.objects.exists()


@pytest.mark.parametrize("call", EVERY)
def test_a_door_without_a_secret_stays_shut(mounted: Any, post: Post, call: Callable[[], Call]) -> None:
    it = call()
    mounted.ANYMAIL = {"BREVO_API_KEY": "brevo-key"}
    assert post(it).status_code == 500
    assert not RawMail.objects.exists()


@pytest.mark.parametrize("call", [calls.mailgun_mail, calls.postmark_mail, calls.sendgrid_mail, calls.brevo_mail])
def test_a_call_that_is_too_long_is_refused_unread(mounted: Any, post: Post, call: Callable[[], Call]) -> None:
    mounted.INBOUND_MAX_BYTES = 100
    assert post(call()).status_code == 413
    assert not RawMail.objects.exists()


def test_a_message_with_photographs_is_more_than_django_takes_in_a_form(mounted: Any, post: Post) -> None:
    raw = RAW + b"x" * (mounted.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    for call in (calls.mailgun_mail, calls.mailgun_small_mail, calls.sendgrid_mail, calls.postmark_mail):
        RawMail.objects.all().delete()
        assert post(call(raw)).status_code == 200
        assert RawMail.objects.get().size == len(raw)


@pytest.mark.parametrize(
    "call",
    [
        calls.postmark_mail().tampered(b'"RawEmail"', b'"Raw"'),
        calls.sendgrid_mail().tampered(b'name="email"', b'name="text"'),
        calls.Call("/mail/hooks/postmark/inbound/", b"no JSON").authorized(),
    ],
)
def test_a_shape_that_we_do_not_know_may_come_again(post: Post, call: Call) -> None:
    assert post(call).status_code == 500


def test_a_provider_gets_no_cookie_and_no_session(post: Post) -> None:
    answer = post(calls.postmark_mail())
    assert (dict(answer.cookies), Session.objects.count()) == ({}, 0)


def test_a_browser_finds_nothing_to_read(post: Post, client: Any) -> None:
    assert client.get("/mail/hooks/postmark/inbound/").status_code == 405


@pytest.mark.parametrize("call", RAW_FROM.values(), ids=RAW_FROM)
def test_an_answer_comes_home_to_its_ticket(
    post: Post, mail: OutgoingMail, alice: Customer, call: Callable[[bytes], Call]
) -> None:
    """From a customer whose provider put a Message-ID of its own in place of ours: the address says it all."""
    assert mail.ticket
    answers_to = identifiers.reply_address(mail.ticket.pk, mail.pk)
    lines = [
        f"From: {alice.email}",
        f"To: {answers_to}",
        "Subject: Re: Your request",
        "Message-ID: <answer@example.com>",
        "In-Reply-To: <0102019a-4711-000000@eu-west-1.amazonses.com>",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "It works again, grazie è tutto.",
    ]
    post(call("\r\n".join(lines).encode()))
    process_waiting(at=timezone.now())
    assert mail.ticket.messages.order_by("pk").last().text.strip() == "It works again, grazie è tutto."
