"""What servers, providers and mailboxes report about mail that has left us.

Reports come late, twice and in any order: what each means for a mail is decided in ``rules``, under the mail's own lock.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from tickets.outbox import rules, suspensions
from tickets.outbox.models import DeliveryEvent, MailState, OutgoingMail, Suspension

DETAIL_LENGTH: Final = DeliveryEvent._meta.get_field("detail").max_length
STATUS_LENGTH: Final = DeliveryEvent._meta.get_field("status").max_length
SOURCE_LENGTH: Final = DeliveryEvent._meta.get_field("source").max_length
EVENT_ID_LENGTH: Final = DeliveryEvent._meta.get_field("event_id").max_length


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody tells about one mail.

    ``source`` names who tells, such as a provider or "bounce"; ``at`` is when it happened by their clock. ``permanent`` is
    whether trying again is of no use; ``status`` the enhanced status code (RFC 3463), and ``detail`` the server's words,
    where there are any. ``event_id`` is the source's own number for it: the same one is the same report. ``by_mail`` is
    for what came without a provider's signature: whoever got a copy of our mail could have written it.
    """

    kind: DeliveryEvent.Kind
    source: str
    at: datetime
    permanent: bool
    status: str = ""
    detail: str = ""
    event_id: str = ""
    by_mail: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What a report did to a mail's state; both are the same where it did nothing."""

    before: MailState
    after: MailState

    @property
    def is_news(self) -> bool:
        return self.before != self.after


def find(
    *,
    provider_id: str = "",
    message_id: str = "",
    ticket_and_mail: tuple[int, int] | None = None,
    recipient: str = "",
) -> OutgoingMail | None:
    """The mail that a report is about, by the surest sign that it gives; None for what is no mail of ours.

    ``ticket_and_mail`` is what a reply address names (see ``identifiers.mail_of``), and the only sign that nobody can make
    up. ``recipient`` only chooses between mails to which a provider gave one number: a mailbox that hands mail on reports
    under its own name.
    """
    mails = OutgoingMail.objects.select_related("ticket").defer("text", "html", "data")
    if ticket_and_mail is not None:
        ticket_id, mail_id = ticket_and_mail
        mail = mails.filter(pk=mail_id).first()
        return mail if mail is not None and (mail.ticket_id or 0) == ticket_id else None
    if message_id:
        found = mails.filter(rfc_message_id=f"<{message_id.strip().strip('<>')}>").first()
        if found is not None:
            return found
    if not provider_id:
        return None
    named = list(mails.filter(provider_id=provider_id).order_by("-pk")[:_TO_ONE_NUMBER])
    return next((mail for mail in named if mail.recipient.lower() == recipient.lower()), next(iter(named), None))


_TO_ONE_NUMBER: Final = 50
"""Providers number mails, or calls with several mails. Ours go one by one: more than a few is somebody else's number."""


def record(mail: OutgoingMail, report: Report, *, at: datetime) -> Change | None:
    """Put a report on record, and move the mail's state as far as it tells something new; None for a repeated report.

    The address gets no more automatic mail after a bounce for good or a complaint, and gets it again after a delivery.
    """
    with transaction.atomic():
        locked = OutgoingMail.objects.select_for_update().defer("text", "html", "data").get(pk=mail.pk)
        if _is_known(locked, report):
            return None
        DeliveryEvent.objects.create(
            mail=locked,
            kind=report.kind,
            at=report.at,
            source=report.source[:SOURCE_LENGTH],
            status=report.status[:STATUS_LENGTH],
            detail=_one_line(report.detail)[:DETAIL_LENGTH],
            event_id=report.event_id[:EVENT_ID_LENGTH],
        )
        before = MailState(locked.state)
        after = rules.next_state(before, report.kind, permanent=report.permanent)
        if after != before:
            OutgoingMail.objects.filter(pk=locked.pk).update(state=after, **_once_it_left(locked, report))
        _mind_the_address(locked, report, at)
    mail.state = after
    return Change(before, after)


def _is_known(mail: OutgoingMail, report: Report) -> bool:
    if report.event_id:
        told = DeliveryEvent.objects.filter(
            source=report.source[:SOURCE_LENGTH], event_id=report.event_id[:EVENT_ID_LENGTH]
        )
    else:
        told = mail.events.filter(source=report.source[:SOURCE_LENGTH], kind=report.kind, at=report.at)
    return told.exists()


def _once_it_left(mail: OutgoingMail, report: Report) -> dict[str, Any]:
    """A report can outrun our own record of the sending, or prove that a server took what it seemed to refuse."""
    values: dict[str, Any] = {"held_because": "", "lease_until": None}
    if mail.sent_at is None:
        values["sent_at"] = report.at
    return {**values, **(rules.WITHOUT_SECRETS if mail.confidential else {})}


def _mind_the_address(mail: OutgoingMail, report: Report, at: datetime) -> None:
    age = at - (mail.sent_at or at)
    if not mail.recipient or (report.by_mail and not rules.is_believed(report.kind, report.status, age=age)):
        return
    if rules.suspends(report.kind, permanent=report.permanent, status=report.status):
        complained = report.kind == DeliveryEvent.Kind.COMPLAINED
        cause = Suspension.Cause.COMPLAINED if complained else Suspension.Cause.BOUNCED
        Suspension.objects.suspend(mail, cause, detail=_one_line(report.detail)[:DETAIL_LENGTH], at=at)
    elif report.kind == DeliveryEvent.Kind.DELIVERED:
        suspensions.lift_because_delivered(mail, at=at)


def _one_line(text: str) -> str:
    # PostgreSQL takes no NUL, and what strange servers say may hold anything.
    return " ".join(text.replace("\0", "").split())
