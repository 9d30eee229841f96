from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.models import Agent, Customer, Rating, Ticket
from tickets.ratings import links


@pytest.fixture
def solved(alice: Customer, agent: Agent, now: datetime) -> Ticket:
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="Wipe the contacts.", by=acting(agent), at=now)
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    return ticket


@pytest.fixture
def link(solved: Ticket) -> str:
    return reverse("feedback:rate", args=[links.token(solved.reference, 1)])


def test_the_link_opens_without_signing_in(client: Client, link: str, solved: Ticket) -> None:
    assert solved.reference in client.get(link).content.decode()


def test_a_rating_is_kept_in_the_customers_name(client: Client, link: str, solved: Ticket) -> None:
    client.post(link, {"stars": "4", "comment": "Quick."})
    rating = Rating.objects.get()
    entry = solved.record.get(code="rated")
    assert (rating.stars, rating.comment, entry.actor_id) == (4, "Quick.", solved.customer.user_id)


def test_looking_at_the_page_rates_nothing(client: Client, link: str) -> None:
    """Mail scanners open every link."""
    client.get(link)
    assert not Rating.objects.exists()


def test_a_rating_can_be_changed(client: Client, link: str) -> None:
    client.post(link, {"stars": "2"})
    client.post(link, {"stars": "5"})
    assert Rating.objects.get().stars == 5


def test_the_page_shows_what_was_said_before(client: Client, link: str) -> None:
    client.post(link, {"stars": "2", "comment": "Slow."})
    assert "Slow." in client.get(link).content.decode()


def test_no_stars_are_a_mistake_that_the_page_explains(client: Client, link: str) -> None:
    html = client.post(link, {"comment": "Well."}).content.decode()
    assert "Choose an answer to “All in all, our help was”." in html
    assert "Well." in html


@pytest.mark.parametrize(("stars", "asked"), [("1", True), ("2", True), ("3", False)])
def test_a_low_rating_asks_what_is_still_wrong(client: Client, link: str, stars: str, asked: bool) -> None:
    html = client.post(link, {"stars": stars}, follow=True).content.decode()
    assert ("Tell us what is still wrong" in html) is asked


def test_thanks_are_not_given_before_the_rating(client: Client, link: str) -> None:
    assert client.get(f"{link}thanks/").headers["Location"] == link


def test_a_request_that_was_opened_again_is_not_rated_yet(client: Client, solved: Ticket, now: datetime) -> None:
    lifecycle.reopen(solved, by=Actor.of(solved.customer.user), at=now)
    link = reverse("feedback:rate", args=[links.token(solved.reference, 2)])
    html = client.post(link, {"stars": "4"}).content.decode()
    assert "You can rate us once your request is solved." in html


def test_a_forged_link_opens_nothing(client: Client, link: str) -> None:
    response = client.get(reverse("feedback:rate", args=["forged"]))
    assert (response.status_code, "This link does not open anything" in response.content.decode()) == (404, True)


def test_an_old_link_says_that_it_is_old(client: Client, link: str) -> None:
    with time_machine.travel(datetime.now().astimezone() + timedelta(days=29)):
        response = client.get(link)
    assert (response.status_code, "This link is too old" in response.content.decode()) == (410, True)


def test_the_link_of_an_erased_customer_opens_nothing(client: Client, link: str, now: datetime) -> None:
    Customer.objects.update(erased_at=now)
    assert client.get(link).status_code == 410
