"""A served site and visitors to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from tests.browser import shop as a_shop
from tests.browser.visitor import Visitor

Visit = Callable[..., Visitor]


@pytest.fixture
def site(live_server: Any, desk: None, settings: Any, tmp_path: Any) -> str:
    """The address of the site, with a desk that has just opened; links in mail lead to it as well."""
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture
def shop(site: str) -> a_shop.Shop:
    """A shop in the middle of its day."""
    return a_shop.open_shop(at=timezone.now())


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visit]:
    """Opens browser windows: ``visit(user, **options)``. None of their pages may break a rule of the content security
    policy, fail a script, miss a file, or ask another host for anything."""
    visitors: list[Visitor] = []

    def opened(user: Any = None, **options: Any) -> Visitor:
        visitor = Visitor(browser, site, **options)
        visitors.append(visitor)
        if user:
            visitor.sign_in(user)
        return visitor

    yield opened
    faults = [fault for visitor in visitors for fault in visitor.faults]
    for visitor in visitors:
        visitor.context.close()
    assert faults == []
