"""Finding the mail that a report is about, and keeping what strange servers say."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, open_ticket
from tickets.models import Customer, OutgoingMail
from tickets.outbox import actions, deliver, tracking
from tickets.outbox.actions import Letter
from tickets.outbox.models import DeliveryEvent, Suspension
from tickets.outbox.tracking import Report, find

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def mail(alice: Customer) -> OutgoingMail:
    """An acknowledgement that a provider took."""
    open_ticket(alice)
    mail = OutgoingMail.objects.get()
    deliver.deliver(mail.pk, at=NOW)
    OutgoingMail.objects.update(provider_id="0102-ab")
    mail.refresh_from_db()
    return mail


def report(**rest: Any) -> Report:
    return Report(DeliveryEvent.Kind.BOUNCED, "postmark", LATER, True, **rest)


def test_by_the_address_that_it_came_back_to(mail: OutgoingMail) -> None:
    assert find(ticket_and_mail=(mail.ticket_id or 0, mail.pk)) == mail


def test_an_address_that_names_another_ticket_is_not_believed(mail: OutgoingMail) -> None:
    assert find(ticket_and_mail=((mail.ticket_id or 0) + 1, mail.pk)) is None


def test_a_mail_about_no_ticket_is_found_by_its_address(desk: None) -> None:
    (mail,) = actions.put([Letter("account", "new@mail.example", "en")], at=NOW)
    assert find(ticket_and_mail=(0, mail.pk)) == mail


@pytest.mark.parametrize("shape", ["{}", " {} ", "{bare}"], ids=["as sent", "with blanks", "without brackets"])
def test_by_its_message_id(mail: OutgoingMail, shape: str) -> None:
    message_id = shape.format(mail.rfc_message_id, bare=mail.rfc_message_id.strip("<>"))
    assert find(message_id=message_id) == mail


def test_by_what_the_provider_calls_it(mail: OutgoingMail) -> None:
    assert find(provider_id="0102-ab") == mail


def test_a_message_id_that_the_provider_changed_does_not_hide_its_number(mail: OutgoingMail) -> None:
    assert find(provider_id="0102-ab", message_id="<0102-ab@provider.example>") == mail


@pytest.mark.parametrize("second_first", [False, True])
def test_of_two_mails_with_one_number_the_recipient_tells(mail: OutgoingMail, second_first: bool) -> None:
    (other,) = actions.put([Letter("account", "bob@mail.example", "en")], at=NOW)
    OutgoingMail.objects.filter(pk=other.pk).update(provider_id="0102-ab")
    wanted = other if second_first else mail
    assert find(provider_id="0102-ab", recipient=wanted.recipient.upper()) == wanted


def test_a_mailbox_that_hands_mail_on_may_report_under_its_own_name(mail: OutgoingMail) -> None:
    assert find(provider_id="0102-ab", recipient="alice@elsewhere.example") == mail


@pytest.mark.parametrize(
    "signs", [{}, {"provider_id": "none"}, {"message_id": "<none@x>"}, {"ticket_and_mail": (0, 4711)}]
)
def test_what_is_no_mail_of_ours(mail: OutgoingMail, signs: dict[str, object]) -> None:
    assert find(**signs) is None  # type: ignore[arg-type]


def test_whatever_a_server_says_can_be_kept(mail: OutgoingMail) -> None:
    detail = "550 \0 no\r\n such   mailbox " + "x" * 9_000
    tracking.record(mail, report(status="5.1.1" * 20, detail=detail, event_id="e" * 900), at=LATER)
    event = mail.events.get()
    assert event.detail.startswith("550 no such mailbox xxx")
    assert [len(value) for value in (event.status, event.detail, event.event_id)] == [20, 500, 200]
    assert Suspension.objects.get().detail == event.detail


def test_a_number_that_is_too_long_still_tells_repeats(mail: OutgoingMail) -> None:
    assert tracking.record(mail, report(event_id="e" * 900), at=LATER) is not None
    assert tracking.record(mail, report(event_id="e" * 900), at=LATER) is None


def test_that_a_mail_arrived_costs_few_queries(
    mail: OutgoingMail, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    arrived = Report(DeliveryEvent.Kind.DELIVERED, "postmark", LATER, False, event_id="1")
    # Savepoint, the mail under lock, whether it is known, the event, the state, whether it ends a suspension, savepoint.
    with django_assert_num_queries(7):
        tracking.record(mail, arrived, at=LATER)
