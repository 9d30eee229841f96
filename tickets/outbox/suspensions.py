"""Addresses that get no automatic mail, because mail to them came back for good or was called spam.

Whoever goes on writing there is taken for a spammer by the mail servers of all the others. What a person writes is still
tried, and so are sign-in codes, which are asked for.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from tickets.audit.actor import Actor
from tickets.outbox import actions
from tickets.outbox.models import Hold, MailState, OutgoingMail, Suspension

NEWS_FOR: Final = timedelta(days=3)
"""Mail held back for longer is not sent when the address works again: it tells what is no longer so. It stays readable."""


def is_suspended(address: str) -> Suspension | None:
    """Why an address gets no automatic mail; None for one that gets it."""
    return Suspension.objects.standing().filter(address=address.lower()).first()


def lift(address: str, *, by: Actor, at: datetime) -> bool:
    """Let automatic mail go there again, and send what was held back of late; False where there was nothing to lift."""
    with transaction.atomic():
        lifted = Suspension.objects.filter(address=address.lower()).lift(at=at, by=by.user_id)
        if lifted:
            _release(address, by=by, at=at)
    return bool(lifted)


def lift_because_delivered(mail: OutgoingMail, *, at: datetime) -> None:
    """A mail sent after the suspension has arrived: the mailbox works again. A complaint is taken back by people only."""
    if mail.sent_at is None:
        return
    standing = Suspension.objects.filter(
        address=mail.recipient.lower(), cause=Suspension.Cause.BOUNCED, since__lt=mail.sent_at
    )
    if standing.lift(at=at):
        _release(mail.recipient, by=Actor.system(), at=at)


def move(before: str, after: str, *, customer_id: int, by: Actor, at: datetime) -> None:
    """A customer has another address: what was held back of late, because mail to the old one comes back, goes there."""
    with transaction.atomic():
        held = _held(before, at).filter(customer=customer_id).select_for_update(of=("self",))
        mails = OutgoingMail.objects.filter(pk__in=list(held.values_list("pk", flat=True)))
        mails.update(recipient=after)
        actions.release(mails, by=by, at=at)


def _release(address: str, *, by: Actor, at: datetime) -> None:
    actions.release(_held(address, at), by=by, at=at)


def _held(address: str, at: datetime) -> QuerySet[OutgoingMail]:
    """What waits because of the address, and is still news."""
    held = OutgoingMail.objects.filter(state=MailState.HELD, held_because=Hold.SUSPENDED)
    return held.filter(recipient__iexact=address, created_at__gt=at - NEWS_FOR)
