"""What came in by mail while the shop was open: an answer, one of somebody else, a machine's, strangers' and one of our own
that came back. Each goes the way of real mail: kept, read, and brought to where it belongs.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Any, Final

from tickets.desk.models import Ticket
from tickets.inbox import actions as inbox
from tickets.inbox import process
from tickets.management.demo import data
from tickets.outbox import addresses, identifiers
from tickets.outbox.models import OutgoingMail

Row = Mapping[str, Any]

MAILBOX: Final = "support"

BOUNCE: Final = """\
Return-Path: <>
From: MAILER-DAEMON@{server}
To: {envelope}
Date: {date}
Message-ID: {message_id}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=part

--part
Content-Type: text/plain

I am sorry, but your message could not be delivered.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; {server}

Final-Recipient: rfc822; {recipient}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {answer}

--part
Content-Type: text/rfc822-headers

Message-ID: {about}
To: {recipient}

--part--
"""


def came_in(*, until: datetime) -> list[Iterator[datetime]]:
    """Stories as ``stories.tell`` takes them: each yields the moment of its next step."""
    rows = data.read("mail")
    return [*(_written(row, until) for row in rows["mails"]), *(_bounced(row, until) for row in rows["bounces"])]


def _written(row: Row, until: datetime) -> Iterator[datetime]:
    at = until - timedelta(minutes=row["minutes_ago"])
    yield at
    mail = EmailMessage(policy=SMTP)
    mail["From"] = row["from"]
    mail["Subject"] = row["subject"]
    mail["Date"] = at
    mail["Message-ID"] = make_msgid(domain="mail.example.com")
    mail["Content-Language"] = row["language"]
    for name, value in row.get("headers", {}).items():
        mail[name] = value
    text = row["text"].strip()
    if "about" in row:
        answered = _newest_mail(row["about"])
        mail["To"] = identifiers.reply_address(answered.ticket_id, answered.pk)
        mail["In-Reply-To"] = answered.rfc_message_id
        if "quote" in row:
            quoted = "\n".join(f"> {line}" for line in answered.text.splitlines())
            text = f"{text}\n\n{row['quote']}\n{quoted}"
    else:
        mail["To"] = addresses.sender()
    mail.set_content(f"{text}\n")
    _take_in(mail.as_bytes(), at)


def _bounced(row: Row, until: datetime) -> Iterator[datetime]:
    at = until - timedelta(minutes=row["minutes_ago"])
    yield at
    mail = _newest_mail(row["about"])
    server = "mx.example.com"
    raw = BOUNCE.format(
        server=server,
        envelope=identifiers.reply_address(mail.ticket_id, mail.pk),
        date=format_datetime(at),
        message_id=make_msgid(domain=server),
        recipient=mail.recipient,
        status=row["status"],
        answer=row["answer"],
        about=mail.rfc_message_id,
    )
    _take_in(raw.encode(), at)


def _newest_mail(subject: str) -> OutgoingMail:
    """The newest mail that the customer of an open request with this subject got about it."""
    ticket = Ticket.objects.active().get(subject=subject)
    return ticket.mails.filter(customer=ticket.customer_id).latest("pk")


def _take_in(raw: bytes, at: datetime) -> None:
    # Not left to the task, which asks the clock: these weeks have a time of their own.
    process.process(inbox.receive(raw, mailbox=MAILBOX, at=at).pk, at=at)
