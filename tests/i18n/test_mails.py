"""What people are sent in a complete language has no English left over."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories import NOW, acting, open_ticket
from tests.i18n.test_pages import browser, each_language, english_left
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.models import Agent, Customer, OutgoingMail
from tickets.outbox.render import render

HOUR = timedelta(hours=1)


def english_in_mails(language: str) -> dict[str, list[str]]:
    """English by kind of mail, of all that were queued; each is written now."""
    found = {}
    for mail in OutgoingMail.objects.order_by("pk"):
        assert mail.language == language
        render(mail, at=NOW)
        lines = [mail.subject, *mail.text.splitlines()]
        found[mail.kind] = english_left("<br>".join(lines), language) + english_left(mail.html, language)
    return found


@each_language
def test_mail_about_a_ticket(alice: Customer, agent: Agent, senior: Agent, language: str) -> None:
    alice.language = agent.user.language = senior.user.language = language
    for reader in (alice, agent.user, senior.user):
        reader.save()
    hers, by = Actor("customer", alice.user_id), acting(agent)
    ticket = open_ticket(alice, subject="E04", text="E04")
    lifecycle.assign(ticket, to=None, by=acting(senior), at=NOW)
    lifecycle.assign(ticket, to=agent, by=acting(senior), at=NOW)
    lifecycle.sweep(at=NOW + 6 * HOUR)
    lifecycle.reply(ticket, text="1, 2, 3", by=by, at=NOW + 7 * HOUR)
    lifecycle.promise(ticket, kind="replacement", due_at=NOW + 9 * HOUR, by=by, at=NOW + 7 * HOUR)
    lifecycle.receive_customer_message(ticket, text="E05", by=hers, at=NOW + 8 * HOUR)
    lifecycle.break_promises(at=NOW + 9 * HOUR)
    lifecycle.escalate(ticket, note=lifecycle.HandOver(known="E04", expected="0"), by=by, at=NOW + 10 * HOUR)
    lifecycle.keep_promise(ticket.promises.get(), by=by, at=NOW + 11 * HOUR, evidence="E06")
    lifecycle.resolve(ticket, by=acting(senior), at=NOW + 11 * HOUR)
    assert english_in_mails(language) == {
        kind: []
        for kind in (
            "acknowledgement",
            "assigned",
            "due_soon",
            "reply",
            "promised",
            "customer_wrote",
            "promise_broken",
            "promise_late",
            "escalated",
            "followed",
            "handed_over",
            "promise_kept",
            "resolved",
        )
    }


@each_language
@pytest.mark.parametrize("page", ["account_request_login_code", "account_reset_password"])
def test_mail_about_signing_in(alice: Customer, page: str, language: str) -> None:
    alice.user.language = alice.language = language
    alice.user.save()
    alice.save()
    browser(language).post(reverse(page), {"email": alice.email})
    assert english_in_mails(language) == {"account": []}
