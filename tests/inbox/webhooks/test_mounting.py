"""Which webhooks a desk has: those that its operator names, and no others."""

import runpy
from types import ModuleType

import pytest
from django.urls import Resolver404, get_resolver

from tests.environment import ROOT
from tickets.inbox.webhooks.urls import PROVIDERS

ADDRESSES = {
    "amazon_ses": ["tracking/", "inbound/"],
    "brevo": ["tracking/", "inbound/"],
    "mailgun": ["tracking/", "inbound/mime"],
    "postmark": ["tracking/", "inbound/"],
    "sendgrid": ["tracking/", "inbound/"],
}


class Site(ModuleType):
    """The addresses of a site of its own, as its operator's settings make them."""

    def __init__(self) -> None:
        super().__init__("site")
        self.urlpatterns = runpy.run_path(str(ROOT / "portal" / "urls.py"))["urlpatterns"]

    def has(self, address: str) -> bool:
        try:
            get_resolver(self).resolve(f"/mail/hooks/{address}")
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
