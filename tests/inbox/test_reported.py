"""Bounces, complaints and receipts: told of the mail that they are about, and never a ticket."""

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage

import pytest

from tests.factories import NOW, open_ticket
from tests.inbox.stage import answer, bring, reply_address
from tickets.inbox.models import InboundState, RawMail, Reason
from tickets.models import Agent, AuditEntry, Customer, DeliveryEvent, Message, OutgoingMail, Suspension, Ticket
from tickets.outbox.models import MailState

DAEMON = "MAILER-DAEMON@mx.example"


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def ours(ticket: Ticket) -> OutgoingMail:
    mail = ticket.mails.get(kind="acknowledgement")
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.SENT, sent_at=NOW)
    return mail


def report(
    ours: OutgoingMail, *, to: str, action: str = "failed", status: str = "5.1.1", with_id: bool = True
) -> bytes:
    """A delivery status notification (RFC 3464) as Postfix writes it."""
    message_id = f"Message-ID: {ours.rfc_message_id}\n" if with_id else ""
    text = f"""\
From: Mail Delivery System <{DAEMON}>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <20261123090000.1@mx.example>
Date: Mon, 23 Nov 2026 09:00:00 +0000
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your mail.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {ours.recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} No such mailbox
--b
Content-Type: text/rfc822-headers

{message_id}Subject: We have your request
--b--
"""
    return text.replace("\n", "\r\n").encode()


def complaint(ours: OutgoingMail) -> bytes:
    """An abuse report (RFC 5965)."""
    text = f"""\
From: <feedback@provider.example>
To: support@shop.example
Subject: FW: We have your request
Message-ID: <1@provider.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1
--b
Content-Type: message/rfc822

From: support@shop.example
Message-ID: {ours.rfc_message_id}
Subject: We have your request

Hello
--b--
"""
    return text.replace("\n", "\r\n").encode()


def outcome(mail: RawMail) -> tuple[object, ...]:
    return mail.state, mail.reason, mail.ours, mail.ticket


def state(ours: OutgoingMail) -> str:
    ours.refresh_from_db()
    return ours.state


@pytest.mark.parametrize("by", ["token", "message_id"])
def test_a_bounce_is_told_of_the_mail_that_came_back(ticket: Ticket, ours: OutgoingMail, by: str) -> None:
    to = reply_address(ours) if by == "token" else "support@shop.example"
    mail = bring(report(ours, to=to, with_id=by == "message_id"))
    assert outcome(mail) == (InboundState.REPORT, "", ours, ticket)
    assert state(ours) == MailState.BOUNCED
    event = DeliveryEvent.objects.get(mail=ours)
    assert (event.kind, event.status, event.detail) == ("bounced", "5.1.1", "smtp; 550 5.1.1 No such mailbox")


def test_it_is_no_message_and_opens_nothing(ticket: Ticket, ours: OutgoingMail) -> None:
    bring(report(ours, to=reply_address(ours)))
    assert (Message.objects.count(), Ticket.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(ticket=ticket, code="mail_bounced").count() == 1


def test_an_address_that_is_gone_gets_no_more_automatic_mail(ours: OutgoingMail) -> None:
    bring(report(ours, to=reply_address(ours)))
    assert Suspension.objects.get().address == ours.recipient


def test_a_report_about_mail_of_long_ago_takes_nobodys_mail_away(ours: OutgoingMail) -> None:
    """Whoever got a copy of our mail could write one at any time."""
    OutgoingMail.objects.filter(pk=ours.pk).update(sent_at=NOW - timedelta(days=15))
    bring(report(ours, to=reply_address(ours)))
    assert (state(ours), Suspension.objects.exists()) == (MailState.BOUNCED, False)


def test_a_delay_is_no_bounce(ours: OutgoingMail) -> None:
    bring(report(ours, to=reply_address(ours), action="delayed", status="4.4.1"))
    assert state(ours) == MailState.SENT
    assert DeliveryEvent.objects.get(mail=ours).kind == "deferred"


def test_a_complaint_is_told_of_the_mail(ours: OutgoingMail) -> None:
    assert outcome(bring(complaint(ours)))[0] == InboundState.REPORT
    assert state(ours) == MailState.COMPLAINED


def test_a_bounce_that_follows_no_standard_is_told_by_where_it_came_back_to(ours: OutgoingMail) -> None:
    message = EmailMessage()
    message["from"], message["to"] = DAEMON, reply_address(ours)
    message["subject"] = "failure notice"
    message["return-path"] = "<>"
    message["x-failed-recipients"] = ours.recipient
    message.set_content("Hi. This is the qmail-send program.\nSorry, no mailbox here by that name.\n")
    assert outcome(bring(message))[0] == InboundState.REPORT
    assert state(ours) == MailState.BOUNCED


def test_the_same_report_in_two_mailboxes_counts_once(ours: OutgoingMail) -> None:
    raw = report(ours, to=reply_address(ours))
    assert bring(raw).reason == ""
    assert bring(b"Received: from elsewhere\r\n" + raw, mailbox="other").reason == Reason.DUPLICATE
    assert DeliveryEvent.objects.count() == 1


def test_a_report_about_mail_that_we_do_not_know_is_set_aside(ours: OutgoingMail) -> None:
    raw = report(ours, to="support@shop.example").replace(ours.rfc_message_id.encode(), b"<1@elsewhere.example>")
    assert outcome(bring(raw))[:2] == (InboundState.SET_ASIDE, Reason.UNKNOWN_REPORT)


def test_nobody_is_answered(ours: OutgoingMail) -> None:
    bring(report(ours, to="support@shop.example", with_id=False))
    assert OutgoingMail.objects.filter(recipient__icontains="daemon").count() == 0


def test_a_person_who_forwards_a_bounce_is_a_person(ticket: Ticket, ours: OutgoingMail) -> None:
    message = EmailMessage()
    message["from"], message["to"], message["subject"] = ours.recipient, reply_address(ours), "Fwd: failure"
    message["message-id"] = "<forwarded@mail.example>"
    message.set_content("What is this?\n")
    message.add_attachment(message_from_bytes(report(ours, to=DAEMON)))
    bring(message)
    assert ticket.messages.latest("pk").text == "What is this?"
    assert state(ours) == MailState.SENT


def test_a_person_who_attaches_a_report_is_heard_and_keeps_their_address(ticket: Ticket, ours: OutgoingMail) -> None:
    """Some programs forward a bounce by its parts."""
    raw = report(ours, to=reply_address(ours)).replace(DAEMON.encode(), ours.recipient.encode())
    raw = raw.replace(b"multipart/report; report-type=delivery-status", b"multipart/mixed")
    raw = raw.replace(b"Auto-Submitted: auto-replied\r\n", b"").replace(
        b"Undelivered Mail Returned to Sender", b"Re: E04"
    )
    mail = bring(raw)
    assert outcome(mail)[0] == InboundState.FILED
    assert ticket.messages.latest("pk") == mail.message
    assert not Suspension.objects.exists()


def test_a_person_who_writes_about_a_bounce_is_heard_and_keeps_their_address(ours: OutgoingMail) -> None:
    mail = bring(answer(ours, "What is this?", subject="Undelivered Mail Returned to Sender"))
    assert outcome(mail)[0] == InboundState.FILED
    assert not Suspension.objects.exists()
