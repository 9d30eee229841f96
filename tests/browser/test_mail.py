"""Every kind of mail as its reader's program shows it: by day and by night, on a telephone, in both directions of reading.

From samples, so no page is served and no database asked. What can be told from the mark-up alone is in
``tests/outbox/test_letters.py``.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser import axe
from tickets.outbox import samples
from tickets.outbox.kinds import KINDS
from tickets.people.models import ReadingNeeds

AT: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TELEPHONE: Final[ViewportSize] = {"width": 390, "height": 844}
NARROWEST: Final[ViewportSize] = {"width": 320, "height": 640}
"""WCAG 1.4.10."""

FINGER_PX: Final = 44

in_three_languages = pytest.mark.parametrize("language", ["en", "ar", "ja"])


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window of a mail program, which runs nothing that a mail brings along and fetches nothing."""
    context = browser.new_context(viewport=TELEPHONE, reduced_motion="reduce", offline=True)
    yield context.new_page()
    context.close()


def shown(page: Page, language: str, *needs: str) -> Iterator[tuple[str, Page]]:
    """Show one mail after the other; every case in the source language, the usual one of each kind in the others."""
    for kind in KINDS:
        for number in range(samples.count(kind) if language == "en" else 1):
            page.set_content(samples.render(kind, language, at=AT, needs=needs, number=number).html)
            yield f"{kind} {number}", page


@in_three_languages
def test_no_mail_has_barriers_by_day_or_by_night(page: Page, axe_source: str, language: str) -> None:
    faults = []
    for name, mail in shown(page, language):
        for scheme in ("light", "dark"):
            mail.emulate_media(color_scheme=scheme)
            faults += [f"{name}, {scheme}: {fault}" for fault in axe.violations(mail, axe_source)]
    assert faults == []


@in_three_languages
@pytest.mark.parametrize("needs", [(), (ReadingNeeds.LARGE,)], ids=["ordinary", "large print"])
def test_no_mail_has_to_be_pushed_sideways(page: Page, language: str, needs: tuple[str, ...]) -> None:
    page.set_viewport_size(NARROWEST)
    faults = [f"{name}: {fault}" for name, mail in shown(page, language, *needs) for fault in axe.sideways(mail)]
    assert faults == []


def test_every_button_is_large_enough_for_a_finger(page: Page) -> None:
    small = {}
    for name, mail in shown(page, "en"):
        for button in mail.locator(".button").all():
            box = button.bounding_box()
            if not box or min(box["height"], box["width"]) < FINGER_PX:
                small[name] = box
    assert small == {}


def test_what_we_owe_stands_out(page: Page) -> None:
    """The date is the largest type in the mail."""
    page.set_content(samples.render("acknowledgement", "en", at=AT).html)
    sizes = page.evaluate(
        """() => Object.fromEntries(['time', 'h1', 'p'].map(
            tag => [tag, parseFloat(getComputedStyle(document.querySelector('.sheet ' + tag)).fontSize)]
        ))"""
    )
    assert sizes["time"] > sizes["h1"] > sizes["p"] >= 16
