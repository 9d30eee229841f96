"""What an agent does from the queue to the resolution, in a real browser."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.browser.visitor import Visitor
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.models import Message, Promise, Ticket


@pytest.fixture
def desk_of_marta(visit: Visit, shop: Shop) -> Visitor:
    """Her browser, in which she is signed in."""
    return visit(shop.agent.user)


def open_case(visitor: Visitor, ticket: Ticket) -> Page:
    return visitor.go(reverse("admin:ticket", args=[ticket.reference]))


def references(page: Page) -> list[str]:
    """Of the tickets in the list, from the top."""
    links = page.locator("[data-row-link]").all()
    return [str(link.get_attribute("href")).rstrip("/").rsplit("/", 1)[1] for link in links]


# --- The queue --------------------------------------------------------------------------------------------------------


def test_the_queue_begins_with_what_is_due_next(desk_of_marta: Visitor, shop: Shop) -> None:
    page = desk_of_marta.go(reverse("admin:queue") + "?tab=all")
    waiting = Ticket.objects.filter(next_due_at__isnull=False).order_by("next_due_at")
    listed = references(page)
    assert listed[: len(waiting)] == [ticket.reference for ticket in waiting]
    assert len(waiting) >= 3


def test_j_and_k_move_x_ticks_and_enter_opens(desk_of_marta: Visitor, shop: Shop) -> None:
    page = desk_of_marta.go(reverse("admin:queue") + "?tab=all")
    listed = references(page)
    links = page.locator("[data-row-link]")
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(links.nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-rows] [type=checkbox]").nth(1)).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/ticket/{listed[1]}/")


def test_keys_are_left_alone_while_somebody_types(desk_of_marta: Visitor, shop: Shop) -> None:
    page = desk_of_marta.go(reverse("admin:queue") + "?tab=all")
    page.keyboard.press("/")
    page.keyboard.type("jk?x")
    expect(page.locator("#find")).to_have_value("jk?x")


def test_ticked_cases_are_taken_together(desk_of_marta: Visitor, shop: Shop) -> None:
    page = desk_of_marta.go(reverse("admin:queue") + "?tab=all")
    page.get_by_label(f"Select {shop.tickets['late'].reference}").check()
    page.get_by_role("button", name="Assign the ticked ones to me").click()
    page.wait_for_load_state()
    assert Ticket.objects.get(pk=shop.tickets["late"].pk).assignee == shop.agent


# --- The ticket -------------------------------------------------------------------------------------------------------


def test_an_italian_is_answered_with_a_canned_reply_in_italian(desk_of_marta: Visitor, shop: Shop) -> None:
    page = open_case(desk_of_marta, shop.tickets["late"])
    page.locator("#canned").select_option(label="Clean the tank’s valve")
    page.get_by_role("button", name="Put it in").click()
    expect(page.locator("#composer #id_text")).to_have_value(re.compile(r"Gentile Giulia,\n\ntolga il serbatoio"))
    page.get_by_role("button", name="Send to the customer").click()
    expect(page.get_by_text("Your answer is on its way to the customer.")).to_be_visible()
    sent = Message.objects.filter(ticket=shop.tickets["late"]).latest("pk")
    assert (sent.language, sent.text.startswith("Gentile Giulia,")) == ("it", True)


def test_a_reply_that_is_not_translated_says_so(desk_of_marta: Visitor, shop: Shop) -> None:
    shop.canned.body_it = ""
    shop.canned.save()
    page = open_case(desk_of_marta, shop.tickets["late"])
    page.locator("#canned").select_option(label="Clean the tank’s valve")
    page.get_by_role("button", name="Put it in").click()
    expect(page.locator("#composer #id_text")).to_have_value(re.compile("please take the tank out"))
    expect(page.locator("#canned-notes li")).to_be_visible()


def test_a_note_stays_inside(desk_of_marta: Visitor, visit: Visit, shop: Shop) -> None:
    page = open_case(desk_of_marta, shop.tickets["waiting"])
    page.get_by_role("link", name="Internal note instead").click()
    page.locator("#composer #id_text").fill("Ask the workshop about this batch.")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator(".msg.note", has_text="Ask the workshop")).to_be_visible()
    hers = visit(shop.alice.user).go(reverse("conversations:case", args=[shop.tickets["waiting"].reference]))
    expect(hers.locator(".thread")).to_be_visible()
    expect(hers.get_by_text("Ask the workshop")).to_have_count(0)


def test_a_promise_is_put_on_record(desk_of_marta: Visitor, shop: Shop) -> None:
    ticket = shop.tickets["fresh"]
    page = open_case(desk_of_marta, ticket)
    page.get_by_role("region", name="Promises").get_by_role("link").click()
    page.get_by_label("What", exact=True).select_option("refund")
    page.get_by_label("Amount").fill("48.90")
    page.get_by_label("Currency").fill("EUR")
    due_at = (timezone.now() + timedelta(days=30)).replace(hour=12, minute=30, second=0, microsecond=0)
    page.get_by_label("By", exact=True).fill(f"{due_at:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Promise it").click()
    expect(page.get_by_role("region", name="Promises")).to_contain_text("Refund, €48.90")
    assert Promise.objects.get(ticket=ticket).due_at == due_at


@pytest.mark.parametrize(
    ("label", "choice", "button", "shown"),
    [
        ("Category", "Where is my order?", "Sort anew", "Where is my order?"),
        ("Priority", "Urgent", "Set the priority", "Urgent"),
        ("Assignee", "Tomasz Nowak", "Assign", "Tomasz Nowak"),
    ],
)
def test_a_ticket_is_changed(
    desk_of_marta: Visitor, shop: Shop, label: str, choice: str, button: str, shown: str
) -> None:
    page = open_case(desk_of_marta, shop.tickets["fresh"])
    page.get_by_role("link", name="Change…").click()
    page.get_by_label(label).select_option(label=choice)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text("The ticket was changed.")).to_be_visible()
    expect(page.locator(".strip")).to_contain_text(shown)


def test_a_case_goes_up_with_a_hand_over_note(desk_of_marta: Visitor, shop: Shop) -> None:
    page = open_case(desk_of_marta, shop.tickets["fresh"])
    page.get_by_role("link", name="Escalate…").click()
    page.get_by_label("Hand it to").select_option(label="Senior specialist")
    page.get_by_label("What we know").fill("She has a descaler with citric acid.")
    page.get_by_label("What the customer expects").fill("A yes or a no.")
    page.get_by_role("button", name="Escalate").click()
    expect(page.locator(".strip")).to_contain_text("Senior specialist")
    expect(page.get_by_role("main")).to_contain_text("She has a descaler with citric acid.")


def test_a_case_is_resolved(desk_of_marta: Visitor, shop: Shop) -> None:
    page = open_case(desk_of_marta, shop.tickets["fresh"])
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator(".strip")).to_contain_text("Resolved")


def test_over_an_open_promise_nothing_is_resolved(desk_of_marta: Visitor, shop: Shop) -> None:
    page = open_case(desk_of_marta, shop.tickets["waiting"])
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("We still owe the customer this")).to_be_visible()
    expect(page.locator(".strip")).to_contain_text("Pending")


# --- Two at once ------------------------------------------------------------------------------------------------------


def test_an_answer_that_was_overtaken_is_kept_and_sent_on_the_second_try(desk_of_marta: Visitor, shop: Shop) -> None:
    ticket = shop.tickets["fresh"]
    page = open_case(desk_of_marta, ticket)
    page.locator("#composer #id_text").fill("Better not: vinegar harms the seals.")
    by = Actor.of(shop.alice.user)
    lifecycle.receive_customer_message(ticket, text="I have citric acid, too!", by=by, at=timezone.now())
    page.get_by_role("button", name="Send to the customer").click()

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Not sent: somebody wrote while you were writing")
    expect(page.locator("#newest")).to_contain_text("I have citric acid, too!")
    expect(page.locator("#composer #id_text")).to_have_value("Better not: vinegar harms the seals.")
    assert not Message.objects.filter(text__startswith="Better not").exists()

    page.get_by_role("button", name="Send to the customer").click()
    expect(page.get_by_text("Your answer is on its way to the customer.")).to_be_visible()
    assert Message.objects.filter(text__startswith="Better not").count() == 1


def test_a_customer_has_no_business_at_the_desk(visit: Visit, shop: Shop) -> None:
    page = visit(shop.alice.user).go(reverse("admin:queue"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("[data-rows]")).to_have_count(0)
