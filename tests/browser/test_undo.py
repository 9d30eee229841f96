"""Taking an answer back, by mouse, by keyboard and without scripts, and a page that says in time how long that goes."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.browser.visitor import NARROW, Visitor
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.models import Message, PendingReply

WINDOW = 600
SECOND = 1000
WORDS = "Better not: vinegar harms the seals."


@pytest.fixture(autouse=True)
def _window(settings: Any) -> None:
    settings.REPLY_UNDO_SECONDS = WINDOW


def answer(visitor: Visitor, shop: Shop, text: str = WORDS) -> Page:
    page = visitor.go(reverse("admin:ticket", args=[shop.tickets["fresh"].reference]))
    page.locator("#composer #id_text").fill(text)
    page.get_by_role("button", name="Send to the customer").click()
    expect(page.locator("#unsent")).to_contain_text(text)
    return page


def test_one_tab_and_enter_take_an_answer_back(visit: Visit, shop: Shop) -> None:
    page = answer(visit(shop.agent.user), shop)
    expect(page.locator("#unsent")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You took this answer back")).to_be_visible()
    expect(page.locator("#composer #id_text")).to_be_focused()
    expect(page.locator("#composer #id_text")).to_have_value(WORDS)
    assert not Message.objects.filter(text=WORDS).exists()


def test_it_goes_without_scripts(visit: Visit, shop: Shop) -> None:
    page = answer(visit(shop.agent.user, java_script_enabled=False), shop)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#composer #id_text")).to_have_value(WORDS)
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("#composer #id_text")).to_have_value("")
    assert not PendingReply.objects.exists()


def test_the_seconds_are_counted_for_the_eye_and_said_once_for_the_ear(visit: Visit, shop: Shop) -> None:
    visitor = visit(shop.agent.user)
    visitor.page.clock.install()
    page = answer(visitor, shop)
    said = page.locator("[data-undo-said]")
    page.clock.run_for((WINDOW - 60) * SECOND)
    expect(page.locator("[data-undo-left]")).to_contain_text("seconds")
    expect(said).to_have_text("")
    page.get_by_role("button", name="Undo").focus()
    page.clock.run_for(57 * SECOND)
    expect(said).to_have_text("Time left: 5 seconds")
    page.clock.run_for(5 * SECOND)
    expect(said).to_have_text("The answer is being sent.")
    # Nobody is left on a button that has gone.
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    expect(page.locator("#unsent")).to_be_focused()


def test_an_answer_whose_time_is_over_stands_in_the_conversation(visit: Visit, shop: Shop) -> None:
    visitor = visit(shop.agent.user)
    visitor.page.clock.install()
    page = answer(visitor, shop)
    page.clock.run_for(WINDOW * SECOND)
    lifecycle.send_pending_replies(at=timezone.now() + timedelta(seconds=WINDOW))
    page.get_by_role("link", name="Look whether it was sent").click()
    expect(page.locator(".msg.us", has_text=WORDS)).to_contain_text("Public answer")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_state_of_it_passes_axe(visit: Visit, shop: Shop, axe_source: str, language: str) -> None:
    shop.agent.user.language = language
    shop.agent.user.save()
    visitor = visit(shop.agent.user, color_scheme="dark" if language == "ar" else "light")
    ticket, by = shop.tickets["fresh"], Actor.of(shop.agent.user)
    address = reverse("admin:ticket", args=[ticket.reference])
    pending = lifecycle.queue_reply(ticket, text=WORDS, by=by, at=timezone.now())
    assert isinstance(pending, PendingReply)
    faults: list[str] = []
    for hitch in ("", "taken_back", "overtaken", "refused"):
        PendingReply.objects.update(hitch=hitch)
        page = visitor.go(address)
        expect(page.get_by_text(WORDS).or_(page.locator("#id_text"))).not_to_have_count(0)
        faults += [*axe.violations(page, axe_source), *axe.sideways(page)]
        visitor.resize(NARROW)
        faults += axe.sideways(page)
        visitor.resize((1440, 900))
    assert faults == []
