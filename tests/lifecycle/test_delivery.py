"""What a report about a mail changes: its state, the address, the ticket's record, and what whoever has the case knows."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail.backends.locmem import EmailBackend

from tests.factories import NOW, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.models import Agent, Customer, OutgoingMail, Ticket
from tickets.outbox import actions, deliver, suspensions
from tickets.outbox.actions import Letter
from tickets.outbox.models import DeliveryEvent, MailState, Suspension
from tickets.outbox.render import render
from tickets.outbox.tracking import Report

Kind = DeliveryEvent.Kind
HOUR = timedelta(hours=1)
LATER = NOW + HOUR


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    ticket = open_ticket(alice)
    lifecycle.assign(ticket, to=agent, by=Actor.system(), at=NOW)
    OutgoingMail.objects.exclude(kind="acknowledgement").delete()
    return ticket


@pytest.fixture
def mail(ticket: Ticket) -> OutgoingMail:
    """The acknowledgement, which a server took."""
    mail = ticket.mails.get()
    assert deliver.deliver(mail.pk, at=NOW)
    mail.refresh_from_db()
    return mail


def report(kind: str = Kind.BOUNCED, *, at: datetime = LATER, permanent: bool = True, **rest: Any) -> Report:
    return Report(Kind(kind), "postmark", at, permanent, **rest)


def told(mail: OutgoingMail, kind: str = Kind.BOUNCED, *, at: datetime = LATER, **rest: Any) -> bool:
    return lifecycle.mail_reported(mail, report(kind, at=at, **rest), at=at)


def codes(ticket: Ticket) -> list[str]:
    return [code for code in ticket.record.values_list("code", flat=True) if code.startswith("mail_")]


def told_about(ticket: Ticket) -> list[str]:
    return list(ticket.mails.filter(kind="mail_bounced").values_list("recipient", flat=True))


def test_a_mail_that_came_back_says_so(mail: OutgoingMail) -> None:
    assert told(mail, status="5.1.1", detail="550 No such mailbox") is True
    mail.refresh_from_db()
    event = mail.events.get()
    assert (mail.state, event.kind, event.status, event.detail, event.source) == (
        MailState.BOUNCED,
        Kind.BOUNCED,
        "5.1.1",
        "550 No such mailbox",
        "postmark",
    )


def test_it_stands_on_the_record_of_the_ticket(mail: OutgoingMail, ticket: Ticket) -> None:
    told(mail)
    assert codes(ticket) == ["mail_bounced"]


def test_whoever_has_the_case_is_told(mail: OutgoingMail, ticket: Ticket, agent: Agent) -> None:
    told(mail)
    assert told_about(ticket) == [agent.user.email]


def test_what_a_provider_took_and_did_not_send_is_told_too(mail: OutgoingMail, ticket: Ticket) -> None:
    told(mail, Kind.FAILED)
    mail.refresh_from_db()
    assert (mail.state, codes(ticket), len(told_about(ticket))) == (MailState.FAILED, ["mail_failed"], 1)


def test_a_complaint_after_a_bounce_is_noted_and_told_only_once(mail: OutgoingMail, ticket: Ticket) -> None:
    told(mail)
    told(mail, Kind.COMPLAINED, at=LATER + HOUR)
    assert (codes(ticket), len(told_about(ticket))) == (["mail_bounced", "mail_complained"], 1)


@pytest.mark.parametrize("event_id", ["", "7b1f"], ids=["without a number", "with a number"])
def test_the_same_report_counts_once(mail: OutgoingMail, ticket: Ticket, event_id: str) -> None:
    told(mail, event_id=event_id)
    assert told(mail, event_id=event_id) is False
    assert (mail.events.count(), codes(ticket)) == (1, ["mail_bounced"])


def test_another_report_of_the_same_bounce_is_kept_and_noted_no_more(mail: OutgoingMail, ticket: Ticket) -> None:
    told(mail, event_id="1")
    assert told(mail, event_id="2") is True
    assert (mail.events.count(), codes(ticket), len(told_about(ticket))) == (2, ["mail_bounced"], 1)


def test_that_it_was_delivered_is_no_news_for_the_record(mail: OutgoingMail, ticket: Ticket) -> None:
    told(mail, Kind.DELIVERED)
    mail.refresh_from_db()
    assert (mail.state, codes(ticket), told_about(ticket)) == (MailState.DELIVERED, [], [])


def test_a_late_delivery_does_not_hide_a_bounce(mail: OutgoingMail) -> None:
    told(mail)
    told(mail, Kind.DELIVERED, at=LATER + HOUR)
    mail.refresh_from_db()
    assert mail.state == MailState.BOUNCED


def test_a_delay_changes_nothing_but_the_log(mail: OutgoingMail) -> None:
    told(mail, Kind.DEFERRED, detail="451 Try again later")
    mail.refresh_from_db()
    assert (mail.state, mail.events.get().detail) == (MailState.SENT, "451 Try again later")


def test_a_report_that_outruns_our_own_record_is_not_overwritten(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = ticket.mails.get()

    def take(_backend: EmailBackend, messages: list[Any]) -> int:
        told(mail, Kind.DELIVERED, at=NOW)
        return len(messages)

    monkeypatch.setattr(EmailBackend, "send_messages", take)
    deliver.deliver(mail.pk, at=LATER)
    mail.refresh_from_db()
    assert (mail.state, mail.sent_at) == (MailState.DELIVERED, NOW)


def test_a_mail_that_proved_to_have_left_is_not_tried_again(ticket: Ticket) -> None:
    """The server took it, but its answer was lost on the way."""
    mail = ticket.mails.get()
    told(mail, Kind.DELIVERED, at=NOW)
    assert deliver.deliver(mail.pk, at=LATER) is False


def test_mail_to_the_staff_that_came_back_is_no_news_of_the_case(ticket: Ticket, agent: Agent) -> None:
    (mail,) = actions.put([Letter("assigned", agent.user.email, "en", ticket_id=ticket.pk)], at=NOW)
    told(mail)
    mail.refresh_from_db()
    assert (mail.state, codes(ticket), told_about(ticket)) == (MailState.BOUNCED, [], [])


def test_mail_about_no_ticket_has_its_state_too(desk: None) -> None:
    (mail,) = actions.put([Letter("account", "new@mail.example", "en")], at=NOW)
    told(mail)
    mail.refresh_from_db()
    assert mail.state == MailState.BOUNCED
    assert suspensions.is_suspended("New@mail.example")


# --- The address ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "permanent", "status", "suspended"),
    [
        (Kind.BOUNCED, True, "", True),
        (Kind.BOUNCED, True, "5.1.1", True),
        (Kind.BOUNCED, False, "4.2.2", False),
        (Kind.BOUNCED, True, "5.7.1", False),
        (Kind.COMPLAINED, True, "", True),
        (Kind.DEFERRED, False, "", False),
        (Kind.DELIVERED, True, "", False),
    ],
)
def test_an_address_gets_no_automatic_mail_after(
    mail: OutgoingMail, kind: str, permanent: bool, status: str, suspended: bool
) -> None:
    lifecycle.mail_reported(mail, report(kind, permanent=permanent, status=status), at=LATER)
    assert (suspensions.is_suspended(mail.recipient) is not None) is suspended


def test_two_bounces_suspend_once(mail: OutgoingMail) -> None:
    told(mail, event_id="1")
    told(mail, event_id="2", at=LATER + HOUR)
    assert Suspension.objects.get().since == LATER


def test_a_complaint_is_the_weightier_cause(mail: OutgoingMail) -> None:
    told(mail)
    told(mail, Kind.COMPLAINED)
    assert Suspension.objects.get().cause == Suspension.Cause.COMPLAINED


def test_a_later_mail_that_arrives_lifts_it(mail: OutgoingMail, ticket: Ticket, agent: Agent) -> None:
    told(mail)
    assert lift_by_arrival(ticket, agent) is None


def test_a_complaint_is_not_lifted_by_what_arrives(mail: OutgoingMail, ticket: Ticket, agent: Agent) -> None:
    told(mail, Kind.COMPLAINED)
    assert lift_by_arrival(ticket, agent) is not None


def lift_by_arrival(ticket: Ticket, agent: Agent) -> Suspension | None:
    """Whether the address is still suspended after an answer of a person arrived there."""
    at = LATER + HOUR
    lifecycle.reply(ticket, text="Hello.", by=acting(agent), at=at)
    answer = ticket.mails.get(kind="reply")
    assert deliver.deliver(answer.pk, at=at)
    told(answer, Kind.DELIVERED, at=at + HOUR)
    return suspensions.is_suspended(answer.recipient)


# --- What whoever has the case reads ----------------------------------------------------------------------------------


def told_in_words(mail: OutgoingMail, kind: str, **rest: Any) -> OutgoingMail:
    told(mail, kind, **rest)
    notice = OutgoingMail.objects.get(kind="mail_bounced")
    render(notice, at=LATER)
    return notice


def test_they_read_which_mail_it_was_and_what_the_server_said(mail: OutgoingMail) -> None:
    notice = told_in_words(mail, Kind.BOUNCED, detail="550 No <such> mailbox")
    assert f"“{mail.subject}” did not reach" in notice.text.replace("\u2068", "").replace("\u2069", "")
    assert "550 No <such> mailbox" in notice.text
    assert "550 No &lt;such&gt; mailbox" in notice.html
    assert "Automatic mail to this address has stopped." in notice.text


def test_they_read_that_it_was_called_spam(mail: OutgoingMail) -> None:
    notice = told_in_words(mail, Kind.COMPLAINED)
    assert notice.subject.startswith("Our mail was marked as spam: ticket ")
    assert "marked our mail" in notice.text
