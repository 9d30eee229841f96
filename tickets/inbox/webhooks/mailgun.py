"""Mailgun: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks

Reports come as JSON, mail as a form, which holds the message as it came because our address for it ends in "mime".
"""

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from tickets.inbox.webhooks.doors import Arrived, Door, MailDoor, ReportsDoor, envelope_address
from tickets.inbox.webhooks.events import Details
from tickets.inbox.webhooks.forms import read_fields

SIGNING_KEY: Final = "MAILGUN_WEBHOOK_SIGNING_KEY"

GOOD_FOR: Final = timedelta(hours=12)
"""How long a signature is believed. Mailgun calls again for eight hours, and does not say whether it signs anew."""

MOST_BYTES: Final = 2 * 25 * 1024 * 1024
"""Mailgun takes messages of 25 MB. The signature stands among what is sent: without a password all of it has to be read
before anybody knows whether it is from Mailgun."""

AHEAD: Final = timedelta(minutes=5)
"""By how much Mailgun's clock may be before ours."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Covers a moment and a token, but nothing of what is told: whoever sees one could tell us anything with it.

    So it grows old, and the token goes with what it first came with, for as long as the cache remembers.
    """

    timestamp: str
    token: str
    signature: str
    content: bytes

    def check(self, *, at: datetime) -> None:
        """Raise AnymailWebhookValidationFailure unless Mailgun signed this, of late, and for this content."""
        # Half a character is no reason to stumble: nobody has proven anything yet.
        message = f"{self.timestamp}{self.token}".encode(errors="replace")
        expected = hmac.digest(settings.ANYMAIL[SIGNING_KEY].encode(), message, "sha256").hex()
        if not hmac.compare_digest(expected.encode(), self.signature.encode(errors="replace")):
            raise AnymailWebhookValidationFailure("The signature is not Mailgun's.")
        if not -AHEAD.total_seconds() <= at.timestamp() - float(self.timestamp) <= GOOD_FOR.total_seconds():
            raise AnymailWebhookValidationFailure("The signature is too old, or not of today.")
        if cache.get(self._key, self._content) != self._content:
            raise AnymailWebhookValidationFailure("The signature came before, with something else.")

    def spend(self) -> None:
        """Believe it for nothing else from now on. Once all is done: what we failed to do may come again."""
        cache.set(self._key, self._content, timeout=GOOD_FOR.total_seconds())

    @property
    def _key(self) -> str:
        return f"mailgun:{sha256(self.token.encode()).hexdigest()}"

    @property
    def _content(self) -> str:
        return sha256(self.content).hexdigest()


class SignedByMailgun(Door):
    """What both doors do with the signature once all is done. ``validate_request`` finds it where the call has it."""

    name = "mailgun"
    secrets = (SIGNING_KEY,)
    signature: Signature

    def accept(self, request: HttpRequest, *, at: datetime) -> None:
        super().accept(request, at=at)
        self.signature.spend()


class MailgunReports(SignedByMailgun, ReportsDoor, MailgunTrackingWebhookView):
    def validate_request(self, request: HttpRequest) -> None:
        try:
            call = json.loads(request.body)
            signed = {part: str(call["signature"][part]) for part in ("timestamp", "token", "signature")}
            content = json.dumps(call["event-data"], sort_keys=True).encode()
        except (ValueError, KeyError, TypeError, RecursionError):
            raise AnymailWebhookValidationFailure("It has no signature.") from None
        self.signature = Signature(**signed, content=content)
        self.signature.check(at=timezone.now())

    def details(self, event: AnymailTrackingEvent) -> Details:
        told: dict[str, Any] = event.esp_event["event-data"]
        return Details(
            # Those that are not are "deferred" with Anymail.
            for_good=True,
            status=(told.get("delivery-status") or {}).get("enhanced-code") or "",
            message_id=event.message_id or "",
            # By itself the number is unique for a day.
            event_id=f"{told['id']} {told['timestamp']}" if told.keys() >= {"id", "timestamp"} else "",
        )


class MailgunMail(SignedByMailgun, MailDoor):
    def most_bytes(self) -> int:
        return min(super().most_bytes(), MOST_BYTES)

    def validate_request(self, request: HttpRequest) -> None:
        try:
            self.fields = read_fields(self.body(request), request.headers.get("Content-Type", ""))
            signed = {part: self.fields[part].decode() for part in ("timestamp", "token", "signature")}
        except (ValueError, KeyError):
            raise AnymailWebhookValidationFailure("It has no signature.") from None
        self.signature = Signature(**signed, content=self.fields.get("body-mime", b""))
        self.signature.check(at=timezone.now())

    def read(self, request: HttpRequest) -> Iterable[Arrived]:
        sender = self.fields.get("sender")
        recipients = self.fields.get("recipient", b"").decode("utf-8", "replace")
        return [
            Arrived(
                self.fields["body-mime"],
                sender=envelope_address(None if sender is None else sender.decode("utf-8", "replace")),
                recipients=[address.strip() for address in recipients.split(",") if address.strip()],
            )
        ]
