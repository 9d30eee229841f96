"""A promise from the agent's answer to the customer's page, in a real browser."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.browser.visitor import NARROW
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.models import Ticket


def write(page: Page, ticket: Ticket, text: str) -> None:
    page.goto(reverse("admin:ticket", args=[ticket.reference]))
    page.get_by_label("Text", exact=True).fill(text)
    page.get_by_role("button", name="Send to the customer").click()


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}])
def test_an_answer_that_sounds_like_a_promise_is_put_on_record(
    visit: Visit, shop: Shop, options: dict[str, bool]
) -> None:
    page, ticket = visit(shop.agent.user, **options).page, shop.tickets["waiting"]
    write(page, ticket, "Dear Alice, we will refund you.")
    expect(page.get_by_role("heading", name="Put it on record?")).to_be_visible()
    page.get_by_label("What", exact=True).select_option("refund")
    page.get_by_label("Amount").fill("49.90")
    due_at = timezone.now() + timedelta(days=3)
    page.get_by_label("By", exact=True).fill(f"{due_at:%Y-%m-%dT12:00}")
    page.get_by_role("button", name="Send to the customer").click()
    expect(page.get_by_text("Your answer is on its way to the customer.")).to_be_visible()
    made = ticket.promises.latest("pk")
    assert (str(made.amount), made.message) == ("49.90", ticket.messages.latest("pk"))


def test_the_question_whether_it_is_a_promise_can_be_read_by_everybody(
    visit: Visit, shop: Shop, axe_source: str
) -> None:
    visitor = visit(shop.agent.user)
    write(visitor.page, shop.tickets["waiting"], "Dear Alice, we will refund you.")
    assert [*axe.violations(visitor.page, axe_source)] == []
    visitor.resize(NARROW)
    assert [*axe.sideways(visitor.page)] == []


def test_a_case_is_solved_once_its_promise_is_handed_over(visit: Visit, shop: Shop, axe_source: str) -> None:
    ticket, at = shop.tickets["fresh"], timezone.now()
    lifecycle.promise(ticket, kind="update", due_at=at + timedelta(days=3), by=Actor.of(shop.agent.user), at=at)
    page = visit(shop.agent.user).go(reverse("admin:ticket", args=[ticket.reference]))
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("We still owe the customer this: News")).to_be_visible()
    page.get_by_role("link", name="Hand over… News").click()
    assert [*axe.violations(page, axe_source)] == []
    page.get_by_label("Who keeps it").select_option(index=1)
    page.get_by_label("What is left to do").fill("Write on Friday.")
    page.get_by_role("button", name="Hand it over").click()
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("The ticket is resolved.")).to_be_visible()
    hers = visit(ticket.customer.user).go(reverse("conversations:case", args=[ticket.reference]))
    expect(hers.get_by_role("heading", name="News from us by")).to_be_visible()
