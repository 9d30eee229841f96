"""Mail is fetched from a real IMAP server: each message once, whatever breaks in between, and none is lost."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from imapclient import IMAPClient

from tests import dovecot
from tests.conftest import need
from tests.factories import NOW
from tests.services import dovecot_path
from tickets.inbox import actions
from tickets.inbox.imap import polling
from tickets.inbox.models import Mailbox, RawMail

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server() -> Iterator[dovecot.Server]:
    need(dovecot_path(), "Dovecot")
    with dovecot.running() as found:
        yield found


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """A mailbox that no other test has."""
    return request.node.name.lower().replace("[", "-").replace("]", "")[:60]


@pytest.fixture
def mailboxes(settings: Any, server: dovecot.Server, user: str) -> dict[str, dict[str, Any]]:
    settings.IMAP_MAILBOXES = {"support": server.address(user)}
    return settings.IMAP_MAILBOXES


def message(number: int) -> bytes:
    lines = (
        "From: Ada <ada@example.com>",
        f"Message-ID: <{number}@example.com>",
        f"Subject: No. {number}",
        "",
        "Hello.",
    )
    return "\r\n".join(lines).encode() + b"\r\n"


def kept() -> list[bytes]:
    return [row.file.read() for row in RawMail.objects.order_by("pk")]


def test_messages_are_kept_as_they_came_and_moved(server: dovecot.Server, user: str, mailboxes: Any) -> None:
    server.deliver(user, message(1), message(2))
    assert polling.poll("support", at=NOW) == 0
    assert kept() == [message(1), message(2)]
    assert (server.count(user, "INBOX"), server.count(user, "Processed")) == (0, 2)


def test_it_is_said_which_mailbox_a_message_came_in_by(server: dovecot.Server, user: str, mailboxes: Any) -> None:
    server.deliver(user, message(1))
    polling.poll("support", at=NOW)
    assert RawMail.objects.values_list("mailbox", "received_at").get() == ("support", NOW)


def test_without_a_folder_for_them_they_stay_and_are_read_once(
    server: dovecot.Server, user: str, mailboxes: Any
) -> None:
    mailboxes["support"]["done"] = ""
    server.deliver(user, message(1))
    polling.poll("support", at=NOW)
    server.deliver(user, message(2))
    polling.poll("support", at=NOW + timedelta(minutes=1))
    polling.poll("support", at=NOW + timedelta(minutes=2))
    assert kept() == [message(1), message(2)]
    assert server.count(user, "INBOX") == 2
    assert Mailbox.objects.get().done == 0  # the last poll found nothing new


def test_messages_stay_unread_for_people_who_look_into_the_mailbox(
    server: dovecot.Server, user: str, mailboxes: Any
) -> None:
    mailboxes["support"]["done"] = ""
    server.deliver(user, message(1))
    polling.poll("support", at=NOW)
    with server.signed_in(user) as client:
        client.select_folder("INBOX", readonly=True)
        assert len(client.search(["UNSEEN"])) == 1


def test_numbers_that_begin_anew_lose_nothing_and_repeat_nothing(
    server: dovecot.Server, user: str, mailboxes: Any
) -> None:
    mailboxes["support"]["done"] = ""
    server.deliver(user, message(1))
    polling.poll("support", at=NOW)
    Mailbox.objects.update(uid_validity=1, cursor=1000)
    server.deliver(user, message(2))
    polling.poll("support", at=NOW + timedelta(minutes=1))
    assert kept() == [message(1), message(2)]


def test_several_mailboxes_have_a_count_each(server: dovecot.Server, user: str, mailboxes: Any) -> None:
    mailboxes["returns"] = server.address(f"{user}-b")
    server.deliver(user, message(1))
    server.deliver(f"{user}-b", message(1), message(2))
    for name in mailboxes:
        polling.poll(name, at=NOW)
    assert dict(Mailbox.objects.values_list("name", "done")) == {"support": 1, "returns": 2}
    assert RawMail.objects.count() == 3


def test_a_poll_that_dies_before_it_moved_anything_repeats_nothing(
    server: dovecot.Server, user: str, mailboxes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(user, message(1), message(2))
    with monkeypatch.context() as patch:
        patch.setattr(IMAPClient, "move", _dies)
        with pytest.raises(KeyboardInterrupt):
            polling.poll("support", at=NOW)
    # The dead one's lease runs out.
    assert polling.poll("support", at=NOW + timedelta(minutes=1)) == 0
    assert server.count(user, "INBOX") == 2
    polling.poll("support", at=NOW + polling.LEASE)
    assert kept() == [message(1), message(2)]
    assert server.count(user, "INBOX") == 0


def _dies(*_args: Any) -> None:
    raise KeyboardInterrupt


def test_while_one_worker_is_at_it_another_stays_away(server: dovecot.Server, user: str, mailboxes: Any) -> None:
    server.deliver(user, message(1))
    Mailbox.objects.create(name="support", lease_until=NOW + timedelta(seconds=1))
    polling.poll("support", at=NOW)
    assert kept() == []


@pytest.fixture
def damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server knows of the second message, and cannot read it."""
    fetch = IMAPClient.fetch

    def broken(self: IMAPClient, uids: list[int], data: list[str]) -> Any:
        if uids == [2] and data == ["BODY.PEEK[]"]:
            raise IMAPClient.Error("the index is damaged")
        return fetch(self, uids, data)

    monkeypatch.setattr(IMAPClient, "fetch", broken)


def test_one_message_that_the_server_does_not_give_stops_no_other(
    server: dovecot.Server, user: str, mailboxes: Any, damaged: None
) -> None:
    server.deliver(user, message(1), message(2), message(3))
    polling.poll("support", at=NOW)
    assert kept() == [message(1), message(3)]
    assert (server.count(user, "INBOX"), server.count(user, "Processed")) == (1, 2)
    mailbox = Mailbox.objects.get()
    assert (mailbox.failed, "index is damaged" in mailbox.last_error) == (1, True)


def test_without_a_folder_for_what_is_done_it_comes_back_to_such_a_message(
    server: dovecot.Server, user: str, mailboxes: Any, damaged: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailboxes["support"]["done"] = ""
    server.deliver(user, message(1), message(2), message(3))
    polling.poll("support", at=NOW)
    assert (kept(), Mailbox.objects.get().failures) == ([message(1)], 1)
    monkeypatch.undo()
    polling.poll("support", at=NOW + timedelta(hours=1))
    assert kept() == [message(1), message(2), message(3)]


def test_and_leaves_a_note_in_its_place_when_the_others_have_waited_enough(
    server: dovecot.Server, user: str, mailboxes: Any, damaged: None
) -> None:
    mailboxes["support"]["done"] = ""
    server.deliver(user, message(1), message(2), message(3))
    for number in range(polling.PATIENCE + 1):
        polling.poll("support", at=NOW + timedelta(hours=number))
    first, note, last = kept()
    assert (first, last) == (message(1), message(3))
    assert b"Subject: Message 2 in the mailbox support could not be fetched" in note


@pytest.mark.parametrize("done", ["", "Processed"])
def test_of_a_message_that_is_too_large_the_header_is_set_aside(
    server: dovecot.Server, user: str, mailboxes: Any, settings: Any, done: str
) -> None:
    settings.INBOUND_MAX_BYTES = 1000
    mailboxes["support"]["done"] = done
    server.deliver(user, message(1) + b"x" * 2000, message(2))
    polling.poll("support", at=NOW)
    header, whole = kept()
    assert (b"Subject: No. 1" in header, len(header) < 1000, whole) == (True, True, message(2))
    row = RawMail.objects.earliest("pk")
    assert (row.state, row.reason, row.size) == ("set_aside", "too_large", len(message(1)) + 2000)


def test_a_backlog_is_taken_in_several_polls_and_shows_how_far_it_is(
    server: dovecot.Server, user: str, mailboxes: Any
) -> None:
    server.deliver(user, *(message(number) for number in range(60)))
    assert polling.poll("support", at=NOW, most=30) == 30
    mailbox = Mailbox.objects.get()
    assert (mailbox.done, mailbox.total) == (30, 60)
    assert polling.poll("support", at=NOW + timedelta(seconds=1), most=30) == 0
    assert len(set(kept())) == 60


def test_a_poll_that_gets_nowhere_is_not_repeated_at_once(
    server: dovecot.Server, user: str, mailboxes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(user, message(1), message(2))
    monkeypatch.setattr(IMAPClient, "fetch", _is_damaged)
    assert polling.poll("support", at=NOW, most=1) == 0


def _is_damaged(*_args: Any) -> None:
    raise IMAPClient.Error("the index is damaged")


def test_a_server_that_cannot_move_copies_and_deletes(settings: Any) -> None:
    need(dovecot_path(), "Dovecot")
    with dovecot.running(capabilities="IMAP4rev1 UIDPLUS") as old:
        settings.IMAP_MAILBOXES = {"support": old.address("ada")}
        old.deliver("ada", message(1))
        polling.poll("support", at=NOW)
        assert (old.count("ada", "INBOX"), old.count("ada", "Processed")) == (0, 1)


def test_a_wrong_password_is_written_down_and_tried_less_and_less_often(mailboxes: Any) -> None:
    mailboxes["support"]["password"] = "wrong"
    polling.poll("support", at=NOW)
    mailbox = Mailbox.objects.get()
    assert (mailbox.failures, mailbox.next_poll_at) == (1, NOW + timedelta(minutes=1))
    assert "AUTHENTICATIONFAILED" in mailbox.last_error
    polling.poll("support", at=NOW + timedelta(seconds=30))
    assert Mailbox.objects.get().failures == 1
    polling.poll("support", at=NOW + timedelta(minutes=1))
    assert Mailbox.objects.get().next_poll_at == NOW + timedelta(minutes=3)


def test_a_mailbox_that_answers_again_is_as_if_nothing_had_been(mailboxes: Any) -> None:
    Mailbox.objects.create(name="support", failures=5, next_poll_at=NOW, last_error="gone")
    polling.poll("support", at=NOW)
    assert Mailbox.objects.values_list("failures", "last_error", "next_poll_at", "polled_at").get() == (
        0,
        "",
        None,
        NOW,
    )


def test_a_password_never_crosses_the_wire_in_the_open_where_tls_is_asked_for(mailboxes: Any) -> None:
    """This server knows no STARTTLS."""
    mailboxes["support"]["scheme"] = "imap+tls"
    polling.poll("support", at=NOW)
    assert Mailbox.objects.get().failures == 1


def test_when_our_own_database_is_gone_the_message_stays_in_the_mailbox(
    server: dovecot.Server, user: str, mailboxes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(user, message(1))
    with monkeypatch.context() as patch:
        patch.setattr(actions, "receive", _has_no_database)
        with pytest.raises(OperationalError):
            polling.poll("support", at=NOW)
    assert server.count(user, "INBOX") == 1


def _has_no_database(*_args: Any, **_more: Any) -> None:
    raise OperationalError("gone")
