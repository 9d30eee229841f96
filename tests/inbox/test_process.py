"""Each message is read once, whatever happens to the workers."""

from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import NOW, open_ticket
from tests.inbox.stage import answer, bring
from tickets.attachments.models import Attachment
from tickets.desk.actions import ORPHANED_AFTER, forget_orphans
from tickets.inbox import actions, process, rules, settling, tasks
from tickets.inbox.models import InboundState, RawMail, Reason
from tickets.models import Agent, AuditEntry, Customer, Message, OutgoingMail, Ticket

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ours(alice: Customer, agent: Agent) -> OutgoingMail:
    return open_ticket(alice).mails.get(kind="acknowledgement")


@pytest.fixture
def waiting(ours: OutgoingMail) -> RawMail:
    """The customer's answer, which nobody has read yet."""
    return actions.receive(answer(ours).as_bytes(), mailbox="pipe", at=NOW)


def written_down() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Message, AuditEntry, OutgoingMail, Attachment, Ticket))


def fail(*_args: Any, **_more: Any) -> None:
    raise RuntimeError("disk\x00 full")


# --- Once -------------------------------------------------------------------------------------------------------------


def test_read_twice_it_is_filed_once(waiting: RawMail) -> None:
    assert process.process(waiting.pk, at=NOW) is True
    before = written_down()
    assert process.process(waiting.pk, at=NOW + timedelta(days=1)) is False
    assert written_down() == before


def test_who_has_the_lease_has_the_message_to_themself(waiting: RawMail) -> None:
    RawMail.objects.update(lease_until=NOW + rules.LEASE)
    assert process.process(waiting.pk, at=NOW) is False
    assert process.process(waiting.pk, at=NOW + rules.LEASE) is True


def test_the_lease_is_longer_than_a_task_may_run() -> None:
    from portal.celery import app

    assert rules.LEASE.total_seconds() > app.conf.task_time_limit


def test_who_lost_the_lease_while_reading_does_nothing(waiting: RawMail, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else took the message, and has filed it by now or will."""
    before = written_down()
    decide = settling._decide

    def slowly(raw: RawMail, *rest: Any) -> Any:
        RawMail.objects.filter(pk=raw.pk).update(lease_until=NOW + 2 * rules.LEASE)
        return decide(raw, *rest)

    monkeypatch.setattr(settling, "_decide", slowly)
    assert process.process(waiting.pk, at=NOW) is False
    assert written_down() == before


def test_a_worker_that_dies_half_way_has_done_nothing(waiting: RawMail, monkeypatch: pytest.MonkeyPatch) -> None:
    before = written_down()

    class Killed(BaseException):
        pass

    def die(*_args: Any, **_more: Any) -> None:
        raise Killed

    monkeypatch.setattr(settling, "_end", die)
    with pytest.raises(Killed):
        process.process(waiting.pk, at=NOW)
    assert written_down() == before
    monkeypatch.undo()
    assert process.process(waiting.pk, at=NOW + rules.LEASE) is True
    assert Message.objects.count() == 2


def test_files_of_a_worker_that_died_are_forgotten(
    ours: OutgoingMail, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    message = answer(ours)
    message.add_attachment(b"E04\n", maintype="text", subtype="plain", filename="log.txt")
    kept = actions.receive(message.as_bytes(), mailbox="pipe", at=NOW)
    monkeypatch.setattr(settling, "_end", fail)
    process.process(kept.pk, at=NOW)
    (orphan,) = Attachment.objects.all()
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_orphans(at=NOW + ORPHANED_AFTER) == 1
    assert not default_storage.exists(str(orphan.file))


# --- When it fails ----------------------------------------------------------------------------------------------------


def test_what_failed_is_tried_again_after_growing_pauses_and_then_set_aside(
    waiting: RawMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "_end", fail)
    at, pauses = NOW, []
    while True:
        assert process.process(waiting.pk, at=at) is False
        waiting.refresh_from_db()
        if waiting.state != InboundState.RECEIVED:
            break
        pauses.append(waiting.next_try_at - at)
        at = waiting.next_try_at
    assert (waiting.state, waiting.reason) == (InboundState.SET_ASIDE, Reason.TROUBLE)
    assert waiting.last_error == "RuntimeError: disk  full"
    assert pauses == list(rules.PAUSES)
    assert pauses == sorted(set(pauses))


def test_once_it_works_it_is_read_as_if_nothing_had_been(waiting: RawMail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_end", fail)
    process.process(waiting.pk, at=NOW)
    monkeypatch.undo()
    assert process.process(waiting.pk, at=NOW + MINUTE) is True
    waiting.refresh_from_db()
    assert (waiting.state, waiting.last_error, waiting.lease_until) == (InboundState.FILED, "", None)


def test_a_message_that_kills_every_worker_is_set_aside_unread(waiting: RawMail) -> None:
    RawMail.objects.update(attempts=rules.attempts_allowed(), lease_until=NOW)
    assert process.process(waiting.pk, at=NOW) is False
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == (InboundState.SET_ASIDE, Reason.TROUBLE)


def test_a_task_whose_time_is_up_ends_and_the_message_waits(waiting: RawMail, monkeypatch: pytest.MonkeyPatch) -> None:
    def take_too_long(*_args: Any, **_more: Any) -> None:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(process, "read", take_too_long)
    with pytest.raises(SoftTimeLimitExceeded):
        process.process(waiting.pk, at=NOW)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.lease_until) == (InboundState.RECEIVED, None)


def test_one_bad_message_stops_no_other(ours: OutgoingMail, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = (actions.receive(answer(ours, text).as_bytes(), mailbox="pipe", at=NOW) for text in ("1", "2"))
    settle = settling.settle
    monkeypatch.setattr(
        process, "settle", lambda raw, *rest, **more: settle(raw, *rest, **more) if raw == good else fail()
    )
    assert process.process_waiting(at=NOW) == 2
    states = RawMail.objects.in_bulk()
    assert (states[bad.pk].state, states[good.pk].state) == (InboundState.RECEIVED, InboundState.FILED)


# --- The sweep --------------------------------------------------------------------------------------------------------


def test_the_sweep_reads_what_was_forgotten_oldest_first(ours: OutgoingMail) -> None:
    for number in (2, 0, 1):
        actions.receive(answer(ours, f"{number}").as_bytes(), mailbox="pipe", at=NOW + number * MINUTE)
    assert process.process_waiting(at=NOW + MINUTE, limit=1) == 1
    assert process.process_waiting(at=NOW + MINUTE) == 1
    assert [message.text for message in Message.objects.order_by("pk")[1:]] == ["0", "1"]


def test_the_sweep_goes_on_in_another_task_while_there_is_more(
    waiting: RawMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    RawMail.objects.update(next_try_at=timezone.now())
    again: list[bool] = []
    monkeypatch.setattr(process, "BATCH", 1)
    monkeypatch.setattr(tasks.read_waiting_mail, "apply_async", lambda **_more: again.append(True))
    tasks.read_waiting_mail()
    tasks.read_waiting_mail()
    assert again == [True]


def test_what_comes_in_is_read_at_once(ours: OutgoingMail, eager: None, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        kept = actions.receive(answer(ours).as_bytes(), mailbox="pipe", at=timezone.now())
    kept.refresh_from_db()
    assert kept.state == InboundState.FILED


# --- What it costs ----------------------------------------------------------------------------------------------------


def cost_of(kept: RawMail) -> list[str]:
    """The statements that it takes to read a message."""
    with CaptureQueriesContext(connection) as captured:
        assert process.process(kept.pk, at=NOW)
    statements = (query["sql"] for query in captured)
    return [sql for sql in statements if not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]


def test_the_cost_of_an_answer_does_not_grow_with_what_there_is(ours: OutgoingMail) -> None:
    costs = []
    for count in (1, 20):
        for number in range(count):
            bring(answer(ours, f"{count} {number}", sender=f"{number}@elsewhere.example"))
        message = answer(ours, f"{count}", references=f"<a@b.example> {ours.rfc_message_id} " * count)
        costs.append(len(cost_of(actions.receive(message.as_bytes(), mailbox="pipe", at=NOW))))
    assert costs[0] == costs[1]


def test_an_answer_costs_as_much_as_it_did(waiting: RawMail) -> None:
    """Seven for the message: lease, row, what it is, the mail that it answers, how much its sender wrote, the lock, and what
    became of it. Seven for the customer's words: ticket, clocks, message, ticket, record, record, mail to the agent.
    """
    statements = cost_of(waiting)
    assert len(statements) == 14, "\n".join(statements)


# --- Two mailboxes ----------------------------------------------------------------------------------------------------


def test_of_copies_that_are_read_in_the_same_moment_one_is_filed(
    ours: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each worker looks before the other has filed anything, and finds out under the lock."""
    raw = answer(ours).as_bytes()
    one, other = (actions.receive(raw, mailbox=mailbox, at=NOW) for mailbox in ("support", "sales"))
    decide = settling._decide

    def meanwhile(*arguments: Any) -> Any:
        monkeypatch.setattr(settling, "_decide", decide)
        decision = decide(*arguments)
        assert process.process(other.pk, at=NOW)
        return decision

    monkeypatch.setattr(settling, "_decide", meanwhile)
    assert process.process(one.pk, at=NOW)
    states = dict(RawMail.objects.values_list("mailbox", "reason"))
    assert states == {"support": Reason.DUPLICATE, "sales": ""}
    assert Message.objects.count() == 2
