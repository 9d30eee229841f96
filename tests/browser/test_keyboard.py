"""Everything with Tab, arrow keys, Space and Enter, and always to be seen where one is (WCAG 2.1.1, 2.4.3, 2.4.7)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.shop import MACHINE, SERIAL, Shop
from tests.browser.visitor import outline_of_focus, tab_to
from tickets.models import Ticket

PAGES: dict[str, Callable[[Shop], tuple[Any, str]]] = {
    "sign-in": lambda shop: (None, reverse("account_login")),
    "start page": lambda shop: (shop.alice.user, reverse("conversations:home")),
    "new request": lambda shop: (shop.alice.user, reverse("conversations:new_about")),
    "questions": lambda shop: (shop.alice.user, reverse("conversations:new_details", args=[shop.ready_to_send.pk])),
    "request": lambda shop: (
        shop.alice.user,
        reverse("conversations:case", args=[shop.tickets["waiting"].reference]),
    ),
    "queue": lambda shop: (shop.agent.user, reverse("admin:queue") + "?tab=all"),
    "ticket": lambda shop: (shop.agent.user, reverse("admin:ticket", args=[shop.tickets["waiting"].reference])),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_focus_is_seen_wherever_tab_leads_and_first_on_the_skip_link(visit: Visit, shop: Shop, name: str) -> None:
    user, path = PAGES[name](shop)
    page = visit(user).go(path)
    page.keyboard.press("Tab")
    skip = outline_of_focus(page)
    assert "Skip to" in skip["text"]
    stops = [skip]
    # At the end the focus leaves the page for the browser, and body has it.
    while len(stops) < 150:
        page.keyboard.press("Tab")
        stop = outline_of_focus(page)
        if stop["tag"] == "BODY":
            break
        stops.append(stop)
    assert len(stops) > 5
    assert [stop["what"] for stop in stops if not stop["seen"]] == []


@pytest.mark.parametrize("name", ["start page", "queue"])
def test_the_skip_link_leads_past_the_header(visit: Visit, shop: Shop, name: str) -> None:
    user, path = PAGES[name](shop)
    page = visit(user).go(path)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_request_is_written_answered_and_solved_without_a_mouse(visit: Visit, shop: Shop) -> None:
    shop.ready_to_send.delete()
    shop.with_mistake.attachments.all().delete()
    shop.with_mistake.delete()
    page = visit(shop.alice.user).go("/")
    known = set(Ticket.objects.values_list("pk", flat=True))

    _press(page, page.get_by_role("link", name="Write a new request"))
    _choose(page, page.get_by_role("radio", name="Ceramic cups"), page.get_by_role("radio", name=MACHINE))
    first, wanted = page.get_by_role("radio", name="Something is broken"), page.get_by_role("radio", name="Where is my")
    _choose(page, first, wanted)
    page.keyboard.press("ArrowUp")
    expect(first).to_be_checked()
    _press(page, page.get_by_role("button", name="Continue"))

    _write(page, page.get_by_label("Serial number"), SERIAL)
    _write(page, page.get_by_label("What happened?"), "It heats up, then stops.")
    _go(page, page.get_by_role("radio", name="Something is dangerous"))
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="I cannot use it at all")).to_be_checked()
    _press(page, page.locator("button.btn", has_text="Continue to check"))
    _press(page, page.get_by_role("button", name="Send my request"))
    expect(page.locator(".stub .ref")).to_be_visible()
    ticket = Ticket.objects.exclude(pk__in=known).get()
    assert ticket.impact == "blocked"

    _press(page, page.get_by_role("link", name="See your request"))
    _write(page, page.locator("#id_text"), "It stopped stopping.")
    _press(page, page.get_by_role("button", name="Send", exact=True))
    expect(page.get_by_text("Your message was sent.")).to_be_visible()
    _press(page, page.get_by_role("button", name="It is solved"), with_key="Space")
    expect(page.get_by_role("heading", name="This request is solved")).to_be_visible()

    _press(page, page.get_by_role("link", name="Rate how it went"))
    _go(page, page.get_by_role("radio", name="Very good"))
    page.keyboard.press("Space")
    _press(page, page.get_by_role("button", name="Send my rating"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")


def test_menus_open_and_close_by_key(visit: Visit, shop: Shop) -> None:
    page = visit(shop.alice.user).go("/")
    menu = page.locator("details.menu").last
    _press(page, menu.locator("summary"))
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def _go(page: Page, target: Locator) -> None:
    for stop in tab_to(page, target):
        assert stop["seen"], f"No focus to be seen on {stop['what']}"


def _press(page: Page, target: Locator, *, with_key: str = "Enter") -> None:
    _go(page, target)
    page.keyboard.press(with_key)
    page.wait_for_load_state()


def _write(page: Page, target: Locator, text: str) -> None:
    _go(page, target)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def _choose(page: Page, first: Locator, wanted: Locator) -> None:
    """Radio buttons are one stop: Space takes the first, an arrow the next."""
    _go(page, first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(wanted).to_be_checked()
