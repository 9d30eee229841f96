"""Deciding about mail that was set aside, in a browser: by keyboard, by eye and by ear, in both directions of reading."""

from datetime import datetime
from email.message import EmailMessage

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser import axe
from tests.browser.conftest import Visit
from tests.browser.shop import Shop, photograph
from tests.browser.test_accessibility import LANGUAGES, Stop, faults_of, reading, said
from tests.browser.visitor import NARROW, tab_to
from tests.inbox.stage import answer, bring, written
from tickets.inbox.models import InboundState
from tickets.models import RawMail, Ticket

STRANGER = "dora@elsewhere.example"
FORMATTED = """
<h1 style="color:#b00">Sale</h1><p>The <b>wand</b> drips. <a href="https://evil.example/x">Look here</a>
<img src="https://evil.example/seen.gif" alt="Logo"><script src="https://evil.example/x.js"></script></p>
"""


def set_aside(at: datetime, sender: str = STRANGER) -> RawMail:
    message: EmailMessage = written(
        sender, "The wand drips.\n\nOn Mon, 23 Nov 2026 at 09:00, Shop <a@else.example> wrote:\n> Buy now!\n"
    )
    message.add_alternative(FORMATTED, subtype="html")
    message.add_attachment(photograph(), maintype="image", subtype="jpeg", filename=f"{'long-' * 20}wand.jpg")
    message.add_attachment(b"MZ" + bytes(60), maintype="application", subtype="zip", filename="صورة.exe")
    return bring(message, at=at)


@pytest.fixture
def mail(shop: Shop) -> RawMail:
    return set_aside(timezone.now(), shop.alice.email)


@pytest.fixture
def ticket(shop: Shop) -> Ticket:
    """With a contribution, and with one that a machine wrote."""
    ticket = shop.tickets["fresh"]
    for headers in ({}, {"auto_submitted": "auto-replied"}):
        ours = ticket.mails.filter(kind="acknowledgement").latest("pk")
        bring(answer(ours, "Try descaling it.", sender=STRANGER, **headers), at=timezone.now())
    assert ticket.messages.filter(author_kind="sender").count() == 2
    return ticket


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_barriers(
    visit: Visit, shop: Shop, mail: RawMail, ticket: Ticket, axe_source: str, language: str
) -> None:
    attach, opening = (reverse(f"admin:inbound_{act}", args=[mail.pk]) for act in ("attach", "open"))
    stops = [
        Stop(reverse("admin:tickets_rawmail_changelist")),
        Stop(reverse("admin:tickets_rawmail_change", args=[mail.pk])),
        Stop(attach),
        Stop(attach, press="main form .btn.go"),
        Stop(f"{attach}?reference={ticket.reference}"),
        Stop(opening),
        Stop(opening, press="main form .btn.go"),
        Stop(reverse("admin:ticket", args=[ticket.reference])),
    ]
    faults = faults_of(visit(reading(shop.agent, language)), stops, axe_source, language)
    assert faults == [], said(faults)


def test_the_mail_as_it_looks_asks_nobody_for_anything(visit: Visit, shop: Shop, mail: RawMail) -> None:
    """A foreign address would be a fault of the visit."""
    page = visit(shop.agent.user).go(reverse("admin:tickets_rawmail_change", args=[mail.pk]))
    frame = page.frame_locator("iframe.sheet")
    page.locator("iframe.sheet").scroll_into_view_if_needed()
    expect(frame.get_by_role("heading", name="Sale")).to_be_visible()
    assert frame.locator("a, script, img[src]").count() == 0


def test_a_message_comes_to_its_ticket_by_keyboard_alone(visit: Visit, shop: Shop, mail: RawMail) -> None:
    visitor = visit(shop.agent.user)
    page = visitor.go(reverse("admin:tickets_rawmail_change", args=[mail.pk]))

    def press(role: str, name: str) -> None:
        target = page.locator("main").get_by_role(role, name=name).first  # type: ignore[arg-type]
        assert [stop for stop in tab_to(page, target) if not stop["seen"]] == []
        page.keyboard.press("Enter")
        page.wait_for_load_state()

    press("link", "Attach to a ticket…")
    field = page.get_by_label("Reference of the ticket")
    list(tab_to(page, field))
    page.keyboard.type(shop.tickets["fresh"].reference.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="This ticket belongs to")).to_contain_text(shop.alice.name)
    # Their own address wrote it.
    expect(page.get_by_label("The customer’s own")).to_be_checked()
    press("button", "Attach the message")
    expect(page.get_by_role("status").first).to_contain_text("The message is on the ticket.")
    mail.refresh_from_db()
    assert (mail.state, mail.ticket) == (InboundState.FILED, shop.tickets["fresh"])


def test_a_contribution_becomes_the_customers_without_scripts(visit: Visit, shop: Shop, ticket: Ticket) -> None:
    page = visit(shop.agent.user, java_script_enabled=False).go(reverse("admin:ticket", args=[ticket.reference]))
    note = page.get_by_role("article", name=f"From {STRANGER} by mail")
    note.get_by_role("button", name="This is the customer").click()
    expect(page.get_by_role("status").first).to_contain_text("These are now the customer’s own words")
    assert note.get_by_role("button").count() == 0


def test_a_message_is_read_on_a_telephone(visit: Visit, shop: Shop, mail: RawMail) -> None:
    visitor = visit(shop.agent.user)
    visitor.resize(NARROW)
    page = visitor.go(reverse("admin:tickets_rawmail_change", args=[mail.pk]))
    assert list(axe.sideways(page)) == []
    page.get_by_text("The whole text, with what it quotes").click()
    expect(page.get_by_text("Buy now!")).to_be_visible()
