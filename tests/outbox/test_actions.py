"""A request never waits for the broker, and never loses mail to it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import TestCase
from kombu.transport.filesystem import Transport as FolderTransport

from portal.celery import app, transport_options
from tests.factories import NOW, open_ticket
from tickets.models import Customer, OutgoingMail
from tickets.outbox import actions, tasks
from tickets.outbox.actions import Letter
from tickets.outbox.models import MailState

NOWHERE = "redis://127.0.0.1:1/0"
"""A port that refuses."""


@pytest.fixture
def go_to() -> Iterator[Callable[[str], None]]:
    """Lets tasks go to another broker for a test."""
    changed = ("broker_url", "broker_write_url", "broker_transport_options")

    def use(url: str) -> None:
        app.conf.update(broker_url=url, broker_write_url=url, broker_transport_options=transport_options(url))
        forget_connections()

    def forget_connections() -> None:
        app._pool = app.amqp._producer_pool = None
        # The library remembers, process-wide, which queues it has made; in another folder they are not.
        FolderTransport.global_state.clear()

    yield use
    for name in changed:
        app.conf.changes.pop(name, None)
    forget_connections()


def test_the_row_is_there_and_the_worker_is_told_after_the_commit(
    alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[list[int]] = []
    monkeypatch.setattr(actions, "hand_over", told.append)
    with TestCase.captureOnCommitCallbacks(execute=False) as callbacks:
        open_ticket(alice)
    assert told == []
    for callback in callbacks:
        callback()
    assert told == [[OutgoingMail.objects.get().pk]]


def test_a_letter_without_an_address_is_dropped(desk: None) -> None:
    assert actions.put([Letter("reply", "", "en")], at=NOW) == []


def test_a_burst_is_left_to_one_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(tasks.deliver_waiting_mail, "apply_async", lambda **_: sent.append("sweep"))
    monkeypatch.setattr(tasks.deliver_mail, "apply_async", lambda *_, **__: sent.append("mail"))
    tasks.hand_over(list(range(tasks.BURST + 1)))
    assert sent == ["sweep"]


def test_a_broker_that_refuses_costs_neither_mail_nor_time(alice: Customer, go_to: Callable[[str], None]) -> None:
    go_to(NOWHERE)
    with TestCase.captureOnCommitCallbacks(execute=True):
        ticket = open_ticket(alice)
    # The first time loads the library.
    started = time.perf_counter()
    with TestCase.captureOnCommitCallbacks(execute=True):
        open_ticket(alice)
    assert time.perf_counter() - started < 1
    assert ticket.pk
    assert list(OutgoingMail.objects.values_list("state", flat=True)) == [MailState.QUEUED, MailState.QUEUED]


def test_a_queue_folder_that_is_gone_costs_no_mail(
    alice: Customer, go_to: Callable[[str], None], settings, tmp_path: Path
) -> None:
    settings.CELERY_FOLDER = tmp_path
    go_to("filesystem://")
    for folder in ("queue", "control"):
        (tmp_path / folder).rmdir()
    (tmp_path / "queue").write_text("in the way")
    with TestCase.captureOnCommitCallbacks(execute=True):
        open_ticket(alice)
    assert OutgoingMail.objects.get().state == MailState.QUEUED


def test_a_broker_that_works_is_told(alice: Customer, go_to: Callable[[str], None], settings, tmp_path: Path) -> None:
    """So that the two tests above fail for the right reason."""
    settings.CELERY_FOLDER = tmp_path
    go_to("filesystem://")
    with TestCase.captureOnCommitCallbacks(execute=True):
        open_ticket(alice)
    assert len(list((tmp_path / "queue").iterdir())) == 1


@pytest.mark.parametrize(
    ("state", "confidential", "again"),
    [(MailState.FAILED, False, True), (MailState.SENT, False, False), (MailState.FAILED, True, False)],
    ids=["failed", "sent", "failed and blanked"],
)
def test_only_a_failed_mail_that_still_has_its_words_is_tried_again(
    alice: Customer, state: str, confidential: bool, again: bool
) -> None:
    open_ticket(alice)
    OutgoingMail.objects.update(state=state, confidential=confidential, attempts=8)
    assert actions.try_again(OutgoingMail.objects.get(), at=NOW) is again
    assert OutgoingMail.objects.filter(state=MailState.QUEUED, attempts=0).exists() is again


def test_a_mail_to_staff_about_an_erased_customer_is_not_sent_empty(alice: Customer) -> None:
    ticket = open_ticket(alice)
    (mail,) = actions.put([Letter("assigned", "agent@shop.example", "en", ticket_id=ticket.pk)], at=NOW)
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.FAILED, rendered_at=NOW, text="")
    Customer.objects.filter(pk=alice.pk).update(erased_at=NOW)
    assert not actions.try_again(mail, at=NOW)
