"""Anybody can tell us that a mail in our name is not right, without an account and without being heard out."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import open_ticket
from tickets.models import Customer, Doubt, OutgoingMail
from tickets.outbox.models import MailState

REPORT = reverse("verify:report")


@pytest.fixture
def mail(alice: Customer, now: datetime) -> OutgoingMail:
    mail = open_ticket(alice).mails.get(kind="acknowledgement")
    mail.state, mail.sent_at, mail.code = MailState.SENT, now, "7XKD-2M4Q"
    mail.save()
    return mail


def send(client: Client, **fields: str) -> str:
    return client.post(REPORT, fields, follow=True).content.decode()


def test_a_mail_brings_its_code_along(client: Client, mail: OutgoingMail) -> None:
    assert 'value="7XKD-2M4Q"' in client.get(f"{REPORT}?code=7XKD-2M4Q").content.decode()
    assert not Doubt.objects.exists()


def test_what_is_said_about_a_mail_of_ours_is_kept_with_it(client: Client, mail: OutgoingMail) -> None:
    html = send(client, kind="not_me", code="7xkd 2m4q", text="I never wrote", address="eve@example.com")
    assert "Thank you for telling us" in html
    doubt = Doubt.objects.get()
    assert (doubt.mail, doubt.kind, doubt.text, doubt.address) == (mail, "not_me", "I never wrote", "eve@example.com")


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "no code at all"])
def test_a_false_mail_needs_no_code_of_ours(client: Client, code: str) -> None:
    assert "Thank you for telling us" in send(client, kind="forged", code=code)
    assert Doubt.objects.get().mail is None


@pytest.mark.django_db
def test_what_is_wrong_has_to_be_said(client: Client) -> None:
    html = send(client, code="AAAA-AAAA", text="odd")
    assert "There is 1 thing to put right" in html
    assert "odd</textarea>" in html
    assert not Doubt.objects.exists()


@pytest.mark.django_db
def test_a_sixth_report_in_an_hour_waits_and_keeps_what_was_typed(client: Client) -> None:
    for _ in range(5):
        send(client, kind="forged")
    answer = client.post(REPORT, {"kind": "forged", "text": "the sixth"})
    assert (answer.status_code, Doubt.objects.count()) == (429, 5)
    assert "the sixth" in answer.content.decode()


@pytest.mark.django_db
def test_a_household_cannot_go_round_the_limit_by_its_many_addresses(client: Client) -> None:
    for number in range(6):
        answer = client.post(REPORT, {"kind": "forged"}, REMOTE_ADDR=f"2001:db8:0:1::{number}")
    assert answer.status_code == 429
    assert client.post(REPORT, {"kind": "forged"}, REMOTE_ADDR="2001:db8:0:2::1").status_code == 302


def test_the_answer_to_a_code_leads_here(client: Client, mail: OutgoingMail) -> None:
    html = client.post(reverse("verify:check"), {"code": "7XKD-2M4Q"}).content.decode()
    assert f'href="{REPORT}?code=7XKD-2M4Q"' in html
