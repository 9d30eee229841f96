"""Two clicks at the same moment, in two connections. SQLite in memory has one, so this runs on PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from tests.factories import open_ticket
from tickets.models import Customer, IntakeDraft, PolicyVersion, Ticket

CLICKS = 4

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection"),
]


@pytest.fixture
def click(sign_in: Callable[[Any], Client], alice: Customer) -> Callable[..., list[str]]:
    """Post the same data several times at once; returns where each answer leads."""

    def post(address: str, data: dict[str, Any]) -> list[str]:
        together = Barrier(CLICKS)

        def once(browser: Client) -> str:
            together.wait()
            try:
                return browser.post(address, data).url
            finally:
                connections.close_all()

        browsers = [sign_in(alice) for _ in range(CLICKS)]
        with ThreadPoolExecutor(CLICKS) as threads:
            return list(threads.map(once, browsers))

    return post


def test_a_request_is_opened_once(click: Callable[..., list[str]], draft: IntakeDraft, answers: dict[str, str]) -> None:
    draft.answers = answers
    draft.save()
    notice = PolicyVersion.objects.get()
    led = click(reverse("conversations:new_check", args=[draft.pk]), {"notice": notice.pk})
    requests = reverse("conversations:requests")
    assert sorted(led) == sorted(
        [requests] * 3 + [reverse("conversations:sent", args=[Ticket.objects.get().reference])]
    )


def test_a_message_is_sent_once(click: Callable[..., list[str]], alice: Customer) -> None:
    ticket = open_ticket(alice)
    click(reverse("conversations:reply", args=[ticket.reference]), {"text": "Hello", "seen": ticket.last_message_id})
    assert ticket.messages.filter(text="Hello").count() == 1
