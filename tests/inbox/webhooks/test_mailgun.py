"""Mailgun signs a moment and a token, and nothing of what it tells."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from tests.inbox.webhooks import calls
from tests.inbox.webhooks.calls import Call
from tickets.inbox.models import RawMail
from tickets.models import OutgoingMail

Post = Callable[[Call], HttpResponse]

HALF_A_CHARACTER = b'{"event-data": {}, "signature": {"timestamp": "1", "token": "\\ud800", "signature": "\\ud800"}}'


def test_the_signature_alone_will_do(mounted: Any, post: Post) -> None:
    del mounted.ANYMAIL["WEBHOOK_SECRET"]
    assert post(calls.mailgun_mail()).status_code == 200


@pytest.mark.parametrize(
    "signature",
    [
        calls.mailgun_signature("another key"),
        calls.mailgun_signature(age=timedelta(hours=13)),
        calls.mailgun_signature(age=-timedelta(hours=1)),
        {**calls.mailgun_signature(), "timestamp": "yesterday"},
        {**calls.mailgun_signature(), "token": "another"},
        {**calls.mailgun_signature(), "signature": "ünknown"},
        {**calls.mailgun_signature(), "signature": ""},
    ],
    ids=["another key", "too old", "of tomorrow", "of no time", "another token", "no digits", "empty"],
)
def test_a_signature_that_does_not_hold_is_refused(post: Post, mail: OutgoingMail, signature: dict[str, str]) -> None:
    assert post(calls.mailgun_mail(signature=signature)).status_code == 400
    assert post(calls.mailgun_report("delivered", mail, signature=signature)).status_code == 400
    assert (RawMail.objects.count(), mail.events.count()) == (0, 0)


@pytest.mark.parametrize(
    ("path", "body", "content_type"),
    [
        ("inbound/mime", b"", "multipart/form-data; boundary=x"),
        ("inbound/mime", b"", "multipart/form-data; boundary*=nowhere''x"),
        ("inbound/mime", b"&" * 5000 + b"a=1" * 2, "application/x-www-form-urlencoded"),
        ("inbound/mime", b"{}", "application/json"),
        ("tracking/", b"{}", "application/json"),
        ("tracking/", b"[]", "application/json"),
        ("tracking/", b"\xff", "application/json"),
        ("tracking/", b'{"signature": 1}', "application/json"),
        ("tracking/", b'{"signature": ' + b"[" * 500_000, "application/json"),
        ("tracking/", HALF_A_CHARACTER, "application/json"),
        ("tracking/", b"event=delivered", "application/x-www-form-urlencoded"),
    ],
)
def test_what_a_stranger_makes_up_is_refused(
    mounted: Any, post: Post, path: str, body: bytes, content_type: str
) -> None:
    del mounted.ANYMAIL["WEBHOOK_SECRET"]
    assert post(Call(f"/mail/hooks/mailgun/{path}", body, content_type)).status_code == 400


def test_a_call_after_eight_hours_of_trouble_is_still_believed(post: Post) -> None:
    assert post(calls.mailgun_mail(signature=calls.mailgun_signature(age=timedelta(hours=8)))).status_code == 200


def test_a_signature_that_somebody_saw_is_good_for_nothing_else(post: Post, mail: OutgoingMail) -> None:
    seen = calls.mailgun_signature()
    post(calls.mailgun_mail(signature=seen))
    assert post(calls.mailgun_mail(b"Subject: forged\r\n\r\n", signature=seen)).status_code == 400
    assert post(calls.mailgun_report("complained", mail, signature=seen)).status_code == 400
    assert (RawMail.objects.count(), mail.events.count()) == (1, 0)


def test_the_same_call_again_is_believed_for_as_long(post: Post) -> None:
    seen = calls.mailgun_signature()
    assert [post(calls.mailgun_mail(signature=seen)).status_code for _ in range(2)] == [200, 200]


def test_a_route_that_takes_the_message_apart_finds_no_door(post: Post) -> None:
    assert post(Call("/mail/hooks/mailgun/inbound/", b"")).status_code == 404
