from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from django.http import HttpResponse
from django.test import Client
from django.urls import clear_url_caches

from tests.factories import NOW, open_ticket
from tests.inbox.webhooks import calls
from tests.inbox.webhooks.calls import Call
from tickets.inbox.webhooks import sns
from tickets.models import Customer, OutgoingMail
from tickets.outbox.models import MailState


@pytest.fixture
def mounted(settings: Any) -> Any:
    """A desk that is called by every provider, with all their secrets."""
    settings.ROOT_URLCONF = "tests.inbox.webhooks.urlconf"
    settings.ANYMAIL = {
        "WEBHOOK_SECRET": calls.SECRET,
        "MAILGUN_WEBHOOK_SIGNING_KEY": calls.MAILGUN_KEY,
        "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": calls.sendgrid_verification_key(),
        "BREVO_API_KEY": "brevo-key",
        "REQUESTS_TIMEOUT": 5,
    }
    clear_url_caches()
    return settings


class Certificate:
    """What Amazon's web server answers. The real one is not there for tests."""

    content = calls.amazon_certificate()

    def raise_for_status(self) -> None:
        pass


@pytest.fixture
def post(mounted: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Call], HttpResponse]]:
    """Calls a webhook as a provider does: over the internet, with no session, and content with any answer."""
    sns.public_key.cache_clear()

    def get(address: str, **_options: Any) -> Certificate:
        assert address == calls.CERTIFICATE_AT
        return Certificate()

    monkeypatch.setattr(requests, "get", get)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)

    def call(it: Call) -> HttpResponse:
        answer: Any = client.post(it.path, it.body, content_type=it.content_type, headers=dict(it.headers))
        return answer

    yield call
    sns.public_key.cache_clear()


@pytest.fixture
def mail(alice: Customer) -> OutgoingMail:
    """One to the customer that a provider took."""
    open_ticket(alice)
    mail = OutgoingMail.objects.get()
    mail.state, mail.sent_at, mail.provider_id = MailState.SENT, NOW, "provider-4711"
    mail.save()
    return mail
