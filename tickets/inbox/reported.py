"""What a report by mail tells about mail of ours: bounces (RFC 3464), complaints (RFC 5965), receipts (RFC 8098)."""

from collections.abc import Iterator
from typing import Final

from tickets.inbox import matching, parse
from tickets.inbox.models import RawMail
from tickets.inbox.parse import ParsedMail
from tickets.outbox import identifiers, tracking
from tickets.outbox.models import DeliveryEvent, OutgoingMail
from tickets.outbox.tracking import Report

KINDS: Final = {
    "bounce": DeliveryEvent.Kind.BOUNCED,
    "delay": DeliveryEvent.Kind.DEFERRED,
    "delivered": DeliveryEvent.Kind.DELIVERED,
    "complaint": DeliveryEvent.Kind.COMPLAINED,
}
"""That a mail was read is nothing that we keep."""

SOURCE: Final = "mail"


def reports_of(raw: RawMail, mail: ParsedMail) -> Iterator[tuple[OutgoingMail, Report | None]]:
    """Each mail of ours that is reported on, and what of it; None for what we do not keep. Nothing about unknown mail.

    A mail goes out from an address of its own, and the report comes back to that one: the surest sign. A bounce of servers
    that follow no standard says at least what it answers.
    """
    tokens = matching.tokens(raw, mail)
    named = tracking.find(ticket_and_mail=tokens[0]) if tokens else None
    told = mail.reports or [parse.Report("bounce", message_id=_answered(mail), diagnostic=mail.subject)]
    for number, report in enumerate(told):
        about = named or (tracking.find(message_id=report.message_id) if report.message_id else None)
        if about is not None:
            yield about, _in_our_words(raw, number, report)


def _answered(mail: ParsedMail) -> str:
    return next((one for one in matching.answered_ids(mail) if identifiers.ticket_of(one) is not None), "")


def _in_our_words(raw: RawMail, number: int, report: parse.Report) -> Report | None:
    if report.kind not in KINDS:
        return None
    return Report(
        kind=KINDS[report.kind],
        source=SOURCE,
        by_mail=True,
        # Its own date may be any.
        at=raw.received_at,
        permanent=report.is_permanent,
        status=report.status,
        detail=report.diagnostic,
        event_id=f"{raw.content_digest}.{number}",
    )
