"""A request never waits for the broker, and never loses mail to it."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import TestCase
from kombu.transport.filesystem import Transport as FolderTransport

from portal.celery import app, transport_options
from tests.factories import NOW, acting, open_ticket
from tickets.models import Agent, Customer, OutgoingMail
from tickets.outbox import actions, deliver, tasks
from tickets.outbox.actions import Letter
from tickets.outbox.models import DeliveryEvent, Hold, MailState, Suspension

LATER = NOW + timedelta(hours=1)

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


# --- Sending again ----------------------------------------------------------------------------------------------------


@pytest.fixture
def mail(alice: Customer) -> OutgoingMail:
    """An acknowledgement that was sent."""
    open_ticket(alice)
    mail = OutgoingMail.objects.get()
    assert deliver.deliver(mail.pk, at=NOW)
    mail.refresh_from_db()
    return mail


def in_state(mail: OutgoingMail, state: str, **values: Any) -> OutgoingMail:
    held_because = Hold.AGENT if state == MailState.HELD else ""
    OutgoingMail.objects.filter(pk=mail.pk).update(state=state, held_because=held_because, **values)
    mail.refresh_from_db()
    return mail


def again(mail: OutgoingMail, agent: Agent) -> OutgoingMail | None:
    return actions.send_again(mail, by=acting(agent), at=LATER)


def test_a_mail_that_failed_is_the_same_mail_again(mail: OutgoingMail, agent: Agent) -> None:
    in_state(mail, MailState.FAILED, attempts=8)
    assert again(mail, agent) == mail
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.next_try_at) == (MailState.QUEUED, 0, LATER)


@pytest.mark.parametrize("state", [MailState.SENT, MailState.DELIVERED, MailState.BOUNCED, MailState.COMPLAINED])
def test_a_mail_that_left_is_a_new_mail_in_the_same_words(mail: OutgoingMail, agent: Agent, state: str) -> None:
    copy = again(in_state(mail, state), agent)
    assert copy is not None
    assert (copy.resend_of, copy.state, copy.subject) == (mail, MailState.QUEUED, mail.subject)
    assert copy.text == mail.text.replace(mail.code, copy.code) != mail.text
    assert copy.html == mail.html.replace(mail.code, copy.code) != mail.html
    assert copy.rfc_message_id != mail.rfc_message_id
    mail.refresh_from_db()
    assert mail.state == state


def test_the_new_mail_leaves_in_these_words(mail: OutgoingMail, agent: Agent, mailoutbox) -> None:
    copy = again(mail, agent)
    assert copy is not None
    assert deliver.deliver(copy.pk, at=LATER)
    assert (mailoutbox[-1].body, mailoutbox[-1].extra_headers["Message-ID"]) == (copy.text, copy.rfc_message_id)


@pytest.mark.parametrize("state", [MailState.SENT, MailState.FAILED])
def test_it_goes_to_where_the_customer_is_reached_now(
    mail: OutgoingMail, alice: Customer, agent: Agent, state: str
) -> None:
    Customer.objects.filter(pk=alice.pk).update(email="alice@new.example")
    copy = again(in_state(mail, state), agent)
    assert copy is not None
    assert copy.recipient == "alice@new.example"


def test_asking_twice_sends_once(mail: OutgoingMail, agent: Agent) -> None:
    assert again(mail, agent) == again(mail, agent)
    assert OutgoingMail.objects.count() == 2


def test_it_is_on_record_who_sent_it_again(mail: OutgoingMail, agent: Agent) -> None:
    copy = again(mail, agent)
    assert copy is not None
    assert [(event.mail_id, event.kind, event.by_id) for event in DeliveryEvent.objects.order_by("mail_id")] == [
        (mail.pk, "resent", agent.user_id),
        (copy.pk, "resent", agent.user_id),
    ]


def test_what_somebody_sends_again_leaves_although_the_address_is_suspended(mail: OutgoingMail, agent: Agent) -> None:
    Suspension.objects.suspend(mail, Suspension.Cause.BOUNCED, detail="", at=NOW)
    copy = again(mail, agent)
    assert copy is not None
    assert deliver.deliver(copy.pk, at=LATER)


@pytest.mark.parametrize(
    ("state", "confidential"),
    [
        (MailState.QUEUED, False),
        (MailState.SENDING, False),
        (MailState.HELD, False),
        (MailState.FAILED, True),
        (MailState.SENT, True),
    ],
)
def test_what_cannot_be_sent_again(mail: OutgoingMail, agent: Agent, state: str, confidential: bool) -> None:
    assert again(in_state(mail, state, confidential=confidential), agent) is None
    assert OutgoingMail.objects.count() == 1


def test_a_mail_to_staff_about_an_erased_customer_is_not_sent_empty(alice: Customer, agent: Agent) -> None:
    ticket = open_ticket(alice)
    (mail,) = actions.put([Letter("assigned", "agent@shop.example", "en", ticket_id=ticket.pk)], at=NOW)
    in_state(mail, MailState.FAILED, rendered_at=NOW, text="")
    Customer.objects.filter(pk=alice.pk).update(erased_at=NOW)
    assert again(mail, agent) is None


# --- Holding back -----------------------------------------------------------------------------------------------------


def test_what_waits_is_held_back_and_released(alice: Customer, agent: Agent) -> None:
    open_ticket(alice)
    everything = OutgoingMail.objects.all()
    assert actions.hold(everything, by=acting(agent), at=NOW) == 1
    assert deliver.deliver_waiting(at=LATER) == 0
    assert actions.release(everything, by=acting(agent), at=LATER) == 1
    assert deliver.deliver_waiting(at=LATER) == 1
    assert list(DeliveryEvent.objects.values_list("kind", "by")) == [
        ("held", agent.user_id),
        ("released", agent.user_id),
    ]


@pytest.mark.parametrize("state", [MailState.SENDING, MailState.SENT, MailState.FAILED])
def test_only_what_waits_is_held_back(mail: OutgoingMail, agent: Agent, state: str) -> None:
    in_state(mail, state)
    assert actions.hold(OutgoingMail.objects.all(), by=acting(agent), at=NOW) == 0


def test_nothing_is_released_to_an_erased_customer(mail: OutgoingMail, alice: Customer, agent: Agent) -> None:
    in_state(mail, MailState.HELD)
    Customer.objects.filter(pk=alice.pk).update(erased_at=NOW)
    assert actions.release(OutgoingMail.objects.all(), by=acting(agent), at=NOW) == 0
