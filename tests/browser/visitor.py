"""Somebody in front of a browser, and what that browser complained of."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response

from tests.clients import signed_in
from tickets.people.models import User

WIDE: Final = (1440, 900)
NARROW: Final = (320, 640)

# What people wait for on this machine comes within a second or two; a test that waits for what never comes should not
# wait half a minute.
PATIENCE_MS: Final = 10_000


class Visitor:
    """One browser window with its own cookies. ``faults`` is everything no page of ours may cause."""

    def __init__(self, browser: Browser, site: str, **options: Any) -> None:
        """``options`` are Playwright's for a context, such as ``java_script_enabled`` or ``color_scheme``."""
        width, height = WIDE
        self.context = browser.new_context(
            base_url=site,
            # Motion would have axe and the eye look at colours half way.
            **{
                "viewport": {"width": width, "height": height},
                "locale": "en-GB",
                "reduced_motion": "reduce",
                **options,
            },
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.faults: list[str] = []
        self.site = site
        self.page: Page = self.context.new_page()
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self._where}: {error}"))
        self.page.on("response", self._on_response)

    def sign_in(self, user: User) -> None:
        """As if they had typed their password; the form itself has a test of its own."""
        value = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.site}])

    def go(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def resize(self, size: tuple[int, int]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def _where(self) -> str:
        return f"{self.path} ({self.page.viewport_size['width'] if self.page.viewport_size else '?'} px)"

    def _on_console(self, message: ConsoleMessage) -> None:
        # A page that answers "not found" or "somebody else was first" is no fault; files that fail are seen below.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"{self._where}: {message.text}")

    def _on_response(self, response: Response) -> None:
        is_page = response.request.is_navigation_request()
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.faults.append(f"{self._where}: {response.status} for {response.url}")
        if not response.url.startswith((self.site, "data:", "blob:")):
            self.faults.append(f"{self._where}: asks another host for {response.url}")


def outline_of_focus(page: Page) -> Mapping[str, Any]:
    """What has the focus (``tag``, ``what``, ``text``), and whether that can be ``seen``: it, or the row of a choice
    around it, is on the screen and has an outline."""
    found: dict[str, Any] = page.evaluate(
        """() => {
            const focused = document.activeElement;
            const around = [focused, focused.closest('label, .choice, .drop, li, .find')].filter(Boolean);
            const shows = element => {
                const box = element.getBoundingClientRect();
                const style = getComputedStyle(element);
                const drawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
                const onScreen = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight;
                return drawn && onScreen && style.visibility === 'visible';
            };
            return {
                tag: focused.tagName,
                what: focused.outerHTML.slice(0, 160),
                text: focused.textContent.trim().slice(0, 80),
                seen: around.some(shows),
            };
        }"""
    )
    return found


def tab_to(page: Page, target: Locator, *, most: int = 90) -> Iterator[Mapping[str, Any]]:
    """Press Tab until ``target`` has the focus; gives each stop on the way. Fails after ``most`` of them."""
    for _press in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
        yield outline_of_focus(page)
    raise AssertionError(f"{most} times Tab, and the focus never came to {target}")
