"""What people write to each other on a ticket."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from tickets.attachments.models import Attachment
from tickets.audit.actor import Actor, ActorKind
from tickets.desk.models import Channel, Message, Ticket
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed, Stale
from tickets.lifecycle.attempts import Proposal, propose
from tickets.lifecycle.case import Case, happening
from tickets.lifecycle.files import attach
from tickets.lifecycle.hearing import count_reopening, hear
from tickets.lifecycle.opening import open_ticket
from tickets.lifecycle.promises.ledger import made_before
from tickets.lifecycle.promises.ledger import make as make_promise
from tickets.lifecycle.reopening import open_again
from tickets.lifecycle.resolution import mark_resolved
from tickets.people.models import Agent
from tickets.promises.rules import Pledge
from tickets.sla.rules import Event


def reply(
    ticket: Ticket,
    *,
    text: str,
    by: Actor,
    at: datetime,
    status: Status = Status.PENDING,
    language: str | None = None,
    files: Iterable[Attachment] = (),
    seen: int | None = None,
    attempt: Proposal | None = None,
    promise: Pledge | None = None,
) -> Message:
    """An agent answers the customer, publicly. Stops the reply clocks; the mail leaves after the commit.

    ``seen`` is the id of the newest message the agent had on the screen. ``attempt`` puts on record that the answer
    proposes a solution, which the customer is asked about; ``promise`` puts on record what it promises. A form that is
    sent twice with a promise answers once. Raises Stale when somebody wrote since, and NotAllowed on a closed ticket, for
    what cannot be promised, or when ``status`` is Resolved over a promise.
    """
    with happening(ticket, by=by, at=at) as case:
        _refuse_closed(case)
        if before := _sent_before(case, text, promise):
            return before
        _refuse_stale(case, seen)
        _refuse_done(promise, status)
        message = case.say(text, internal=False, language=language or case.ticket.language, channel=Channel.STAFF)
        attach(case, message, files)
        case.note("replied")
        if attempt is not None:
            propose(case, message, attempt)
        case.clocks.react(Event.STAFF_REPLY, status=Status(case.ticket.status), at=at)
        if case.ticket.status != status:
            if status == Status.RESOLVED:
                mark_resolved(case)
            else:
                case.change_status(status)
        if case.ticket.assignee is None and (agent := _agent(by)):
            case.set(assignee=agent)
            case.note("assigned", before=None, after=agent.pk)
        if promise is not None:
            make_promise(case, promise, message)
        case.tell_customer("reply", message=message, automatic=False)
    return message


def add_note(
    ticket: Ticket,
    *,
    text: str,
    by: Actor,
    at: datetime,
    language: str | None = None,
    channel: str = Channel.STAFF,
    files: Iterable[Attachment] = (),
) -> Message:
    """Staff write something that the customer never sees. Moves no clock."""
    with happening(ticket, by=by, at=at) as case:
        message = case.say(text, internal=True, language=language or case.ticket.language, channel=channel)
        attach(case, message, files)
        case.note("noted")
    return message


def receive_customer_message(
    ticket: Ticket,
    *,
    text: str,
    by: Actor,
    at: datetime,
    language: str | None = None,
    channel: str = Channel.PORTAL,
    files: Iterable[Attachment] = (),
) -> Message:
    """The customer writes again: a Resolved ticket opens again, a Closed one gets a linked follow-up ticket.

    The words are the customer's, also where ``by`` is somebody at the desk who puts them on record. Returns the
    message; its ``ticket`` is the follow-up where one was opened.
    """
    with happening(ticket, by=by, at=at) as case:
        # Asked of the locked row: the sweep may have closed it since the page was read.
        if case.ticket.status == Status.CLOSED:
            return _follow_up(case.ticket, text=text, by=by, at=at, language=language, channel=channel, files=files)
        author = Actor(ActorKind.CUSTOMER, case.ticket.customer.user_id)
        message = case.say(
            text, internal=False, language=language or case.ticket.language, channel=channel, author=author
        )
        attach(case, message, files)
        case.note("customer_wrote")
        case.tell_agent("customer_wrote", case.ticket.assignee)
        hear(case)
    return message


def reopen(ticket: Ticket, *, by: Actor, at: datetime, text: str = "", files: Iterable[Attachment] = ()) -> None:
    """Somebody says that it is not solved; a customer's words go in as a message, which opens it again by itself.

    Without words it raises NotAllowed unless the ticket is Resolved.
    """
    if text and by.kind == "customer":
        receive_customer_message(ticket, text=text, by=by, at=at, files=files)
        return
    with happening(ticket, by=by, at=at) as case:
        if case.ticket.status != Status.RESOLVED:
            raise NotAllowed(_("Only a solved request can be opened again."))
        open_again(case)
        count_reopening(case)


def _follow_up(
    ticket: Ticket,
    *,
    text: str,
    by: Actor,
    at: datetime,
    language: str | None,
    channel: str,
    files: Iterable[Attachment],
) -> Message:
    follow_up = open_ticket(
        customer=ticket.customer,
        category=ticket.category,
        subject=ticket.subject,
        text=text,
        by=by,
        at=at,
        language=language or ticket.language,
        impact=ticket.impact,
        order_line=ticket.order_line,
        files=files,
        notice_id=ticket.notice_id,
        channel=channel,
        follow_up_of=ticket,
    )
    return follow_up.messages.get()


def _refuse_closed(case: Case) -> None:
    if case.ticket.status == Status.CLOSED:
        raise NotAllowed(_("This ticket is closed. Open a new one that is linked to it."))


def _refuse_stale(case: Case, seen: int | None) -> None:
    newest = case.ticket.last_message_id
    if seen is not None and newest is not None and newest != seen:
        raise Stale(_("Somebody wrote while you were writing. Read the new message, then send or change your answer."))


def _sent_before(case: Case, text: str, promise: Pledge | None) -> Message | None:
    """The same answer, when an earlier click on the same form has sent it. Other words with the same form are not lost:
    they are refused, and come back.
    """
    made = made_before(case, promise.key) if promise else None
    if made is None:
        return None
    if made.message is None or made.message.text != text:
        raise NotAllowed(_("This promise is on record already. Leave it out, and send the rest."))
    return made.message


def _refuse_done(promise: Pledge | None, status: Status) -> None:
    if promise is not None and status == Status.RESOLVED:
        raise NotAllowed(_("What is promised is still to be done. Choose another status, or leave the promise out."))


def _agent(by: Actor) -> Agent | None:
    return Agent.objects.select_related("user").filter(user=by.user_id).first()
