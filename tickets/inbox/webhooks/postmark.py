"""Postmark: https://postmarkapp.com/developer/webhooks/webhooks-overview

Signs nothing; user and password of the address that it calls are all there is. Of mail it tells what it understood, and
the message as it came where "Include raw email content in JSON payload" is ticked, which we need.
"""

import json
from collections.abc import Iterable

from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.http import HttpRequest

from tickets.inbox.webhooks.doors import Arrived, MailDoor, ReportsDoor, envelope_address
from tickets.inbox.webhooks.events import Details


class PostmarkReports(ReportsDoor, PostmarkTrackingWebhookView):
    name = "postmark"

    def details(self, event: AnymailTrackingEvent) -> Details:
        told = event.esp_event
        return Details(for_good="HardBounce" in (told.get("Type"), told.get("SuppressionReason")))


class PostmarkMail(MailDoor):
    name = "postmark"

    def read(self, request: HttpRequest) -> Iterable[Arrived]:
        told = json.loads(self.body(request))
        recipient = told.get("OriginalRecipient")
        return [
            Arrived(
                # What cannot be UTF-8 is half a character, and stays that.
                told["RawEmail"].encode("utf-8", "surrogatepass"),
                sender=_sender(told.get("Headers") or []),
                recipients=[recipient] if recipient else [],
            )
        ]


def _sender(headers: list[dict[str, str]]) -> str | None:
    """Postmark puts what the server before it said on top; a Return-Path further down is a stranger's word."""
    top = headers[0] if headers else {}
    return envelope_address(top.get("Value")) if top.get("Name", "").lower() == "return-path" else None
