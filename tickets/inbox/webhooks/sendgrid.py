"""SendGrid: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
and https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook

Reports are signed where that is switched on; mail is not, and comes as it was where "POST the raw, full MIME message" is
ticked, which we need.
"""

import json
from collections.abc import Iterable
from typing import Final

from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from django.http import HttpRequest

from tickets.inbox.webhooks.doors import SECRET, Arrived, MailDoor, ReportsDoor, envelope_address
from tickets.inbox.webhooks.events import Details
from tickets.inbox.webhooks.forms import read_fields

VERIFICATION_KEY: Final = "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY"


class SendGridReports(ReportsDoor, SendGridTrackingWebhookView):
    name = "sendgrid"
    secrets = (VERIFICATION_KEY, SECRET)

    def details(self, event: AnymailTrackingEvent) -> Details:
        told = event.esp_event
        return Details(
            # "blocked" is the receiving server's opinion of us, or of the moment.
            for_good=told.get("type") != "blocked",
            status=told.get("status") or "",
            message_id=told.get("smtp-id") or "",
        )


class SendGridMail(MailDoor):
    name = "sendgrid"

    def read(self, request: HttpRequest) -> Iterable[Arrived]:
        fields = read_fields(self.body(request), request.headers.get("Content-Type", ""))
        envelope = json.loads(fields["envelope"]) if "envelope" in fields else {}
        return [
            Arrived(fields["email"], sender=envelope_address(envelope.get("from")), recipients=envelope.get("to") or [])
        ]
