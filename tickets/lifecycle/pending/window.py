"""An agent presses "Send", and has some seconds to think better of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tickets.attachments.models import Attachment
from tickets.audit.actor import Actor
from tickets.desk.models import Hitch, Message, PendingReply, Ticket
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed
from tickets.lifecycle.attempts import Proposal
from tickets.lifecycle.conversation import reply
from tickets.lifecycle.pending.parts import of_pledge, of_proposal
from tickets.lifecycle.pending.sending import lock, say
from tickets.lifecycle.pending.tasks import send_later
from tickets.people.models import User
from tickets.promises.rules import Pledge

FOR_OTHERS = "tickets.change_escalation"
"""The right to take back what somebody else wrote; leads have it."""


def queue_reply(
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
    replaces: int | None = None,
) -> PendingReply | Message:
    """An agent answers the customer: the answer leaves ``settings.REPLY_UNDO_SECONDS`` later unless it is taken back; at
    once where that is 0. It counts from when it leaves.

    Takes and refuses at once what :func:`~tickets.lifecycle.reply` does. A customer who writes in the meantime holds it
    up. Pressing twice queues one answer. ``replaces`` is the key of the draft that this is the new wording of; raises
    NotAllowed over another answer of theirs that still waits.
    """
    if by.user_id is None:
        raise NotAllowed(_("An answer is written by a person."))
    with transaction.atomic():
        locked = lock(ticket.pk)
        earlier = locked.pending_replies.filter(author=by.user_id).first()
        if earlier is not None:
            if earlier.text == text and not earlier.hitch:
                return earlier
            _refuse_another(earlier, text, replaces)
            earlier.delete()
        if not settings.REPLY_UNDO_SECONDS:
            return reply(
                ticket,
                text=text,
                by=by,
                at=at,
                status=status,
                language=language,
                files=files,
                seen=seen,
                attempt=attempt,
                promise=promise,
            )
        pending = PendingReply.objects.create(
            ticket=locked,
            author_id=by.user_id,
            text=text,
            status=status,
            language=language or locked.language,
            # Whatever else was on the screen: nobody has seen what comes from now on.
            seen=seen if seen is not None else locked.last_message_id,
            promise=of_pledge(promise),
            attempt=of_proposal(attempt),
            created_at=at,
            send_at=at + timedelta(seconds=settings.REPLY_UNDO_SECONDS),
        )
        pending.files.set(files)
        if sent := _rehearse(pending, at):
            pending.delete()
            return sent
        send_later(pending.pk, settings.REPLY_UNDO_SECONDS)
    return pending


def take_back_reply(pending: PendingReply, *, by: Actor) -> PendingReply:
    """It is not sent, and becomes a draft of its author's. Taking it back twice is the same.

    Raises NotAllowed when it has left, and for whoever is neither its author nor a lead.
    """
    with transaction.atomic():
        waiting = _waiting(pending, by)
        if not waiting.hitch:
            waiting.hitch = Hitch.TAKEN_BACK
            waiting.save(update_fields=["hitch"])
    return waiting


def discard_reply(pending: PendingReply, *, by: Actor) -> None:
    """Forget an answer that was taken back or could not be sent. Raises NotAllowed as :func:`take_back_reply` does, and
    for one that is about to leave.
    """
    with transaction.atomic():
        waiting = _waiting(pending, by)
        if not waiting.hitch:
            raise NotAllowed(_("This answer is about to leave. Take it back first."))
        waiting.delete()


def _refuse_another(earlier: PendingReply, text: str, replaces: int | None) -> None:
    if not earlier.hitch:
        raise NotAllowed(
            _("Your last answer has not left yet. Take it back, or wait until it has left before you send this one.")
        )
    if earlier.pk != replaces and earlier.text != text:
        raise NotAllowed(_("Another answer of yours to this customer was not sent. Send or discard that one first."))


def _rehearse(pending: PendingReply, at: datetime) -> Message | None:
    """Send it and undo that: so everything is refused at once that would be refused later, by the very same rules.

    Returns the message where an earlier press of the same form has sent it already: that one outlives the undoing.
    """
    with transaction.atomic():
        message = say(pending, at=at)
        transaction.set_rollback(True)
    return Message.objects.filter(pk=message.pk).first()


def _waiting(pending: PendingReply, by: Actor) -> PendingReply:
    """The row as it stands under its ticket's lock."""
    lock(pending.ticket_id)
    waiting = PendingReply.objects.filter(pk=pending.pk, ticket=pending.ticket_id).first()
    if waiting is None:
        raise NotAllowed(_("This answer has left already, or was discarded."))
    if waiting.author_id != by.user_id and not _may_for_others(by):
        raise NotAllowed(_("Only its author or a lead can take this answer back."))
    return waiting


def _may_for_others(by: Actor) -> bool:
    return by.user_id is not None and User.objects.get(pk=by.user_id).has_perm(FOR_OTHERS)
