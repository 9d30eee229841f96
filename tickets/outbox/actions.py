"""Putting mail into the outbox. Nothing leaves here: a row is written now, a worker delivers it after the commit."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from tickets import rows
from tickets.outbox.identifiers import message_id
from tickets.outbox.models import MailState, OutgoingMail
from tickets.outbox.tasks import hand_over


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


def try_again(mail: OutgoingMail, *, at: datetime) -> bool:
    """Put a mail that failed back into the outbox; False when it is not one that failed, or was blanked: because it held
    a sign-in code, or because the customer it was about was erased.
    """
    again = OutgoingMail.objects.filter(pk=mail.pk, state=MailState.FAILED, confidential=False)
    again = again.exclude(ticket__customer__erased_at__isnull=False)
    if not again.update(state=MailState.QUEUED, attempts=0, next_try_at=at):
        return False
    _tell_workers([mail.pk])
    return True


def _tell_workers(mail_ids: list[int]) -> None:
    # robust: when the broker is down the row is safe, and the sweep finds it. A lambda and not a partial, because Django
    # asks a callback that failed for its __qualname__, and fails itself where there is none.
    transaction.on_commit(lambda: hand_over(mail_ids), robust=True)
