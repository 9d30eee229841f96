import pytest
from django.test import Client
from django.urls import reverse

from tests.clients import signed_in
from tickets.models import Agent, Customer, User

CHOOSE = reverse("portal:language")
HELP = reverse("help:index")


def test_a_stranger_reads_on_in_the_chosen_language(client: Client, desk: None) -> None:
    html = client.post(CHOOSE, {"language": "ar", "next": HELP}, follow=True).content.decode()
    assert '<html lang="ar" dir="rtl">' in html


def test_a_customer_is_written_to_in_the_chosen_language(alice: Customer) -> None:
    signed_in(alice.user).post(CHOOSE, {"language": "it"})
    alice.refresh_from_db()
    assert (alice.language, User.objects.get().language) == ("it", "it")


def test_staff_choose_theirs_too(agent: Agent) -> None:
    signed_in(agent.user).post(CHOOSE, {"language": "de"})
    agent.user.refresh_from_db()
    assert agent.user.language == "de"


def test_a_language_that_we_do_not_have_changes_nothing(alice: Customer) -> None:
    response = signed_in(alice.user).post(CHOOSE, {"language": "tlh"})
    alice.refresh_from_db()
    assert (response.status_code, alice.language, response.cookies.get("django_language")) == (302, "en", None)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_nobody_is_sent_to_another_site(client: Client, desk: None, elsewhere: str) -> None:
    assert client.post(CHOOSE, {"language": "it", "next": elsewhere}).headers["Location"] == "/"


def test_a_link_cannot_change_the_language(client: Client, desk: None) -> None:
    assert client.get(CHOOSE).status_code == 405
