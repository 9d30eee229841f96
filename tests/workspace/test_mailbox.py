"""Mail that left, or did not: read by those who may, edited by nobody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from tests.factories import NOW, UserFactory, acting, open_ticket
from tests.workspace.conftest import SignIn
from tickets.models import Agent, Customer, OutgoingMail
from tickets.outbox import actions
from tickets.outbox.actions import Letter
from tickets.outbox.models import Hold, MailState
from tickets.people.roles import LEADS, PRIVACY_OFFICERS


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


def test_what_was_sent_is_sent_again_as_a_new_mail(desk_client: Client, mail: OutgoingMail) -> None:
    page = desk_client.post(reverse("admin:mail_again", args=[mail.pk]), follow=True).content.decode()
    assert OutgoingMail.objects.get(resend_of=mail).state == MailState.QUEUED
    assert "The mail is in the outbox again." in page


def test_a_sign_in_code_is_not_sent_again(desk_client: Client, mail: OutgoingMail) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(confidential=True)
    assert reverse("admin:mail_again", args=[mail.pk]) not in read(desk_client, mail)
    page = desk_client.post(reverse("admin:mail_again", args=[mail.pk]), follow=True).content.decode()
    assert "This mail cannot be sent again" in page


def test_what_waits_is_held_back_and_released(desk_client: Client, mail: OutgoingMail) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.QUEUED)
    desk_client.post(reverse("admin:mail_hold", args=[mail.pk]))
    mail.refresh_from_db()
    assert (mail.state, mail.held_because) == (MailState.HELD, Hold.AGENT)
    assert "Somebody at the desk holds it back" in read(desk_client, mail)
    desk_client.post(reverse("admin:mail_release", args=[mail.pk]))
    mail.refresh_from_db()
    assert (mail.state, mail.held_because) == (MailState.QUEUED, "")


@pytest.mark.parametrize("button", ["mail_again", "mail_hold", "mail_release"])
def test_who_only_looks_has_no_buttons(sign_in: SignIn, mail: OutgoingMail, button: str) -> None:
    officer = UserFactory.create(is_staff=True)
    officer.groups.add(Group.objects.get(name=PRIVACY_OFFICERS))
    client = sign_in(officer)
    assert reverse(f"admin:{button}", args=[mail.pk]) not in read(client, mail)
    assert client.post(reverse(f"admin:{button}", args=[mail.pk])).status_code == 403


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("hold", MailState.QUEUED, MailState.HELD),
        ("release", MailState.HELD, MailState.QUEUED),
        ("send_again", MailState.FAILED, MailState.QUEUED),
    ],
)
def test_many_mails_are_treated_at_once(
    desk_client: Client, mail: OutgoingMail, action: str, before: str, after: str
) -> None:
    reason = Hold.TOO_MANY if before == MailState.HELD else ""
    OutgoingMail.objects.filter(pk=mail.pk).update(state=before, held_because=reason)
    desk_client.post(
        reverse("admin:tickets_outgoingmail_changelist"), {"action": action, "_selected_action": [mail.pk]}
    )
    mail.refresh_from_db()
    assert mail.state == after


# --- What is in trouble -----------------------------------------------------------------------------------------------

LIST = "admin:tickets_outgoingmail_changelist"
ON_THE_LIST = "Look at mail that did not arrive or is held back"


def came_back(mail: OutgoingMail, **values: Any) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(**{"state": MailState.BOUNCED, **values})


@pytest.fixture
def role_client(desk: None, sign_in: SignIn) -> Client:
    """The browser of somebody who leads, and runs nothing else."""
    user = UserFactory.create(is_staff=True)
    user.groups.add(Group.objects.get(name=LEADS))
    return sign_in(user)


def listed(client: Client, **query: str) -> bool:
    page = client.get(reverse(LIST), query).content.decode()
    return "alice@example.com" in page


def test_leads_are_told_on_their_start_page(role_client: Client, mail: OutgoingMail) -> None:
    came_back(mail)
    page = role_client.get(reverse("admin:index")).content.decode()
    assert ON_THE_LIST in page
    assert reverse(LIST, query={"trouble": "new"}) in page


@pytest.mark.parametrize("values", [{"created_at": datetime(2026, 1, 1, tzinfo=UTC)}, {"state": MailState.SENT}])
def test_what_is_old_or_arrived_is_no_work(role_client: Client, mail: OutgoingMail, values: dict[str, Any]) -> None:
    came_back(mail, **values)
    assert ON_THE_LIST not in role_client.get(reverse("admin:index")).content.decode()


def test_what_was_sent_again_is_no_work_any_more(role_client: Client, agent: Agent, mail: OutgoingMail) -> None:
    came_back(mail)
    actions.send_again(mail, by=acting(agent), at=NOW)
    assert ON_THE_LIST not in role_client.get(reverse("admin:index")).content.decode()


def test_the_list_shows_what_is_in_trouble(desk_client: Client, mail: OutgoingMail) -> None:
    assert not listed(desk_client, trouble="new")
    came_back(mail)
    assert listed(desk_client, trouble="new")


def test_what_was_long_ago_is_listed_too(desk_client: Client, mail: OutgoingMail) -> None:
    came_back(mail, created_at=NOW - timedelta(days=30))
    assert (listed(desk_client, trouble="new"), listed(desk_client, trouble="all")) == (False, True)


# --- The mail itself --------------------------------------------------------------------------------------------------


def test_nobody_edits_a_mail(lead_client: Client, mail: OutgoingMail) -> None:
    lead_client.post(reverse("admin:tickets_outgoingmail_change", args=[mail.pk]), {"subject": "Other", "_save": "1"})
    mail.refresh_from_db()
    assert mail.subject == "Our answer"


def test_a_mail_leads_to_its_ticket(desk_client: Client, agent: Agent, alice: Customer) -> None:
    ticket = open_ticket(alice)
    assert reverse("admin:ticket", args=[ticket.reference]) in read(desk_client, ticket.mails.get())
