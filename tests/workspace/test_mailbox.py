"""Mail that left, or did not: read by those who may, edited by nobody."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import open_ticket
from tickets.models import Agent, Customer, OutgoingMail
from tickets.outbox import actions
from tickets.outbox.actions import Letter
from tickets.outbox.models import MailState


@pytest.fixture
def mail(desk: None, now: datetime) -> OutgoingMail:
    """One that was delivered."""
    (mail,) = actions.put([Letter("reply", "alice@example.com", "en")], at=now)
    OutgoingMail.objects.filter(pk=mail.pk).update(
        subject="Our answer",
        text="Please <wait>.",
        html="<p>Please wait.</p>",
        state=MailState.SENT,
        rendered_at=now,
        sent_at=now,
    )
    return OutgoingMail.objects.get(pk=mail.pk)


def read(client: Client, mail: OutgoingMail) -> str:
    return client.get(reverse("admin:tickets_outgoingmail_change", args=[mail.pk])).content.decode()


def test_a_mail_is_read_as_it_was_sent(desk_client: Client, mail: OutgoingMail) -> None:
    page = read(desk_client, mail)
    assert "Our answer" in page
    assert "Please &lt;wait&gt;." in page


def test_the_formatted_part_can_do_nothing(desk_client: Client, mail: OutgoingMail) -> None:
    response = desk_client.get(reverse("admin:mail_html", args=[mail.pk]))
    assert response.content == b"<p>Please wait.</p>"
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_a_sign_in_code_is_read_by_nobody_but_who_runs_the_desk(
    desk_client: Client, lead_client: Client, mail: OutgoingMail
) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(confidential=True)
    assert "Please" not in read(desk_client, mail)
    assert "Our answer" not in read(desk_client, mail)
    assert desk_client.get(reverse("admin:mail_html", args=[mail.pk])).status_code == 404
    assert "Please" in read(lead_client, mail)


def test_the_list_does_not_tell_the_subject_of_a_sign_in_code(desk_client: Client, mail: OutgoingMail) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(confidential=True)
    page = desk_client.get(reverse("admin:tickets_outgoingmail_changelist")).content.decode()
    assert "(a sign-in code)" in page
    assert "Our answer" not in page


def test_what_failed_is_tried_again(desk_client: Client, mail: OutgoingMail, now: datetime) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.FAILED, attempts=8)
    desk_client.post(reverse("admin:mail_again", args=[mail.pk]))
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.next_try_at) == (MailState.QUEUED, 0, now)


def test_what_was_sent_is_not_sent_twice(desk_client: Client, mail: OutgoingMail) -> None:
    response = desk_client.post(reverse("admin:mail_again", args=[mail.pk]), follow=True)
    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    assert "This mail is not one that failed." in response.content.decode()


def test_nobody_edits_a_mail(lead_client: Client, mail: OutgoingMail) -> None:
    lead_client.post(reverse("admin:tickets_outgoingmail_change", args=[mail.pk]), {"subject": "Other", "_save": "1"})
    mail.refresh_from_db()
    assert mail.subject == "Our answer"


def test_a_mail_leads_to_its_ticket(desk_client: Client, agent: Agent, alice: Customer) -> None:
    ticket = open_ticket(alice)
    assert reverse("admin:ticket", args=[ticket.reference]) in read(desk_client, ticket.mails.get())
