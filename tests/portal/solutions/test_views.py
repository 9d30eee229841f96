"""The link in the mail that asks whether a proposed solution worked."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.desk import attempts
from tickets.desk.statuses import Status
from tickets.lifecycle import Proposal
from tickets.models import Agent, Attempt, Customer, OutgoingMail
from tickets.outbox.render import render


@pytest.fixture
def attempt(alice: Customer, agent: Agent, now: datetime) -> Attempt:
    ticket, proposal = open_ticket(alice), Proposal("Reset the tank sensor")
    return lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now, attempt=proposal).attempts.get()


@pytest.fixture
def link(attempt: Attempt) -> str:
    return reverse("solutions:answer", args=[attempts.token(attempt.ticket.reference, attempt.number)])


def test_the_mail_has_a_link_for_each_answer(attempt: Attempt, now: datetime) -> None:
    mail = OutgoingMail.objects.get(kind="reply")
    render(mail, at=now)
    for answer in ("?worked", "?failed"):
        assert answer in mail.text
        assert answer in mail.html


def test_the_link_opens_without_signing_in_and_changes_nothing(client: Client, link: str, attempt: Attempt) -> None:
    """Mail scanners open every link."""
    assert "Reset the tank sensor" in client.get(f"{link}?failed").content.decode()
    attempt.refresh_from_db()
    assert attempt.outcome == "waiting"


@pytest.mark.parametrize("pressed", ["worked", "failed"])
def test_the_button_that_was_pressed_in_the_mail_comes_first(client: Client, link: str, pressed: str) -> None:
    page = client.get(f"{link}?{pressed}").content.decode()
    assert page.index(f'value="{pressed}"') == min(page.index('value="worked"'), page.index('value="failed"'))


def test_an_answer_is_kept_in_the_customers_name(client: Client, link: str, attempt: Attempt) -> None:
    client.post(link, {"outcome": "failed", "comment": "Same error."})
    attempt.refresh_from_db()
    assert (attempt.outcome, attempt.answered_by) == ("failed", attempt.ticket.customer.user)
    assert attempt.ticket.messages.filter(text="Same error.", author_kind="customer").exists()


def test_a_post_without_a_button_keeps_what_was_typed(client: Client, link: str) -> None:
    page = client.post(link, {"comment": "Same error."}).content.decode()
    assert "Press one of the two buttons." in page
    assert "Same error." in page


def test_what_worked_is_followed_by_the_question_whether_everything_is_solved(
    client: Client, link: str, attempt: Attempt
) -> None:
    page = client.post(link, {"outcome": "worked"}, follow=True).content.decode()
    assert "Is everything solved now?" in page
    client.post(f"{link}solved/")
    attempt.ticket.refresh_from_db()
    assert attempt.ticket.status == Status.RESOLVED


def test_a_closed_request_keeps_the_words_and_says_how_to_go_on(
    client: Client, link: str, attempt: Attempt, agent: Agent, now: datetime
) -> None:
    lifecycle.resolve(attempt.ticket, by=acting(agent), at=now)
    lifecycle.close(attempt.ticket, by=acting(agent), at=now)
    page = client.post(link, {"outcome": "failed", "comment": "It is back."}).content.decode()
    assert "that opens a new one, linked to it" in page
    assert "It is back." in page


def test_a_forged_link_says_so(client: Client, link: str) -> None:
    response = client.get(f"{link[:-2]}x/")
    assert response.status_code == 404
    assert "a letter may be missing" in response.content.decode()


def test_a_link_that_is_too_old_says_so(client: Client, link: str) -> None:
    with time_machine.travel(datetime.now().astimezone() + timedelta(days=attempts.VALID_DAYS + 1)):
        response = client.get(link)
    assert response.status_code == 410
    assert "This link is too old" in response.content.decode()


def test_the_link_of_a_customer_who_was_erased_opens_nothing(
    client: Client, link: str, alice: Customer, now: datetime
) -> None:
    Customer.objects.filter(pk=alice.pk).update(erased_at=now)
    assert client.get(link).status_code == 410


def test_before_an_answer_there_is_nothing_to_thank_for(client: Client, link: str) -> None:
    assert client.get(f"{link}thanks/").url == link
