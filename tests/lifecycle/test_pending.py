"""Answers that can be taken back: nothing happens until they leave, and then everything that an answer does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest

from tests.attachments.crafted import picture
from tests.factories import CannedReplyFactory, HelpArticleFactory, acting, open_ticket
from tickets import lifecycle
from tickets.attachments import actions as attachments
from tickets.attachments import limits
from tickets.audit.actor import Actor
from tickets.desk.actions import ORPHANED_AFTER, forget_orphans
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed, Stale
from tickets.lifecycle import Pledge, Proposal
from tickets.models import Agent, Attachment, Customer, Message, OutgoingMail, PendingReply, Promise, Ticket

WINDOW = timedelta(seconds=15)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _window(settings: Any, tmp_path: Any) -> None:
    settings.REPLY_UNDO_SECONDS = 15
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def queue(ticket: Ticket, agent: Agent, now: datetime) -> Callable[..., Any]:
    """The agent presses "Send"; change any argument."""

    def pressed(text: str = "Try this.", **changes: Any) -> Any:
        arguments = {"by": acting(agent), "at": now, "seen": ticket.last_message_id, **changes}
        return lifecycle.queue_reply(ticket, text=text, **arguments)

    return pressed


def answers() -> list[tuple[str, datetime]]:
    return list(Message.objects.filter(author_kind="agent").values_list("text", "at"))


def customer_writes(ticket: Ticket, at: datetime) -> None:
    by = Actor("customer", ticket.customer.user_id)
    lifecycle.receive_customer_message(ticket, text="Solved it myself", by=by, at=at)


# --- The window -------------------------------------------------------------------------------------------------------


def test_nothing_is_said_before_the_window_has_passed(queue: Callable[..., Any], ticket: Ticket, now: datetime) -> None:
    record = ticket.record.count()
    queue()
    assert lifecycle.send_pending_replies(at=now + WINDOW - SECOND) == 0
    assert (answers(), OutgoingMail.objects.filter(kind="reply").count(), ticket.record.count()) == ([], 0, record)


def test_it_counts_from_the_moment_it_leaves(queue: Callable[..., Any], ticket: Ticket, now: datetime) -> None:
    queue()
    left = now + WINDOW + SECOND
    assert lifecycle.send_pending_replies(at=left) == 1
    assert answers() == [("Try this.", left)]
    assert ticket.clocks.get(metric="first_reply").stopped_at == left
    assert OutgoingMail.objects.get(kind="reply").created_at == left


def test_it_leaves_once(queue: Callable[..., Any], now: datetime) -> None:
    pending = queue()
    left = now + WINDOW
    assert [lifecycle.send_pending_reply(pending.pk, at=left) for _ in range(2)] == [True, False]
    assert len(answers()) == 1


def test_without_a_window_it_leaves_at_once(queue: Callable[..., Any], now: datetime, settings: Any) -> None:
    settings.REPLY_UNDO_SECONDS = 0
    assert isinstance(queue(), Message)
    assert (answers(), PendingReply.objects.exists()) == ([("Try this.", now)], False)


def test_the_workers_are_told_after_the_commit(
    queue: Callable[..., Any], eager: None, time_machine: Any, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as told:
        queue()
    time_machine.move_to(now + WINDOW, tick=False)
    for tell in told:
        tell()
    assert answers() == [("Try this.", now + WINDOW)]


def test_everything_that_goes_with_it_goes_with_it(queue: Callable[..., Any], ticket: Ticket, now: datetime) -> None:
    file, _verdict = attachments.receive("label.png", BytesIO(picture("PNG")), limits=limits.current(), at=now)
    pledge = Pledge(
        "refund", now + timedelta(days=3), Decimal("49.90"), "EUR", "To your card.", UUID("5d9c8f1e" + "0" * 24)
    )
    article, ready = HelpArticleFactory.create(), CannedReplyFactory.create()
    queue(
        files=[file],
        promise=pledge,
        attempt=Proposal("Rinse the valve", article, ready),
        status=Status.OPEN,
        language="it",
    )
    lifecycle.send_pending_replies(at=now + WINDOW)
    message = Message.objects.get(author_kind="agent")
    ticket.refresh_from_db()
    promise, attempt = Promise.objects.get(), message.attempts.get()
    assert (message.language, ticket.status, list(message.attachments.all())) == ("it", "open", [file])
    assert (promise.amount, promise.currency, promise.due_at, promise.terms, promise.key, promise.message) == (
        pledge.amount, pledge.currency, pledge.due_at, pledge.terms, pledge.key, message
    )  # fmt: skip
    assert (attempt.step, attempt.article, attempt.canned_reply) == ("Rinse the valve", article, ready)


def test_its_files_are_no_strays(queue: Callable[..., Any], now: datetime) -> None:
    file, _verdict = attachments.receive("label.png", BytesIO(picture("PNG")), limits=limits.current(), at=now)
    queue(files=[file])
    assert forget_orphans(at=now + ORPHANED_AFTER) == 0
    assert Attachment.objects.exists()


# --- Refused at once --------------------------------------------------------------------------------------------------


def test_a_message_that_was_not_seen_is_noticed_at_once(
    queue: Callable[..., Any], ticket: Ticket, now: datetime
) -> None:
    seen = ticket.last_message_id
    customer_writes(ticket, now)
    with pytest.raises(Stale):
        queue(seen=seen, at=now + SECOND)
    assert not PendingReply.objects.exists()


def test_what_cannot_be_promised_is_refused_at_once(queue: Callable[..., Any], ticket: Ticket, now: datetime) -> None:
    record = ticket.record.count()
    with pytest.raises(NotAllowed, match="still to come"):
        queue(promise=Pledge("update", now - SECOND))
    assert (PendingReply.objects.exists(), ticket.record.count()) == (False, record)


def test_a_closed_ticket_is_not_answered(
    queue: Callable[..., Any], ticket: Ticket, agent: Agent, now: datetime
) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    lifecycle.close(ticket, by=acting(agent), at=now)
    with pytest.raises(NotAllowed, match="closed"):
        queue()


# --- Pressed twice ----------------------------------------------------------------------------------------------------


def test_the_same_answer_twice_is_one(queue: Callable[..., Any], now: datetime) -> None:
    assert queue() == queue(at=now + SECOND)
    lifecycle.send_pending_replies(at=now + 2 * WINDOW)
    assert len(answers()) == 1


def test_another_answer_waits_until_the_first_has_left(queue: Callable[..., Any]) -> None:
    queue()
    with pytest.raises(NotAllowed, match="has not left yet"):
        queue("And this.")


def test_a_form_with_a_promise_that_has_left_already_answers_with_what_it_sent(
    queue: Callable[..., Any], now: datetime
) -> None:
    pledge = Pledge("update", now + timedelta(days=1), key=UUID("5d9c8f1e" + "0" * 24))
    queue(promise=pledge)
    lifecycle.send_pending_replies(at=now + WINDOW)
    assert queue(promise=pledge, at=now + 2 * WINDOW) == Message.objects.get(author_kind="agent")
    assert not PendingReply.objects.exists()


# --- Taken back -------------------------------------------------------------------------------------------------------


def test_what_was_taken_back_is_not_sent_and_not_lost(queue: Callable[..., Any], agent: Agent, now: datetime) -> None:
    for _press in range(2):
        lifecycle.take_back_reply(queue(), by=acting(agent))
    assert lifecycle.send_pending_replies(at=now + WINDOW) == 0
    assert (answers(), PendingReply.objects.get().text) == ([], "Try this.")


def test_what_has_left_cannot_be_taken_back(queue: Callable[..., Any], agent: Agent, now: datetime) -> None:
    pending = queue()
    lifecycle.send_pending_replies(at=now + WINDOW)
    with pytest.raises(NotAllowed, match="has left already"):
        lifecycle.take_back_reply(pending, by=acting(agent))


def test_a_lead_may_take_it_back(queue: Callable[..., Any], lead: Agent) -> None:
    assert lifecycle.take_back_reply(queue(), by=acting(lead)).hitch == "taken_back"


def test_a_colleague_may_not(queue: Callable[..., Any], senior: Agent) -> None:
    with pytest.raises(NotAllowed, match="Only its author or a lead"):
        lifecycle.take_back_reply(queue(), by=acting(senior))


def test_a_new_wording_takes_the_place_of_the_draft(queue: Callable[..., Any], agent: Agent, now: datetime) -> None:
    draft = lifecycle.take_back_reply(queue(), by=acting(agent))
    queue("Try that.", replaces=draft.pk)
    lifecycle.send_pending_replies(at=now + WINDOW)
    assert [text for text, _at in answers()] == ["Try that."]


def test_a_draft_is_not_lost_to_another_answer(queue: Callable[..., Any], agent: Agent) -> None:
    lifecycle.take_back_reply(queue(), by=acting(agent))
    with pytest.raises(NotAllowed, match="was not sent"):
        queue("Something else.")
    assert PendingReply.objects.get().text == "Try this."


def test_a_draft_is_kept_when_its_new_wording_is_refused(
    queue: Callable[..., Any], agent: Agent, ticket: Ticket, now: datetime
) -> None:
    draft, seen = lifecycle.take_back_reply(queue(), by=acting(agent)), ticket.last_message_id
    customer_writes(ticket, now)
    with pytest.raises(Stale):
        queue("Try that.", replaces=draft.pk, seen=seen)
    assert PendingReply.objects.get().text == "Try this."


def test_a_draft_can_be_discarded(queue: Callable[..., Any], agent: Agent) -> None:
    draft = lifecycle.take_back_reply(queue(), by=acting(agent))
    lifecycle.discard_reply(draft, by=acting(agent))
    assert not PendingReply.objects.exists()


def test_what_is_about_to_leave_is_not_discarded(queue: Callable[..., Any], agent: Agent) -> None:
    with pytest.raises(NotAllowed, match="Take it back first"):
        lifecycle.discard_reply(queue(), by=acting(agent))


# --- Solved in the meantime ---------------------------------------------------------------------------------------------


def test_what_was_solved_in_the_meantime_stays_solved(
    queue: Callable[..., Any], ticket: Ticket, agent: Agent, now: datetime
) -> None:
    queue()
    lifecycle.resolve(ticket, by=acting(agent), at=now + SECOND)
    lifecycle.send_pending_replies(at=now + WINDOW)
    ticket.refresh_from_db()
    assert (ticket.status, len(answers())) == ("resolved", 1)


def test_what_was_solved_before_is_opened_again_by_an_answer_that_says_so(
    queue: Callable[..., Any], ticket: Ticket, agent: Agent, now: datetime
) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    queue(at=now + SECOND)
    lifecycle.send_pending_replies(at=now + 2 * WINDOW)
    ticket.refresh_from_db()
    assert ticket.status == "pending"


# --- Held up ----------------------------------------------------------------------------------------------------------


def held_up() -> tuple[str, str]:
    return PendingReply.objects.values_list("hitch", "hitch_text").get()


@pytest.mark.parametrize("seen_is_known", [True, False])
def test_a_customer_who_writes_in_the_meantime_holds_it_up(
    queue: Callable[..., Any], ticket: Ticket, now: datetime, seen_is_known: bool
) -> None:
    queue(seen=ticket.last_message_id if seen_is_known else None)
    customer_writes(ticket, now + SECOND)
    assert lifecycle.send_pending_replies(at=now + WINDOW) == 0
    assert (answers(), held_up()) == ([], ("overtaken", ""))


def test_of_two_agents_the_first_is_sent(queue: Callable[..., Any], agent: Agent, senior: Agent, now: datetime) -> None:
    queue()
    queue("No, try that.", by=acting(senior), at=now + SECOND)
    lifecycle.send_pending_replies(at=now + 2 * WINDOW)
    assert [text for text, _at in answers()] == ["Try this."]
    assert (PendingReply.objects.get().author, held_up()[0]) == (senior.user, "overtaken")


def test_a_ticket_that_was_closed_in_the_meantime_says_why(
    queue: Callable[..., Any], ticket: Ticket, agent: Agent, now: datetime
) -> None:
    queue()
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    lifecycle.close(ticket, by=acting(agent), at=now)
    lifecycle.send_pending_replies(at=now + WINDOW)
    assert held_up() == ("refused", "This ticket is closed. Open a new one that is linked to it.")


def test_the_reason_is_in_the_language_of_its_author(
    queue: Callable[..., Any], ticket: Ticket, agent: Agent, now: datetime
) -> None:
    agent.user.language = "it"
    agent.user.save()
    queue()
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    lifecycle.close(ticket, by=acting(agent), at=now)
    lifecycle.send_pending_replies(at=now + WINDOW)
    assert held_up()[1].startswith("Questo ticket è chiuso.")


def test_a_fault_of_ours_loses_nothing_and_stops_nobody(
    queue: Callable[..., Any], agent: Agent, bob: Customer, now: datetime
) -> None:
    queue()
    lifecycle.queue_reply(open_ticket(bob), text="Hello Bob", by=acting(agent), at=now)
    PendingReply.objects.filter(text="Try this.").update(promise={"kind": "update"})
    assert lifecycle.send_pending_replies(at=now + WINDOW) == 1
    assert ([text for text, _at in answers()], held_up()[0]) == (["Hello Bob"], "refused")


def test_a_worker_that_dies_half_way_has_done_nothing(
    queue: Callable[..., Any], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending = queue()

    def dies(self: PendingReply) -> None:
        raise SystemExit

    with monkeypatch.context() as death:
        death.setattr(PendingReply, "delete", dies)
        with pytest.raises(SystemExit):
            lifecycle.send_pending_reply(pending.pk, at=now + WINDOW)
    assert answers() == []
    assert lifecycle.send_pending_reply(pending.pk, at=now + 2 * WINDOW)
    assert len(answers()) == 1
