"""Mail that does not reach a customer, on the pages that say so: looked at as every page is, and ended by a press."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.browser.test_accessibility import LANGUAGES, Stop, faults_of, reading, said
from tickets import lifecycle
from tickets.models import OutgoingMail, Ticket
from tickets.outbox import deliver
from tickets.outbox.models import DeliveryEvent
from tickets.outbox.tracking import Report


@pytest.fixture
def ticket(shop: Shop) -> Ticket:
    """A request of Alice's, whose acknowledgement came back after some delays."""
    ticket, at = shop.tickets["fresh"], timezone.now()
    mail = OutgoingMail.objects.get(ticket=ticket, kind="acknowledgement")
    deliver.deliver(mail.pk, at=at)
    kinds = DeliveryEvent.Kind
    for kind, answer in ((kinds.DEFERRED, "451 4.7.1 Try again later"), (kinds.BOUNCED, "550 5.1.1 No such mailbox")):
        lifecycle.mail_reported(mail, Report(kind, "postmark", at, True, detail=answer), at=at)
    return ticket


def for_the_desk(ticket: Ticket) -> Iterator[Stop]:
    yield Stop(reverse("admin:ticket", args=[ticket.reference]))
    yield Stop(reverse("admin:deliveries", args=[ticket.reference]))
    yield Stop(reverse("admin:tickets_outgoingmail_change", args=[ticket.mails.get(kind="acknowledgement").pk]))
    yield Stop(reverse("admin:tickets_suspension_changelist"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desks_pages_have_no_barriers(
    visit: Visit, shop: Shop, ticket: Ticket, axe_source: str, language: str
) -> None:
    faults = faults_of(visit(reading(shop.agent, language)), for_the_desk(ticket), axe_source, language)
    assert faults == [], said(faults)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_customers_pages_have_no_barriers(
    visit: Visit, shop: Shop, ticket: Ticket, axe_source: str, language: str
) -> None:
    stops = [Stop(reverse("conversations:case", args=[ticket.reference]))]
    faults = faults_of(visit(reading(shop.alice, language)), stops, axe_source, language)
    assert faults == [], said(faults)


def test_a_customer_ends_it_by_key(visit: Visit, shop: Shop, ticket: Ticket) -> None:
    page = visit(shop.alice.user).go(reverse("conversations:home"))
    button = page.get_by_role("button", name="My address works again")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("We write to you again from now on.")).to_be_visible()
    expect(button).to_have_count(0)


def test_what_can_be_done_with_a_mail_is_in_sight_on_a_phone(visit: Visit, shop: Shop, ticket: Ticket) -> None:
    page = visit(shop.agent.user, viewport={"width": 390, "height": 844}).go(
        reverse("admin:deliveries", args=[ticket.reference])
    )
    box = page.get_by_role("button", name="Send again").first.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 390


def test_a_notice_is_as_high_as_its_words_on_a_short_page(visit: Visit, shop: Shop, ticket: Ticket) -> None:
    page = visit(shop.alice.user, viewport={"width": 1280, "height": 2400}).go(reverse("verify:reported"))
    notice = page.get_by_role("button", name="My address works again").locator("xpath=ancestor::*[parent::body]")
    assert notice.evaluate("it => it.offsetHeight") < 400
