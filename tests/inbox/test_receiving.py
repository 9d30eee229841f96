"""Mail is kept before anything else is done to it."""

import hashlib
from datetime import datetime

import pytest
from django.core.files.storage import default_storage

from tickets.inbox import actions
from tickets.inbox.models import InboundState, RawMail, Reason

MESSAGE = b"From: alice@example.com\r\nSubject: E04\r\n\r\nIt stops.\r\n"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the rows that workers were told about."""
    told: list[int] = []
    monkeypatch.setattr(actions, "hand_over", told.append)
    return told


def content(mail: RawMail) -> bytes:
    with mail.file.open("rb") as file:
        return file.read()


def files() -> set[str]:
    """The names of all that is stored."""
    folders = default_storage.listdir("inbox")[0]
    return {f"inbox/{folder}/{name}" for folder in folders for name in default_storage.listdir(f"inbox/{folder}")[1]}


@pytest.mark.django_db
def test_the_message_is_kept_untouched(now: datetime) -> None:
    raw = b"\x00\xff broken\n\nin every way\x00"
    mail = actions.receive(raw, mailbox="pipe", at=now)
    assert (content(mail), mail.size, mail.sha256) == (raw, len(raw), hashlib.sha256(raw).hexdigest())


@pytest.mark.django_db
def test_it_waits_for_a_worker_who_is_told_after_the_commit(
    now: datetime, told: list[int], django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks() as waiting:
        mail = actions.receive(MESSAGE, mailbox="pipe", at=now)
        assert told == []
    for tell in waiting:
        tell()
    assert told == [mail.pk]
    assert list(RawMail.objects.to_read(now)) == [mail]


@pytest.mark.django_db
def test_the_same_message_again_is_the_same_row(now: datetime) -> None:
    first = actions.receive(MESSAGE, mailbox="pipe", at=now)
    assert actions.receive(MESSAGE, mailbox="pipe", at=now) == first
    assert RawMail.objects.count() == 1


@pytest.mark.django_db
def test_a_repeat_leaves_no_second_file(now: datetime) -> None:
    first = actions.receive(MESSAGE, mailbox="pipe", at=now)
    before = files()
    actions.receive(MESSAGE, mailbox="pipe", at=now)
    assert files() == before
    assert default_storage.exists(str(first.file))


@pytest.mark.django_db
def test_another_mailbox_has_a_row_of_its_own(now: datetime) -> None:
    actions.receive(MESSAGE, mailbox="pipe", at=now)
    actions.receive(MESSAGE, mailbox="support", at=now)
    assert RawMail.objects.count() == 2


@pytest.mark.django_db
def test_a_message_that_is_too_large_is_kept_and_set_aside_unread(
    now: datetime, settings, told: list[int], django_capture_on_commit_callbacks
) -> None:
    settings.INBOUND_MAX_BYTES = len(MESSAGE) - 1
    with django_capture_on_commit_callbacks(execute=True):
        mail = actions.receive(MESSAGE, mailbox="pipe", at=now)
    assert (mail.state, mail.reason, content(mail)) == (InboundState.SET_ASIDE, Reason.TOO_LARGE, MESSAGE)
    assert told == []


@pytest.mark.django_db
def test_what_mail_servers_told_is_kept(now: datetime) -> None:
    actions.receive(MESSAGE, mailbox="pipe", at=now, envelope_sender="", envelope_recipients=["a@shop.example"])
    mail = RawMail.objects.get()
    assert (mail.envelope_sender, mail.envelope_recipients) == ("", ["a@shop.example"])


@pytest.mark.django_db
def test_a_hostile_envelope_does_no_harm(now: datetime) -> None:
    actions.receive(
        MESSAGE, mailbox="pipe", at=now, envelope_sender="a\x00@" + "b" * 500, envelope_recipients=["\x00\udc80"]
    )
    mail = RawMail.objects.get()
    assert (mail.envelope_sender, mail.envelope_recipients) == ("a @" + "b" * 317, [""])


@pytest.mark.django_db
def test_trouble_with_the_database_is_told_and_leaves_no_file(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []

    def fail(mail: RawMail) -> None:
        names.append(str(mail.file.name))
        raise RuntimeError("no disk")

    monkeypatch.setattr(RawMail, "save", fail)
    with pytest.raises(RuntimeError):
        actions.receive(MESSAGE, mailbox="pipe", at=now)
    assert not default_storage.exists(names[0])
