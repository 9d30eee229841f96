"""Both ways in, signing up, and what protects an account: through the pages, as people use them."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from tests.clients import signed_in
from tests.factories import PASSWORD, CustomerFactory
from tickets.models import Agent, Customer, OutgoingMail, User

LOGIN, SIGN_UP, CODE = reverse("account_login"), reverse("account_signup"), reverse("account_confirm_login_code")
CONFIRM = reverse("account_email_verification_sent")
NEW = {"name": "Nora New", "email": "nora@example.com", "password1": "a long walk home", "time_zone": "Asia/Tokyo"}

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def known(alice: Customer) -> Customer:
    """Alice, whose address is confirmed."""
    EmailAddress.objects.create(user=alice.user, email=alice.email, verified=True, primary=True)
    return alice


def newest_code() -> str:
    return OutgoingMail.objects.filter(kind="account").latest("pk").data["facts"]["code"]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_stranger_is_asked_to_sign_in_and_led_back(client: Client) -> None:
    assert client.get("/requests/").headers["Location"] == f"{LOGIN}?next=/requests/"


def test_a_password_opens_the_portal(client: Client, known: Customer) -> None:
    response = client.post(
        f"{LOGIN}?next=/requests/",
        {"login": "Alice@Example.com", "how": "password", "password": PASSWORD, "next": "/requests/"},
    )
    assert (response.headers["Location"], is_signed_in(client)) == ("/requests/", True)


def test_a_wrong_password_is_said_on_the_page(client: Client, known: Customer) -> None:
    html = client.post(LOGIN, {"login": known.email, "how": "password", "password": "wrong"}).content.decode()
    assert "data-error-summary" in html
    assert known.email in html


def test_a_password_that_was_not_typed_is_asked_for(client: Client, known: Customer) -> None:
    html = client.post(LOGIN, {"login": known.email, "how": "password"}).content.decode()
    assert "Fill in “Password”." in html


def test_a_one_time_code_opens_the_portal(client: Client, known: Customer) -> None:
    assert client.post(LOGIN, {"login": known.email, "how": "code"}).headers["Location"] == CODE
    client.post(CODE, {"code": newest_code()})
    assert is_signed_in(client)


def test_a_password_that_the_browser_filled_in_does_not_stop_the_code(client: Client, known: Customer) -> None:
    response = client.post(LOGIN, {"login": known.email, "how": "code", "password": "filled in, and wrong"})
    assert response.headers["Location"] == CODE


def test_a_code_leads_back_to_where_somebody_wanted_to_go(client: Client, known: Customer) -> None:
    asked = client.post(LOGIN, {"login": known.email, "how": "code", "next": "/requests/"})
    html = client.get(asked.headers["Location"]).content.decode()
    assert '<input type="hidden" name="next" value="/requests/">' in html
    assert client.post(CODE, {"code": newest_code(), "next": "/requests/"}).headers["Location"] == "/requests/"


def test_a_wrong_code_is_said_and_can_be_typed_again(client: Client, known: Customer) -> None:
    client.post(LOGIN, {"login": known.email, "how": "code"})
    html = client.post(CODE, {"code": "000000"}).content.decode()
    assert "data-error-summary" in html
    assert not is_signed_in(client)


def test_the_pages_do_not_tell_who_is_a_customer(client: Client, known: Customer) -> None:
    def pages(address: str) -> tuple[str, str]:
        browser = Client()
        asked = browser.post(LOGIN, {"login": address, "how": "code"})
        html = browser.get(asked.headers["Location"]).content.decode()
        return asked.headers["Location"], re.sub(
            r'name="csrfmiddlewaretoken" value="\w+"', "", html.replace(address, "…")
        )

    assert pages(known.email) == pages("nobody@example.com")


def test_signing_up_makes_a_customer_once_the_address_is_confirmed(client: Client) -> None:
    assert client.post(SIGN_UP, NEW).headers["Location"] == CONFIRM
    assert not Customer.objects.filter(email="nora@example.com").exists()
    client.post(CONFIRM, {"code": newest_code()})
    assert Customer.objects.get(user__email="nora@example.com").name == "Nora New"


def test_a_new_user_keeps_the_language_of_the_page_and_the_zone_of_the_browser(client: Client) -> None:
    client.post(SIGN_UP, NEW, headers={"accept-language": "it-CH"})
    user = User.objects.get(email="nora@example.com")
    assert (user.language, user.time_zone) == ("it", "Asia/Tokyo")


@pytest.mark.parametrize("zone", ["", "Mars/Olympus"])
def test_without_a_zone_of_their_own_a_new_user_has_the_desks(client: Client, zone: str) -> None:
    client.post(SIGN_UP, {**NEW, "time_zone": zone})
    assert User.objects.get(email="nora@example.com").time_zone == "Europe/Rome"


def test_who_ordered_before_finds_their_orders(client: Client) -> None:
    customer = CustomerFactory.create(email="nora@example.com", user=None)
    client.post(SIGN_UP, NEW)
    client.post(CONFIRM, {"code": newest_code()})
    assert User.objects.get(customer=customer).email == "nora@example.com"


def test_an_easy_password_is_refused_with_a_reason(client: Client) -> None:
    html = client.post(SIGN_UP, {**NEW, "password1": "password"}).content.decode()
    assert "at least 10 characters" in html
    assert "Nora New" in html


def test_a_mistyped_address_is_put_right_where_the_code_is_asked_for(client: Client) -> None:
    client.post(SIGN_UP, {**NEW, "email": "nora@exampel.com"})
    client.post(CONFIRM, {"action": "change", "email": "nora@example.com"})
    client.post(CONFIRM, {"code": newest_code()})
    assert Customer.objects.get().email == "nora@example.com"


def test_staff_who_sign_in_begin_in_the_workspace(client: Client, agent: Agent) -> None:
    EmailAddress.objects.create(user=agent.user, email=agent.user.email, verified=True, primary=True)
    response = client.post(LOGIN, {"login": agent.user.email, "how": "password", "password": PASSWORD})
    assert response.headers["Location"] == reverse("admin:index")


def test_who_was_made_in_a_shell_signs_in_without_a_code_by_mail(client: Client) -> None:
    user = User.objects.create_superuser("Root@Shop.example", PASSWORD)
    response = client.post(LOGIN, {"login": user.email, "how": "password", "password": PASSWORD})
    assert response.headers["Location"] == reverse("admin:index")


def test_staff_who_wander_into_the_portal_are_led_back(agent: Agent) -> None:
    assert signed_in(agent.user).get("/").headers["Location"] == reverse("admin:index")


@pytest.mark.parametrize(
    "name",
    [
        "account_email", "account_change_password", "account_logout", "account_reauthenticate", "mfa_index",
        "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn",
    ],
)  # fmt: skip
def test_each_page_about_security_is_a_page_of_the_portal(client: Client, known: Customer, name: str) -> None:
    client.post(LOGIN, {"login": known.email, "how": "password", "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    html = client.get(reverse(name)).content.decode()
    assert html.count("<h1>") == 1
    assert 'href="/static/css/portal.css"' in html


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_signup",
        "account_request_login_code",
        "account_reset_password",
        "account_reset_password_done",
        "account_inactive",
    ],
)
def test_each_page_on_the_way_in_is_a_page_of_the_portal(client: Client, name: str) -> None:
    html = client.get(reverse(name)).content.decode()
    assert html.count("<h1>") == 1
    assert 'href="/static/css/portal.css"' in html


def test_a_new_password_is_chosen_from_a_mailed_link(client: Client, known: Customer) -> None:
    client.post(reverse("account_reset_password"), {"email": known.email})
    link = OutgoingMail.objects.latest("pk").data["facts"]["password_reset_url"]
    page = client.get(link.partition("8000")[2], follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": "another long walk"})
    assert User.objects.get(customer=known).check_password("another long walk")


def test_an_address_is_changed_only_after_it_is_confirmed(client: Client, known: Customer) -> None:
    client.post(LOGIN, {"login": known.email, "how": "password", "password": PASSWORD})
    client.post(reverse("account_email"), {"email": "alice@elsewhere.example", "action_add": ""})
    assert User.objects.get(customer=known).email == "alice@example.com"
    client.post(CONFIRM, {"code": newest_code()})
    assert User.objects.get(customer=known).email == "alice@elsewhere.example"
