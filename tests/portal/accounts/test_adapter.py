"""Signing in as people do it, through the pages; mail is read where it arrives."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user
from django.test import Client
from django.utils import timezone

from portal.accounts.adapter import Adapter
from tests.factories import PASSWORD
from tests.outbox.reading import spoken, words
from tickets.models import Agent, Customer, OutgoingMail, User
from tickets.outbox import deliver
from tickets.outbox.models import MailState

MAILS = (
    "account/email/login_code",
    "account/email/email_confirmation",
    "account/email/email_confirmation_signup",
    "account/email/password_reset_key",
    "account/email/account_already_exists",
    "account/email/unknown_account",
    "account/email/password_changed",
    "account/email/password_set",
    "account/email/password_reset",
    "account/email/email_changed",
    "account/email/email_confirm",
    "account/email/email_deleted",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/recovery_codes_generated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
)

FACTS: dict[str, Any] = {
    "code": "482913",
    "password_reset_url": "http://testserver/accounts/password/reset/key/1-abc/",
    "signup_url": "http://testserver/accounts/signup/",
    "timestamp": timezone.now(),
    "ip": "192.0.2.7",
    "user_agent": "Browser/1.0",
    "from_email": "old@example.com",
    "to_email": "new@example.com",
    "deleted_email": "old@example.com",
}


@pytest.fixture
def post() -> Callable[[list[Any]], Any]:
    """Deliver what waits, and hand over the newest mail as it went out."""

    def newest(mailoutbox: list[Any]) -> Any:
        deliver.deliver_waiting(at=timezone.now())
        return mailoutbox[-1]

    return newest


def confirmed(user: User | None) -> User:
    """As after a sign-up: the address is known to be theirs."""
    assert user
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def code_in(message: Any) -> str:
    found = re.search(r"^\d{6}$", message.body, re.MULTILINE)
    assert found, message.body
    return found[0]


# --- The mail ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", MAILS)
def test_both_parts_of_each_mail_say_the_same(desk: None, template: str) -> None:
    Adapter().send_mail(template, "new@example.com", FACTS)
    mail = OutgoingMail.objects.get()
    OutgoingMail.objects.update(confidential=False)
    deliver.deliver(mail.pk, at=timezone.now())
    mail.refresh_from_db()
    assert mail.last_error == ""
    assert spoken(mail.html) == words(mail.text)
    assert mail.subject


@pytest.mark.parametrize("language", ["it", "ar"])
def test_it_is_in_the_users_language(alice: Customer, language: str) -> None:
    User.objects.update(language=language)
    Adapter().send_mail("account/email/login_code", alice.email, FACTS)
    assert OutgoingMail.objects.get().language == language


def test_a_stranger_is_answered_in_the_language_of_the_page(desk: None, client: Client) -> None:
    client.post("/accounts/login/code/", {"email": "stranger@example.com"}, headers={"Accept-Language": "it"})
    assert OutgoingMail.objects.get().language == "it"


def test_the_code_stands_out(desk: None, mailoutbox, post) -> None:
    Adapter().send_mail("account/email/login_code", "new@example.com", FACTS)
    assert re.search(r'<p class="code"[^>]*><bdi[^>]*>482913</bdi></p>', post(mailoutbox).alternatives[0].content)


def test_links_lead_to_our_own_address_whatever_host_was_asked(desk: None, mailoutbox, post) -> None:
    facts = {"password_reset_url": "http://evil.example/accounts/password/reset/key/1-abc/"}
    Adapter().send_mail("account/email/password_reset_key", "new@example.com", facts)
    body = post(mailoutbox).body
    assert f"{settings.SITE_URL}/accounts/password/reset/key/1-abc/" in body
    assert "evil.example" not in body


@pytest.mark.parametrize(
    ("template", "facts", "confidential"),
    [
        ("account/email/login_code", {"code": "482913"}, True),
        ("account/email/password_reset_key", {"password_reset_url": "http://testserver/x/"}, True),
        ("account/email/unknown_account", {"signup_url": "http://testserver/x/"}, False),
    ],
)
def test_mail_that_lets_its_reader_in_is_confidential(
    desk: None, template: str, facts: dict[str, str], confidential: bool
) -> None:
    Adapter().send_mail(template, "new@example.com", facts)
    assert OutgoingMail.objects.get().confidential is confidential


def test_mail_to_a_customer_is_among_their_mail(alice: Customer) -> None:
    Adapter().send_mail("account/email/login_code", alice.email.upper(), FACTS)
    assert OutgoingMail.objects.get().customer == alice


def test_the_page_does_not_wait_for_the_mail_server(desk: None, client: Client, mailoutbox) -> None:
    client.post("/accounts/login/code/", {"email": "stranger@example.com"})
    assert (mailoutbox, OutgoingMail.objects.get().state) == ([], MailState.QUEUED)


# --- Signing in -------------------------------------------------------------------------------------------------------


def test_a_customer_signs_in_with_the_code_from_the_mail(alice: Customer, client: Client, mailoutbox, post) -> None:
    client.post("/accounts/login/code/", {"email": confirmed(alice.user).email})
    client.post("/accounts/login/code/confirm/", {"code": code_in(post(mailoutbox))})
    assert get_user(client) == alice.user


def sign_up(client: Client, email: str) -> None:
    client.post("/accounts/signup/", {"name": "Nora Lind", "email": email, "password1": "a-long-enough-password"})


def test_an_address_that_was_only_typed_gets_no_customer(desk: None, client: Client) -> None:
    known = Customer.objects.create(name="Nora Lind", email="nora@example.com")
    sign_up(client, "nora@example.com")
    known.refresh_from_db()
    assert (User.objects.filter(email="nora@example.com").exists(), known.user) == (True, None)


def test_whoever_proves_an_address_is_the_customer_we_knew_by_it(desk: None, client: Client, mailoutbox, post) -> None:
    known = Customer.objects.create(name="Nora Lind", email="nora@example.com")
    sign_up(client, "nora@example.com")
    client.post("/accounts/confirm-email/", {"code": code_in(post(mailoutbox))})
    known.refresh_from_db()
    assert known.user == User.objects.get(email="nora@example.com") == get_user(client)


def test_somebody_new_becomes_a_customer(desk: None, client: Client, mailoutbox, post) -> None:
    sign_up(client, "nora@example.com")
    client.post("/accounts/confirm-email/", {"code": code_in(post(mailoutbox))})
    assert Customer.objects.get(email="nora@example.com").name == "Nora Lind"


def test_staff_who_sign_in_become_no_customers(agent: Agent, client: Client, mailoutbox, post) -> None:
    client.post("/accounts/login/code/", {"email": confirmed(agent.user).email})
    client.post("/accounts/login/code/confirm/", {"code": code_in(post(mailoutbox))})
    assert get_user(client) == agent.user
    assert not Customer.objects.exists()


def test_mail_about_requests_follows_a_new_address(alice: Customer, client: Client, mailoutbox, post) -> None:
    client.post("/accounts/login/code/", {"email": confirmed(alice.user).email})
    client.post("/accounts/login/code/confirm/", {"code": code_in(post(mailoutbox))})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/email/", {"email": "alice@new.example", "action_add": ""})
    client.post("/accounts/confirm-email/", {"code": code_in(post(mailoutbox))})
    alice.refresh_from_db()
    assert alice.email == User.objects.get(customer=alice).email == "alice@new.example"
