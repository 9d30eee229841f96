"""From a provider's word for what became of a mail to ours."""

import hashlib
import json
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from tickets import lifecycle
from tickets.outbox import tracking
from tickets.outbox.models import DeliveryEvent

logger = logging.getLogger(__name__)

KINDS: Final = {
    EventType.DELIVERED: DeliveryEvent.Kind.DELIVERED,
    EventType.DEFERRED: DeliveryEvent.Kind.DEFERRED,
    EventType.BOUNCED: DeliveryEvent.Kind.BOUNCED,
    EventType.COMPLAINED: DeliveryEvent.Kind.COMPLAINED,
    EventType.REJECTED: DeliveryEvent.Kind.FAILED,
    EventType.FAILED: DeliveryEvent.Kind.FAILED,
}
"""What we keep. Who opened a mail or followed a link is nobody's business, and steps before the delivery are no news."""

NO_SUCH_ADDRESS: Final = {RejectReason.BOUNCED, RejectReason.INVALID}
"""Why a provider does not even try: mail to that address came back before. As good as a bounce for good."""

_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class Details:
    """What Anymail leaves in the provider's own words.

    ``for_good`` is whether a bounce is one for good, ``status`` the enhanced status code (RFC 3463), ``message_id`` the
    header of the mail itself, which is ours, and ``event_id`` what tells an event from its repetition, where the provider
    has something better than the whole of its words.
    """

    for_good: bool = False
    status: str = ""
    message_id: str = ""
    event_id: str = ""


def record(event: AnymailTrackingEvent, details: Details, *, source: str, at: datetime) -> None:
    """Put on record what ``source`` tells of a mail. What is about no mail of ours is let be: nothing would change that."""
    kind = KINDS.get(event.event_type)
    if kind is None:
        return
    mail = tracking.find(
        provider_id=event.message_id or "", message_id=details.message_id, recipient=event.recipient or ""
    )
    if mail is None:
        logger.info("report about no mail of ours", extra={"provider": source, "kind": kind.value})
        return
    lifecycle.mail_reported(mail, _report(kind, event, details, source, at), at=at)


def _report(
    kind: DeliveryEvent.Kind, event: AnymailTrackingEvent, details: Details, source: str, at: datetime
) -> tracking.Report:
    words = " ".join(str(part) for part in (event.description, event.mta_response) if part)
    given_up = kind == DeliveryEvent.Kind.FAILED
    no_such_address = given_up and event.reject_reason in NO_SUCH_ADDRESS
    return tracking.Report(
        kind=DeliveryEvent.Kind.BOUNCED if no_such_address else kind,
        source=source,
        at=_moment(event.timestamp) or at,
        permanent=given_up or details.for_good,
        status=details.status or _status_in(words),
        detail=words,
        event_id=str(details.event_id or event.event_id or _digest(event.esp_event)),
    )


def _moment(timestamp: datetime | None) -> datetime | None:
    """Times without a zone are UTC with those that leave it out."""
    return timestamp.replace(tzinfo=UTC) if timestamp is not None and timestamp.tzinfo is None else timestamp


def _status_in(words: str) -> str:
    found = _STATUS.search(words)
    return found[0] if found else ""


def _digest(words: object) -> str:
    return hashlib.sha256(json.dumps(words, sort_keys=True, default=str).encode()).hexdigest()
