import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.test import Client

ADDRESS = "alice@example.com"
PASSWORD = "a good long password"
LIMIT = 5

pytestmark = pytest.mark.django_db


def person(address):
    """Somebody with the password, whose address was verified: nobody else is let in."""
    user = get_user_model().objects.create_user(email=address, password=PASSWORD)
    EmailAddress.objects.update_or_create(user=user, email=address, defaults={"verified": True, "primary": True})
    return user


@pytest.fixture(autouse=True)
def alice():
    return person(ADDRESS)


def sign_in(password, *, address=ADDRESS, ip="192.0.2.1"):
    """The status that the portal's own form answers with."""
    return (
        Client(REMOTE_ADDR=ip)
        .post("/accounts/login/", {"login": address, "how": "password", "password": password})
        .status_code
    )


def test_wrong_passwords_lock_after_the_fifth():
    assert [sign_in("wrong") for _ in range(LIMIT + 1)] == [200] * (LIMIT - 1) + [429] * 2


def test_the_right_password_does_not_open_a_lock():
    for _ in range(LIMIT):
        sign_in("wrong")

    assert sign_in(PASSWORD) == 429


def test_another_spelling_of_the_address_counts_as_the_same():
    for address in (ADDRESS, "Alice@Example.com", " alice@example.com", "ALICE@EXAMPLE.COM", ADDRESS):
        sign_in("wrong", address=address)

    assert sign_in(PASSWORD) == 429


def test_a_stranger_cannot_lock_a_customer_out():
    for _ in range(LIMIT):
        sign_in("wrong", ip="198.51.100.7")

    assert sign_in(PASSWORD, ip="192.0.2.1") == 302


def test_somebody_elses_wrong_passwords_do_not_lock_the_office_out():
    person("bob@example.com")
    for _ in range(LIMIT):
        sign_in("wrong", address="bob@example.com")

    assert sign_in(PASSWORD) == 302


def test_an_unknown_address_locks_just_the_same():
    """Else the lock would tell which addresses have an account."""
    assert [sign_in("wrong", address="nobody@example.com") for _ in range(LIMIT + 1)] == [200] * (LIMIT - 1) + [429] * 2


def test_signing_in_forgets_the_wrong_passwords_before():
    for _ in range(LIMIT - 1):
        sign_in("wrong")

    assert sign_in(PASSWORD) == 302
    assert [sign_in("wrong") for _ in range(LIMIT - 1)] == [200] * (LIMIT - 1)


def test_a_forwarded_address_is_not_believed_without_a_proxy():
    for number in range(LIMIT):
        Client(REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": f"203.0.113.{number}"}).post(
            "/accounts/login/", {"login": ADDRESS, "how": "password", "password": "wrong"}
        )

    assert sign_in(PASSWORD) == 429


def test_a_forwarded_address_is_counted_behind_one(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(LIMIT):
        Client(REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": f"203.0.113.{number}"}).post(
            "/accounts/login/", {"login": ADDRESS, "how": "password", "password": "wrong"}
        )

    assert sign_in(PASSWORD, ip="10.0.0.1") == 302
