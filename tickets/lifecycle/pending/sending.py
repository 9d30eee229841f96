"""Answers leave when nobody has taken them back in time: each once, or with the reason why not.

Whoever changes a pending reply holds the lock of its ticket. So of two workers one finds the row gone, and an answer is
never sent while it is being taken back. The message and the end of the row are one transaction: a worker that is killed
has done both or neither.
"""

import logging
from datetime import datetime
from typing import Final

from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from tickets.audit.actor import Actor, ActorKind
from tickets.desk.models import Hitch, Message, PendingReply, Ticket
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed, Stale
from tickets.lifecycle.conversation import reply
from tickets.lifecycle.pending.parts import pledge_of, proposal_of

logger = logging.getLogger(__name__)

BATCH: Final = 100
REASON_LENGTH: Final = PendingReply._meta.get_field("hitch_text").max_length


def send_pending_replies(*, at: datetime, limit: int = BATCH) -> int:
    """Send what a lost broker or a killed worker forgot, the oldest first; returns how many were sent."""
    due = PendingReply.objects.due(at).order_by("send_at", "pk").values_list("pk", flat=True)
    return sum(send_pending_reply(pk, at=at) for pk in list(due[:limit]))


def send_pending_reply(pk: int, *, at: datetime) -> bool:
    """Send one answer if its time has come; False when it is not due, was taken back, or is gone.

    What the desk's rules refuse by now, such as when somebody wrote in the meantime, stays with its author.
    """
    try:
        with transaction.atomic():
            return _send_or_keep(pk, at)
    except OperationalError:
        # The database could not, and not the answer: a lock that was waited for too long, a connection that broke.
        logger.exception("answer was not sent; the next sweep tries again", extra={"pending_reply": pk})
        return False


def lock(ticket_id: int) -> Ticket:
    """Take the lock that everybody holds who changes the ticket, or an answer to it; ends with the transaction."""
    return Ticket.objects.select_for_update(of=("self",)).get(pk=ticket_id)


def say(pending: PendingReply, *, at: datetime) -> Message:
    """Put it on record as an answer; raises what :func:`~tickets.lifecycle.reply` raises."""
    return reply(
        pending.ticket,
        text=pending.text,
        by=Actor(ActorKind.AGENT, pending.author_id),
        at=at,
        status=_status_afterwards(pending),
        language=pending.language,
        files=list(pending.files.all()),
        seen=pending.seen,
        attempt=proposal_of(pending),
        promise=pledge_of(pending),
    )


def _status_afterwards(pending: PendingReply) -> Status:
    """What its author chose; but what was solved since stays solved: nobody pressed "Resolve" to see it opened again."""
    status, solved_at = pending.ticket.status, pending.ticket.resolved_at
    if status == Status.RESOLVED and solved_at is not None and solved_at > pending.created_at:
        return Status.RESOLVED
    return Status(pending.status)


def _send_or_keep(pk: int, at: datetime) -> bool:
    due = PendingReply.objects.due(at).select_related("ticket", "author").filter(pk=pk)
    before = due.first()
    if before is None:
        return False
    lock(before.ticket_id)
    # Once more, now that nobody else is at it.
    pending = due.first()
    if pending is None:
        return False
    # The reason is for its author to read.
    with translation.override(pending.author.language):
        held_up = _say_or_why_not(pending, at)
    if held_up is None:
        pending.delete()
        return True
    pending.hitch, pending.hitch_text = held_up
    pending.save(update_fields=["hitch", "hitch_text"])
    return False


def _say_or_why_not(pending: PendingReply, at: datetime) -> tuple[Hitch, str] | None:
    """None when it is on record now."""
    try:
        with transaction.atomic():
            say(pending, at=at)
    except Stale:
        return Hitch.OVERTAKEN, ""
    except NotAllowed as refusal:
        return Hitch.REFUSED, str(refusal)[:REASON_LENGTH]
    except (OperationalError, SoftTimeLimitExceeded):
        raise
    except Exception:
        # A fault of ours. Tried for ever it would help nobody; its author can do something about it.
        logger.exception("answer could not be sent", extra={"pending_reply": pending.pk})
        return Hitch.REFUSED, _("Something went wrong here. Please send it once more.")
    return None
