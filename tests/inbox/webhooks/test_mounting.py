"""Which webhooks a desk has: those that its operator names, and no others."""

import runpy

import pytest
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern

from tests.environment import ROOT
from tickets.inbox.webhooks.urls import PROVIDERS

ADDRESSES = {
    "amazon_ses": ["tracking/", "inbound/"],
    "brevo": ["tracking/", "inbound/"],
    "mailgun": ["tracking/", "inbound/mime"],
    "postmark": ["tracking/", "inbound/"],
    "sendgrid": ["tracking/", "inbound/"],
}


class Site:
    """The addresses of a site of its own, as its operator's settings make them."""

    def __init__(self) -> None:
        patterns = runpy.run_path(str(ROOT / "portal" / "urls.py"))["urlpatterns"]
        self.resolver = URLResolver(RegexPattern(r"^/"), patterns)

    def has(self, address: str) -> bool:
        try:
            self.resolver.resolve(f"/mail/hooks/{address}")
        except Resolver404:
            return False
        return True


@pytest.mark.parametrize("named", PROVIDERS)
def test_a_provider_that_is_named_has_two_addresses_and_the_others_none(settings, named):
    settings.MAIL_WEBHOOKS = [named]
    site = Site()
    found = {name: [it for it in addresses if site.has(f"{name}/{it}")] for name, addresses in ADDRESSES.items()}
    assert found == {name: addresses if name == named else [] for name, addresses in ADDRESSES.items()}


def test_a_desk_has_none_unless_it_says_so(settings):
    assert settings.MAIL_WEBHOOKS == []
    site = Site()
    assert not any(site.has(f"{name}/{address}") for name, addresses in ADDRESSES.items() for address in addresses)
