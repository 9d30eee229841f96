"""Which provider calls where. Only those that an operator names are there at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.urls import URLPattern, path

from tickets.inbox.webhooks.amazon_ses import AmazonSESMail, AmazonSESReports
from tickets.inbox.webhooks.brevo import BrevoMail, BrevoReports
from tickets.inbox.webhooks.doors import Door
from tickets.inbox.webhooks.mailgun import MailgunMail, MailgunReports
from tickets.inbox.webhooks.postmark import PostmarkMail, PostmarkReports
from tickets.inbox.webhooks.sendgrid import SendGridMail, SendGridReports


@dataclass(frozen=True, slots=True)
class Provider:
    """``mail_at`` is what the address for incoming mail ends in."""

    reports: type[Door]
    mail: type[Door]
    mail_at: str = "inbound/"

    @property
    def doors(self) -> tuple[type[Door], type[Door]]:
        return self.reports, self.mail


PROVIDERS: Final = {
    "amazon_ses": Provider(AmazonSESReports, AmazonSESMail),
    "brevo": Provider(BrevoReports, BrevoMail),
    # Hands over the message as it came only where the address ends in "mime".
    "mailgun": Provider(MailgunReports, MailgunMail, mail_at="inbound/mime"),
    "postmark": Provider(PostmarkReports, PostmarkMail),
    "sendgrid": Provider(SendGridReports, SendGridMail),
}


def mounted(names: Iterable[str]) -> list[URLPattern]:
    """The addresses of these providers. A name that is not known has none: a system check names it."""
    chosen = [(name, PROVIDERS[name]) for name in names if name in PROVIDERS]
    reports = [
        path(f"{name}/tracking/", it.reports.as_view(), name=f"mail_hook_{name}_tracking") for name, it in chosen
    ]
    mail = [path(f"{name}/{it.mail_at}", it.mail.as_view(), name=f"mail_hook_{name}_inbound") for name, it in chosen]
    return reports + mail
