"""Every page as axe-core sees it: WCAG 2.2 A and AA, two languages and directions, light and dark, wide and narrow.

axe finds about half of what there is to find; the other half is what test_keyboard.py and people's eyes are for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.browser.visitor import NARROW, WIDE, Visitor
from tickets.models import Ticket
from tickets.outbox import unsubscribing
from tickets.ratings import links

Scheme = Literal["light", "dark"]

# How a page in a language is looked at. To measure contrast is most of the work, so not everything meets everything: each
# language is read at both sizes and in both schemes, and each scheme is seen at both sizes.
LOOKS: Final[Mapping[str, Sequence[tuple[tuple[int, int], Scheme]]]] = {
    "en": ((WIDE, "light"), (NARROW, "dark")),
    "ar": ((WIDE, "dark"), (NARROW, "light")),
}
LANGUAGES: Final = tuple(LOOKS)


@dataclass(frozen=True)
class Stop:
    """A page to look at; ``press`` is a button to press first, for pages that come back with mistakes."""

    path: str
    press: str = ""

    def __str__(self) -> str:
        return f"{self.path} (after {self.press})" if self.press else self.path


def for_everybody(shop: Shop) -> Iterator[Stop]:
    yield Stop(reverse("account_login"))
    yield Stop(reverse("account_login"), press="main form button")
    yield Stop(reverse("account_signup"))
    yield Stop(reverse("account_signup"), press="main form button")
    yield Stop(reverse("account_reset_password"))
    yield Stop(reverse("account_request_login_code"))
    yield Stop(reverse("help:index"))
    yield Stop(reverse("help:index") + "?q=E04")
    yield Stop(reverse("help:index") + "?q=nothing+of+the+kind")
    yield Stop(reverse("help:article", args=["e04"]))
    yield Stop(reverse("help:accessibility"))
    yield Stop(reverse("mydata:notice"))
    yield Stop(reverse("verify:check"))
    yield Stop(reverse("verify:check"), press="main form button")
    fewer = reverse("notifications:stop", args=[unsubscribing.token(shop.agent.user_id)])
    yield Stop(fewer)
    yield Stop(fewer, press="main form .btn")
    yield Stop(reverse("notifications:stop", args=["cut-off"]))
    rating = reverse("feedback:rate", args=[links.token(shop.tickets["solved"].reference, 1)])
    yield Stop(rating)
    yield Stop(rating, press="main form .btn")
    yield Stop(reverse("feedback:rate", args=["cut-off"]))
    yield Stop("/nowhere/")


def for_customers(shop: Shop) -> Iterator[Stop]:
    yield Stop(reverse("conversations:home"))
    yield Stop(reverse("conversations:requests"))
    yield Stop(reverse("conversations:requests") + "?show=solved")
    yield Stop(reverse("conversations:new_about"))
    yield Stop(reverse("conversations:new_about"), press="main form[method=post] .btn")
    yield Stop(reverse("conversations:new_about") + "?order=10482")
    yield Stop(reverse("conversations:new_details", args=[shop.ready_to_send.pk]))
    yield Stop(reverse("conversations:new_details", args=[shop.with_mistake.pk]) + "?check=1")
    yield Stop(reverse("conversations:new_check", args=[shop.ready_to_send.pk]))
    yield Stop(reverse("conversations:sent", args=[shop.tickets["fresh"].reference]))
    for state in ("waiting", "fresh", "solved", "closed"):
        yield Stop(reverse("conversations:case", args=[shop.tickets[state].reference]))
    yield Stop(
        reverse("conversations:case", args=[shop.tickets["waiting"].reference]), press="#reply .btn:not(.second)"
    )
    yield Stop(reverse("conversations:case", args=["ZZZZ-ZZZZ"]))
    yield Stop(reverse("mydata:overview"))
    yield Stop(reverse("account_email"))
    yield Stop(reverse("account_change_password"))
    yield Stop(reverse("mfa_index"))
    yield Stop(reverse("account_logout"))
    # The desk, which is not for customers.
    yield Stop(reverse("admin:login"))


def for_agents(shop: Shop) -> Iterator[Stop]:
    yield Stop(reverse("admin:index"))
    yield Stop(reverse("admin:queue"))
    yield Stop(reverse("admin:queue") + "?tab=all")
    yield Stop(reverse("admin:queue") + "?tab=all&q=nothing+of+the+kind")
    for state in ("waiting", "raised", "solved", "closed"):
        yield Stop(reverse("admin:ticket", args=[shop.tickets[state].reference]))
    reference = shop.tickets["waiting"].reference
    yield Stop(reverse("admin:ticket", args=[reference]) + "?write=note")
    yield Stop(reverse("admin:ticket", args=[reference]), press="#composer .btn.go")
    for act in ("ticket_change", "ticket_promise", "ticket_escalate"):
        yield Stop(reverse(f"admin:{act}", args=[reference]))
    yield Stop(reverse("admin:ticket_promise", args=[reference]), press="main form .btn.go")
    yield Stop(reverse("admin:ticket_escalate", args=[reference]), press="main form .btn.go")
    yield Stop(reverse("admin:ticket_keep_promise", args=[reference, shop.promise.pk]))
    yield Stop(reverse("admin:ticket_hand_back", args=[shop.tickets["raised"].reference]))
    yield Stop(reverse("admin:notifications"))
    yield Stop(reverse("admin:mail_previews"))
    yield Stop(reverse("admin:mail_previews") + "?kind=reply&language=ar&needs=text-only")
    yield Stop(reverse("admin:settings"))


def for_leads(shop: Shop) -> Iterator[Stop]:
    """Every list of the admin, and one row of each kind. Tickets have the queue and a page of their own instead."""
    yield Stop(reverse("admin:settings"))
    yield Stop(reverse("admin:index"))
    yield Stop(reverse("admin:requests"))
    asked = reverse("admin:request_answer", args=[shop.tickets["raised"].escalation_requests.get().pk])
    yield Stop(asked)
    yield Stop(asked, press="main form .btn.go")
    yield Stop(reverse("admin:reviews"))
    review = reverse("admin:review", args=[shop.tickets["closed"].escalations.get().pk])
    yield Stop(review)
    yield Stop(review, press="main form .btn:not(.go, .bare)")
    for model in admin.site._registry.keys() - {Ticket}:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield Stop(reverse(f"{name}_changelist"))
        row = model._default_manager.order_by("pk").first()
        if row is not None:
            yield Stop(reverse(f"{name}_change", args=[row.pk]))


def faults_of(visitor: Visitor, stops: Iterable[Stop], axe_source: str, language: str) -> list[str]:
    """Go everywhere and look at everything; each fault says on which page, and how wide and dark it was."""
    faults = []
    # With each page that is opened, at a fraction of what it takes to hand it over anew.
    visitor.page.add_init_script(axe_source)
    for stop in stops:
        visitor.resize(WIDE)
        page = visitor.go(stop.path)
        # Where a page is not to be had, the one that asks to sign in would pass for it.
        assert visitor.path == urlsplit(stop.path).path, f"{stop.path} leads to {visitor.path}"
        if stop.press:
            page.locator(stop.press).first.click()
            page.wait_for_load_state()
        # What is folded away is read, too. Menus lie over the page: one at a time.
        page.evaluate("document.querySelectorAll('details:not([name])').forEach(it => { it.open = true })")
        for size, scheme in LOOKS[language]:
            visitor.resize(size)
            faults += [f"{stop}, {size[0]} px, {fault}" for fault in _seen(page, axe_source, scheme)]
    return faults


def _seen(page: Page, axe_source: str, scheme: Scheme) -> Iterator[str]:
    page.emulate_media(color_scheme=scheme)
    for found in (axe.violations(page, axe_source), axe.sideways(page), axe.cut_off(page)):
        yield from (f"{scheme}: {fault}" for fault in found)


def said(faults: list[str]) -> str:
    return "\n  ".join([f"{len(faults)} faults", *faults[:60]])


def reading(person: Any, language: str) -> Any:
    """The user, who now reads this language."""
    person.user.language = language
    person.user.save(update_fields=["language"])
    return person.user


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_for_everybody_have_no_barriers(visit: Visit, shop: Shop, axe_source: str, language: str) -> None:
    faults = faults_of(visit(locale=language), for_everybody(shop), axe_source, language)
    assert faults == [], said(faults)


@pytest.mark.parametrize("language", LANGUAGES)
def test_customers_pages_have_no_barriers(visit: Visit, shop: Shop, axe_source: str, language: str) -> None:
    faults = faults_of(visit(reading(shop.alice, language)), for_customers(shop), axe_source, language)
    assert faults == [], said(faults)


@pytest.mark.parametrize("language", LANGUAGES)
def test_agents_pages_have_no_barriers(visit: Visit, shop: Shop, axe_source: str, language: str) -> None:
    faults = faults_of(visit(reading(shop.agent, language)), for_agents(shop), axe_source, language)
    assert faults == [], said(faults)


@pytest.mark.parametrize("language", LANGUAGES)
def test_leads_pages_have_no_barriers(visit: Visit, shop: Shop, axe_source: str, language: str) -> None:
    faults = faults_of(visit(reading(shop.lead, language)), for_leads(shop), axe_source, language)
    assert faults == [], said(faults)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_opens_over_a_page_has_no_barriers(visit: Visit, shop: Shop, axe_source: str, language: str) -> None:
    """Menus, and the list of keys."""
    faults = []
    for user, path in (
        (reading(shop.alice, language), reverse("conversations:home")),
        (reading(shop.agent, language), reverse("admin:queue")),
    ):
        visitor = visit(user)
        page = visitor.go(path)
        for size, scheme in LOOKS[language]:
            visitor.resize(size)
            menus = page.locator("details.menu")
            assert menus.count() == 2
            for menu in menus.all():
                menu.locator("summary").click()
                faults += [f"{path}, menu, {size[0]} px, {fault}" for fault in _seen(page, axe_source, scheme)]
                page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    faults += [f"{path}, list of keys, {fault}" for fault in _seen(page, axe_source, scheme)]
    assert faults == [], said(faults)
