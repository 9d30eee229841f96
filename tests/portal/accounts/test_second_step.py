"""The second step at sign-in, through its pages."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD
from tickets.models import Customer

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def hers(client: Client, alice: Customer) -> Client:
    """Alice's browser, in which she has just proven once more that it is she."""
    EmailAddress.objects.create(user=alice.user, email=alice.email, verified=True, primary=True)
    sign_in(client).post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def sign_in(client: Client) -> Client:
    client.post(reverse("account_login"), {"login": "alice@example.com", "how": "password", "password": PASSWORD})
    return client


def digits(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def switch_on(client: Client) -> str:
    """Switches the app on, and returns its secret."""
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": digits(secret)})
    return secret


def test_the_picture_for_the_app_needs_no_leave_from_the_security_policy(hers: Client) -> None:
    html = hers.get(reverse("mfa_activate_totp")).content.decode()
    assert re.search(r'<div class="qr" role="img" aria-label="[^"]+">\s*<svg', html)
    assert "data:image" not in html
    assert "style=" not in html


def test_the_app_is_switched_on_with_its_digits(hers: Client, alice: Customer) -> None:
    switch_on(hers)
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}


def test_wrong_digits_switch_nothing_on(hers: Client) -> None:
    hers.get(reverse("mfa_activate_totp"))
    html = hers.post(reverse("mfa_activate_totp"), {"code": "000000"}).content.decode()
    assert "data-error-summary" in html
    assert not Authenticator.objects.exists()


def test_signing_in_then_asks_for_the_digits(hers: Client) -> None:
    switch_on(hers)
    browser = sign_in(Client())
    html = browser.get(reverse("mfa_authenticate")).content.decode()
    assert "One more step" in html
    assert "_auth_user_id" not in browser.session


def test_a_recovery_code_opens_the_account_once(hers: Client) -> None:
    switch_on(hers)
    page = hers.get(reverse("mfa_view_recovery_codes"))
    code = page.context["unused_codes"][0]
    assert code in page.content.decode()
    browser = sign_in(Client())
    browser.post(reverse("mfa_authenticate"), {"code": code})
    assert "_auth_user_id" in browser.session
    assert code not in hers.get(reverse("mfa_view_recovery_codes")).content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_reauthenticate",
    ],
)
def test_each_page_of_it_is_a_page_of_the_portal(hers: Client, name: str) -> None:
    switch_on(hers)
    html = hers.get(reverse(name)).content.decode()
    assert html.count("<h1>") == 1
    assert 'href="/static/css/portal.css"' in html


def test_a_key_can_be_renamed_and_removed(hers: Client, alice: Customer) -> None:
    key = Authenticator.objects.create(user=alice.user, type="webauthn", data={"name": "Blue key", "credential": {}})
    assert "Blue key" in hers.get(reverse("mfa_list_webauthn")).content.decode()
    hers.post(reverse("mfa_edit_webauthn", args=[key.pk]), {"name": "Red key"})
    assert "Red key" in hers.get(reverse("mfa_remove_webauthn", args=[key.pk])).content.decode()
    hers.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert not Authenticator.objects.filter(pk=key.pk).exists()
