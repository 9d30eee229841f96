from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import open_ticket
from tickets.models import Customer, OutgoingMail, Ticket
from tickets.outbox.models import MailState

CHECK = reverse("verify:check")
YES, NO = "Yes, this mail is from us", "No, we did not send it"


@pytest.fixture
def mail(alice: Customer, now: datetime) -> OutgoingMail:
    ticket = open_ticket(alice, subject="A private matter")
    mail = ticket.mails.get(kind="acknowledgement")
    mail.state, mail.sent_at, mail.code = MailState.SENT, now, "7XKD-2M4Q"
    mail.subject, mail.text = "We have your request", "Private words"
    mail.save()
    return mail


def ask(client: Client, **asked: str) -> str:
    return client.post(CHECK, asked).content.decode()


def test_anybody_may_ask(client: Client, mail: OutgoingMail) -> None:
    html = ask(client, code="7XKD-2M4Q")
    assert YES in html
    assert "We have your request" in html


def test_nothing_else_about_the_mail_is_told(client: Client, mail: OutgoingMail) -> None:
    html = ask(client, code="7XKD-2M4Q")
    private = ["alice@", "Alice", "Private words", "A private matter", Ticket.objects.get().reference]
    assert [word for word in private if word in html] == []


@pytest.mark.parametrize("typed", ["7xkd2m4q", " 7XKD 2M4Q ", "7xkd-2m4q"])
def test_a_code_may_be_typed_carelessly(client: Client, mail: OutgoingMail, typed: str) -> None:
    assert YES in ask(client, code=typed)


def test_a_code_that_we_never_gave_out_is_not_ours(client: Client, mail: OutgoingMail) -> None:
    assert NO in ask(client, code="AAAA-AAAA")


def test_a_mail_that_has_not_left_is_not_ours_yet(client: Client, mail: OutgoingMail) -> None:
    OutgoingMail.objects.update(sent_at=None)
    assert NO in ask(client, code="7XKD-2M4Q")


@pytest.mark.parametrize(("address", "answer"), [("Alice@Example.com", YES), ("bob@example.com", NO)])
def test_with_an_address_it_has_to_be_the_right_one(
    client: Client, mail: OutgoingMail, address: str, answer: str
) -> None:
    assert answer in ask(client, code="7XKD-2M4Q", address=address)


def test_the_subject_of_a_mail_with_a_sign_in_code_is_not_told(client: Client, mail: OutgoingMail) -> None:
    OutgoingMail.objects.update(confidential=True)
    html = ask(client, code="7XKD-2M4Q")
    assert (YES in html, "We have your request" in html) == (True, False)


def test_what_cannot_be_a_code_is_explained(client: Client, mail: OutgoingMail) -> None:
    assert "has eight letters and digits" in ask(client, code="hello")


def test_a_link_brings_the_code_along_and_asks_nothing(client: Client, mail: OutgoingMail) -> None:
    html = client.get(f"{CHECK}?code=7XKD-2M4Q").content.decode()
    assert 'value="7XKD-2M4Q"' in html
    assert YES not in html


def test_after_twenty_questions_an_hour_has_to_pass(client: Client, mail: OutgoingMail) -> None:
    for _ in range(20):
        ask(client, code="AAAA-AAAA")
    response = client.post(CHECK, {"code": "7XKD-2M4Q"})
    assert (response.status_code, "You have asked very often" in response.content.decode()) == (429, True)


def test_others_may_go_on_asking(client: Client, mail: OutgoingMail) -> None:
    for _ in range(21):
        ask(client, code="AAAA-AAAA")
    assert YES in client.post(CHECK, {"code": "7XKD-2M4Q"}, REMOTE_ADDR="192.0.2.77").content.decode()
