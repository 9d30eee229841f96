"""Putting mail into the outbox. Nothing leaves here: a row is written now, a worker delivers it after the commit."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet

from tickets import rows
from tickets.audit.actor import Actor
from tickets.outbox.identifiers import message_id
from tickets.outbox.models import DeliveryEvent, Hold, MailState, OutgoingMail
from tickets.outbox.rules import BY_US, LEFT
from tickets.outbox.tasks import hand_over

_ERASED: Final = Q(customer__erased_at__isnull=False) | Q(ticket__customer__erased_at__isnull=False)
"""Mail about a customer who was erased: blank, whoever it is to."""


@dataclass(slots=True)
class Letter:
    """A mail to be written. ``data`` holds codes and values as they are now; the words are made when it is rendered.

    ``not_before`` puts off a mail that can wait, such as until somebody is at work.
    """

    kind: str
    recipient: str
    language: str
    data: dict[str, Any] = field(default_factory=dict)
    ticket_id: int | None = None
    customer_id: int | None = None
    message_id: int | None = None
    automatic: bool = True
    confidential: bool = False
    not_before: datetime | None = None


def put(letters: Iterable[Letter], *, at: datetime) -> list[OutgoingMail]:
    """Write the rows in one statement and tell the workers after the commit. Letters without an address are dropped."""
    mails = rows.insert(
        OutgoingMail(
            kind=letter.kind,
            ticket_id=letter.ticket_id,
            customer_id=letter.customer_id,
            message_id=letter.message_id,
            recipient=letter.recipient,
            language=letter.language,
            data=letter.data,
            rfc_message_id=message_id(letter.ticket_id),
            automatic=letter.automatic,
            confidential=letter.confidential,
            created_at=at,
            next_try_at=letter.not_before or at,
        )
        for letter in letters
        if letter.recipient
    )
    if now := [mail.pk for mail in mails if mail.next_try_at <= at]:
        _tell_workers(now)
    return mails


def send_again(mail: OutgoingMail, *, by: Actor, at: datetime) -> OutgoingMail | None:
    """Send a mail once more to where its customer is reached now; returns what waits in the outbox for it.

    One that failed is the same mail again. One that left, whatever became of it, is a new mail in the same words, with a
    Message-ID and a verification code of its own; asking twice before that one has left asks once. None for what cannot be
    sent again: it waits or is held back anyway, held a sign-in code, or is about a customer who was erased.
    """
    with transaction.atomic():
        rows_of = OutgoingMail.objects.select_for_update(of=("self",)).select_related("customer")
        row = rows_of.filter(pk=mail.pk, confidential=False).exclude(_ERASED).first()
        if row is None:
            return None
        if row.state == MailState.FAILED:
            again = _tried_again(row, at)
        elif row.state in LEFT and row.rendered_at is not None:
            again = row.resent.filter(state__in=[MailState.QUEUED, MailState.SENDING]).first() or _repeated(row, at)
        else:
            return None
        _put_on_record([*{row.pk, again.pk}], DeliveryEvent.Kind.RESENT, by, at)
        _tell_workers([again.pk])
    return again


def _tried_again(mail: OutgoingMail, at: datetime) -> OutgoingMail:
    mail.recipient = _address(mail)
    mail.state, mail.attempts, mail.next_try_at = MailState.QUEUED, 0, at
    mail.save(update_fields=["recipient", "state", "attempts", "next_try_at"])
    return mail


def _repeated(mail: OutgoingMail, at: datetime) -> OutgoingMail:
    """The words stay as they were, but for the code: the facts behind them may have moved on."""
    copied = ("kind", "ticket_id", "customer_id", "message_id", "language", "data", "subject", "automatic")
    copy = OutgoingMail(
        **{name: getattr(mail, name) for name in copied},
        recipient=_address(mail),
        rfc_message_id=message_id(mail.ticket_id),
        resend_of=mail,
        created_at=at,
        next_try_at=at,
        rendered_at=mail.rendered_at,
    )
    copy.text, copy.html = (part.replace(mail.code, copy.code) for part in (mail.text, mail.html))
    copy.save()
    return copy


def _address(mail: OutgoingMail) -> str:
    return mail.customer.email if mail.customer else mail.recipient


def hold(mails: QuerySet[OutgoingMail], *, by: Actor, at: datetime) -> int:
    """Keep back what waits to be sent; returns how many. What a worker has already is not stopped any more."""
    with transaction.atomic():
        keys = _locked(mails.filter(state=MailState.QUEUED))
        OutgoingMail.objects.filter(pk__in=keys).update(state=MailState.HELD, held_because=Hold.AGENT)
        _put_on_record(keys, DeliveryEvent.Kind.HELD, by, at)
    return len(keys)


def release(mails: QuerySet[OutgoingMail], *, by: Actor, at: datetime) -> int:
    """Send what is held back after all; returns how many. Nothing goes to a customer who was erased."""
    with transaction.atomic():
        keys = _locked(mails.filter(state=MailState.HELD).exclude(recipient="").exclude(_ERASED))
        OutgoingMail.objects.filter(pk__in=keys).update(
            state=MailState.QUEUED, held_because="", attempts=0, next_try_at=at
        )
        _put_on_record(keys, DeliveryEvent.Kind.RELEASED, by, at)
        if keys:
            _tell_workers(keys)
    return len(keys)


def _locked(mails: QuerySet[OutgoingMail]) -> list[int]:
    return list(mails.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))


def _put_on_record(mail_ids: list[int], kind: DeliveryEvent.Kind, by: Actor, at: datetime) -> None:
    rows.insert(DeliveryEvent(mail_id=pk, kind=kind, at=at, source=BY_US, by_id=by.user_id) for pk in mail_ids)


def _tell_workers(mail_ids: list[int]) -> None:
    # robust: when the broker is down the row is safe, and the sweep finds it. A lambda and not a partial, because Django
    # asks a callback that failed for its __qualname__, and fails itself where there is none.
    transaction.on_commit(lambda: hand_over(mail_ids), robust=True)
