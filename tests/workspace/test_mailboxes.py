"""Leads see how far each mailbox is read, what is wrong with it, and have it looked into at once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tickets.inbox.imap.tasks import poll_mailbox, poll_mailboxes
from tickets.models import Mailbox

LIST = reverse("admin:tickets_mailbox_changelist")
START = reverse("admin:index")
TROUBLE = "A mailbox does not answer"


@pytest.fixture
def mailbox(settings: Any, now: datetime, db: None) -> Mailbox:
    # Nobody listens on port 1.
    reach = {
        "scheme": "imap",
        "host": "127.0.0.1",
        "port": 1,
        "user": "a",
        "password": "b",
        "folder": "INBOX",
        "done": "",
    }
    settings.IMAP_MAILBOXES = {"support": reach}
    return Mailbox.objects.create(
        name="support", total=2000, done=30, polled_at=now, failures=2, last_error="ConnectionRefusedError"
    )


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What workers were asked to do."""
    seen: list[tuple[Any, ...]] = []
    monkeypatch.setattr(poll_mailbox, "apply_async", lambda arguments, **_options: seen.append(arguments))
    return seen


def test_a_backlog_shows_how_far_it_is(lead_client: Client, mailbox: Mailbox) -> None:
    html = lead_client.get(LIST).content.decode()
    assert "30 of 2000 read" in html
    assert '<progress value="30" max="2000"' in html


def test_what_is_wrong_is_on_the_list_and_on_the_start_page(lead_client: Client, mailbox: Mailbox) -> None:
    assert "ConnectionRefusedError" in lead_client.get(LIST).content.decode()
    assert TROUBLE in lead_client.get(START).content.decode()


def test_a_mailbox_that_is_no_longer_looked_into_troubles_nobody(
    lead_client: Client, mailbox: Mailbox, settings: Any
) -> None:
    settings.IMAP_MAILBOXES = {}
    assert TROUBLE not in lead_client.get(START).content.decode()


def test_looking_at_once_does_not_wait_for_the_pause(
    lead_client: Client, mailbox: Mailbox, handed_over: list[Any], now: datetime
) -> None:
    Mailbox.objects.update(next_poll_at=now + timedelta(minutes=30))
    page = lead_client.post(
        LIST, {"action": "look_now", "_selected_action": [mailbox.pk]}, follow=True
    ).content.decode()
    assert handed_over == [("support",)]
    assert Mailbox.objects.filter(next_poll_at__lte=now).exists()
    assert "1 mailbox is looked into" in page


def test_agents_do_not_see_them(desk_client: Client, mailbox: Mailbox) -> None:
    assert desk_client.get(LIST).status_code == 403


def test_where_none_is_set_up_it_says_how(lead_client: Client, db: None) -> None:
    assert "No mailbox is set up." in lead_client.get(LIST).content.decode()


def test_each_mailbox_is_looked_into_by_a_task_of_its_own(settings: Any, handed_over: list[Any]) -> None:
    reach = {
        "scheme": "imap",
        "host": "127.0.0.1",
        "port": 1,
        "user": "a",
        "password": "b",
        "folder": "INBOX",
        "done": "",
    }
    settings.IMAP_MAILBOXES = {"support": reach, "returns": reach}
    poll_mailboxes()
    assert handed_over == [("support",), ("returns",)]
