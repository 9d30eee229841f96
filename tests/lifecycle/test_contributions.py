"""Mail from somebody whom nobody vouches for, and what an agent makes of it."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.attachments import actions as attachments
from tickets.attachments import limits
from tickets.attachments.models import Attachment
from tickets.audit.actor import ActorKind
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed
from tickets.models import Agent, AuditEntry, Customer, Message, OutgoingMail, SLAClock, Ticket

HOUR = timedelta(hours=1)
SENDER = "dora@elsewhere.example"


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


def contribute(ticket: Ticket, at: datetime, **changes: Any) -> Message:
    arguments = {"text": "I am her neighbour.", "sender": SENDER, "automatic": False, "language": "en", **changes}
    return lifecycle.receive_contribution(ticket, at=at, **arguments)


def state(ticket: Ticket) -> tuple[Any, ...]:
    """All that mail could move."""
    row = Ticket.objects.filter(pk=ticket.pk).values().get()
    return row, list(SLAClock.objects.filter(ticket=ticket).order_by("pk").values())


def mailed() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("automatic", [False, True])
def test_it_is_for_the_desk_alone_with_the_address_that_it_claims_to_come_from(
    ticket: Ticket, now: datetime, automatic: bool
) -> None:
    message = Message.objects.get(pk=contribute(ticket, now + HOUR, automatic=automatic).pk)
    assert (message.internal, message.author_kind, message.author, message.sender, message.automatic) == (
        True,
        ActorKind.SENDER,
        None,
        SENDER,
        automatic,
    )


@pytest.mark.parametrize("automatic", [False, True])
@pytest.mark.parametrize("status", [Status.NEW, Status.PENDING, Status.RESOLVED, Status.CLOSED])
def test_it_moves_no_clock_and_no_status(
    ticket: Ticket, agent: Agent, now: datetime, status: Status, automatic: bool
) -> None:
    if status != Status.NEW:
        reached = Status.RESOLVED if status == Status.CLOSED else status
        lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now, status=reached)
    if status == Status.CLOSED:
        lifecycle.close(ticket, by=acting(agent), at=now)
    before = state(ticket)
    assert before[0]["status"] == status
    contribute(ticket, now + HOUR, automatic=automatic)
    assert state(ticket) == before
    assert Ticket.objects.count() == 1


def test_whoever_has_the_case_is_told(ticket: Ticket, agent: Agent, now: datetime) -> None:
    before = mailed()
    contribute(ticket, now + HOUR)
    assert mailed() == [*before, "somebody_wrote"]
    assert OutgoingMail.objects.latest("pk").recipient == agent.user.email


def test_nobody_is_told_of_what_a_machine_wrote(ticket: Ticket, now: datetime) -> None:
    before = mailed()
    contribute(ticket, now + HOUR, automatic=True)
    assert mailed() == before


@pytest.mark.parametrize(("automatic", "code"), [(False, "somebody_wrote"), (True, "machine_wrote")])
def test_it_stands_in_the_record(ticket: Ticket, now: datetime, automatic: bool, code: str) -> None:
    contribute(ticket, now + HOUR, automatic=automatic)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.code, entry.data, entry.actor_kind) == (code, {"sender": SENDER}, ActorKind.SENDER)


# --- An agent says that it is the customer's own ----------------------------------------------------------------------


def test_what_is_confirmed_is_the_customers_message(ticket: Ticket, agent: Agent, now: datetime) -> None:
    kept = contribute(ticket, now + HOUR)
    message = lifecycle.confirm_contribution(kept, by=acting(agent), at=now + 2 * HOUR)
    message.refresh_from_db()
    assert (message.confirms, message.text, message.internal) == (kept, kept.text, False)
    assert (message.author_kind, message.author_id) == (ActorKind.CUSTOMER, ticket.customer.user_id)


def test_from_then_on_it_is_our_turn(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.reply(ticket, text="Which serial number?", by=acting(agent), at=now)
    kept = contribute(ticket, now + HOUR)
    lifecycle.confirm_contribution(kept, by=acting(agent), at=now + 2 * HOUR)
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    assert SLAClock.objects.get(ticket=ticket, metric="next_reply", stopped_at=None).started_at == now + 2 * HOUR


def test_its_files_are_the_customers(ticket: Ticket, agent: Agent, now: datetime) -> None:
    file, _verdict = attachments.receive("log.txt", BytesIO(b"E04\n"), limits=limits.current(), at=now)
    assert file
    kept = contribute(ticket, now + HOUR, files=[file])
    message = lifecycle.confirm_contribution(kept, by=acting(agent), at=now + 2 * HOUR)
    assert list(Attachment.objects.filter(message=message)) == [file]


def test_confirming_twice_is_confirming_once(ticket: Ticket, agent: Agent, now: datetime) -> None:
    kept = contribute(ticket, now + HOUR)
    first = lifecycle.confirm_contribution(kept, by=acting(agent), at=now + 2 * HOUR)
    assert lifecycle.confirm_contribution(kept, by=acting(agent), at=now + 3 * HOUR) == first
    assert ticket.messages.filter(internal=False).count() == 2


def test_on_a_closed_ticket_it_opens_the_follow_up(ticket: Ticket, agent: Agent, now: datetime) -> None:
    kept = contribute(ticket, now + HOUR)
    lifecycle.resolve(ticket, by=acting(agent), at=now + HOUR)
    lifecycle.close(ticket, by=acting(agent), at=now + HOUR)
    message = lifecycle.confirm_contribution(kept, by=acting(agent), at=now + 2 * HOUR)
    assert message.ticket.follow_up_of == ticket


def test_a_note_cannot_be_confirmed(ticket: Ticket, agent: Agent, now: datetime) -> None:
    note = lifecycle.add_note(ticket, text="Weak pump?", by=acting(agent), at=now)
    with pytest.raises(NotAllowed):
        lifecycle.confirm_contribution(note, by=acting(agent), at=now)
