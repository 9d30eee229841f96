"""Amazon SES, through topics of SNS: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html

SNS signs each call, which says that it comes from Amazon, and not that it comes from our account: anybody may make a
topic there. So user and password are needed as well, and a new topic is confirmed for whoever knows them.
"""

import base64
from collections.abc import Iterable
from typing import Any

from anymail.exceptions import AnymailConfigurationError
from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.amazon_ses import AmazonSESInboundWebhookView, AmazonSESTrackingWebhookView
from django.http import HttpRequest

from tickets.inbox.webhooks import sns
from tickets.inbox.webhooks.doors import REPORTS_BYTES, Arrived, Door, MailDoor, ReportsDoor, envelope_address
from tickets.inbox.webhooks.events import Details


class SignedBySNS(Door):
    """What both doors ask of a call. Anymail compares headers and body; the signature is left to us."""

    name = "amazon_ses"

    def validate_request(self, request: HttpRequest) -> None:
        sns.check(request.body)


class AmazonSESReports(SignedBySNS, ReportsDoor, AmazonSESTrackingWebhookView):
    def details(self, event: AnymailTrackingEvent) -> Details:
        told: dict[str, Any] = event.esp_event
        bounce = told.get("bounce") or {}
        statuses = (recipient.get("status") for recipient in bounce.get("bouncedRecipients") or [])
        return Details(
            for_good=bounce.get("bounceType") == "Permanent",
            status=next((status for status in statuses if status), ""),
            # As we wrote it: on its way SES puts one of its own in its place.
            message_id=((told.get("mail") or {}).get("commonHeaders") or {}).get("messageId") or "",
        )


class AmazonSESMail(SignedBySNS, MailDoor, AmazonSESInboundWebhookView):
    """Mail of up to 150 kB comes in the notification, larger mail lies in a bucket (40 MB is the most that SES takes)."""

    def most_bytes(self) -> int:
        # SNS carries 256 kB at most.
        return REPORTS_BYTES

    def read(self, request: HttpRequest) -> Iterable[Arrived]:
        arrived: list[Arrived] = self.parse_events(request)
        return arrived

    def esp_to_anymail_events(self, ses_event: dict[str, Any], sns_message: dict[str, Any]) -> list[Arrived]:
        """The message itself, where Anymail would read it: it is to be kept as it came."""
        if ses_event.get("notificationType") != "Received":
            raise AnymailConfigurationError(
                "A topic of SES that is not for incoming mail sends to the inbound webhook."
            )
        receipt = ses_event["receipt"]
        return [
            Arrived(
                self._raw(ses_event, receipt["action"]),
                sender=envelope_address(ses_event["mail"].get("source")),
                recipients=receipt.get("recipients") or [],
            )
        ]

    def _raw(self, ses_event: dict[str, Any], action: dict[str, str]) -> bytes:
        if action["type"] == "S3":
            return b"".join(self.fetch_s3_chunks(action["bucketName"], action["objectKey"]))
        content: str = ses_event["content"]
        if action.get("encoding", "").upper() == "BASE64":
            return base64.b64decode(content)
        return content.encode("utf-8", "surrogatepass")
