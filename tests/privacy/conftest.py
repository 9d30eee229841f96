import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt, AccessLog
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder

from tests.clients import signed_in
from tests.factories import IntakeFieldFactory, OrderFactory, OrderLineFactory, acting, open_ticket
from tickets import lifecycle
from tickets.attachments import actions as attachments
from tickets.attachments import limits
from tickets.audit.actor import Actor
from tickets.desk.models import Category, IntakeDraft, PendingReply
from tickets.desk.statuses import Status
from tickets.inbox import actions as inbox
from tickets.inbox import process
from tickets.inbox.models import RawMail
from tickets.lifecycle import HandOver, Proposal
from tickets.lifecycle.outages import work as outage_work
from tickets.models import Ticket
from tickets.outbox import identifiers
from tickets.outbox.models import Doubt, MailState, OutgoingMail, Suspension
from tickets.people.models import Agent, Customer
from tickets.promises.models import Promise
from tickets.search import actions as search
from tickets.sla import failures

HERS = [
    "alice@example.com", "Alice", "Byrne", "Europe/Dublin", "TRACK-HERS", "SERIAL-HERS", "draft of hers", "subject of hers",
    "text of hers", "answer of hers", "reply to her", "note about her", "terms for her", "evidence for her", "comment of hers",
    "known of her", "tried with her", "expected by her", "promised to her", "file-of-hers", "content of hers", "address of hers",
    "mail to her", "550 refused", "request of hers", "answer to her request", "lesson about her", "step for her",
    "left to do for her", "mailed by her", "ID-of-hers@example.com", "words in her mail", "pending words to her",
    "server about her", "box of hers is full", "doubts of hers",
]  # fmt: skip
"""What Alice's story below leaves in the database or the storage. None of it may be found after an erasure."""


def everything_stored() -> str:
    """All rows of all tables, with the search index, and the content of all files, as one text."""
    rows: list[Any] = []
    for model in apps.get_models(include_auto_created=True):
        names = [field.attname for field in model._meta.concrete_fields]
        rows += [[model._meta.label, values] for values in model._base_manager.values_list(*names)]
    return json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False) + "".join(
        content for folder in ("attachments", "inbox") for content in stored_files(folder)
    )


def stored_files(folder: str) -> Iterator[str]:
    if not default_storage.exists(folder):
        return
    folders, files = default_storage.listdir(folder)
    for name in files:
        with default_storage.open(f"{folder}/{name}") as stored:
            yield stored.read().decode("utf-8", "replace")
    for name in folders:
        yield from stored_files(f"{folder}/{name}")


def found(strings: list[str]) -> list[str]:
    """Which of the strings are still stored anywhere."""
    stored = everything_stored().casefold()
    return [string for string in strings if string.casefold() in stored]


@pytest.fixture(autouse=True)
def _stored_aside(settings: Any, tmp_path: Path) -> None:
    """Files that other tests left behind are not Alice's."""
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": default}


def _suffer_an_outage(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """One that the ticket is linked to, gets an update about, and is taken out of."""
    outage = lifecycle.declare_outage(
        titles={"en": "Down"}, texts={"en": "We know."}, category=ticket.category, product="",
        started_at=ticket.created_at, update_minutes=60, by=by, at=at,
    )  # fmt: skip
    update = lifecycle.update_outage(outage, texts={"en": "Soon."}, by=by, at=at)
    outage_work.send_update(update.pk, at=at)
    lifecycle.unlink_from_outage(ticket, by=by, at=at)


def _write_by_mail(ticket: Ticket, agent: Agent, *, at: datetime) -> None:
    """Mail of hers, mail to her that comes back, and an answer that her agent still thinks about."""
    mail = ticket.mails.earliest("pk")
    address = identifiers.reply_address(ticket.pk, mail.pk)
    lines = (
        "From: Alice Byrne <alice@example.com>", f"To: {address}", "Message-ID: <ID-of-hers@example.com>",
        "Subject: Mailed by her", "", "Words in her mail.",
    )  # fmt: skip
    raw = inbox.receive("\r\n".join(lines).encode(), mailbox="pipe", at=at)
    process.process(raw.pk, at=at)
    assert RawMail.objects.get().message is not None
    mail.events.create(kind="bounced", at=at, source="report", detail="server about her")
    Suspension.objects.create(address="alice@example.com", cause="bounced", since=at, detail="box of hers is full")
    Doubt.objects.create(kind="not_me", address="alice@example.com", text="doubts of hers", language="en", at=at)
    PendingReply.objects.create(
        ticket=ticket, author=agent.user, text="pending words to her", status="pending", language="en", created_at=at,
        send_at=at, hitch="overtaken",
    )  # fmt: skip


@pytest.fixture
def story(alice: Customer, agent: Agent, senior: Agent, now: datetime) -> Ticket:
    """Alice's closed ticket, with something personal in every place that there is."""
    hour = timedelta(hours=1)
    by, staff = Actor.of(alice.user), acting(agent)
    order = OrderFactory.create(customer=alice, tracking="TRACK-HERS")
    line = OrderLineFactory.create(order=order, serial_number="SERIAL-HERS", warranty_until=date(2028, 1, 1))
    category = Category.objects.get(slug="other")
    IntakeDraft.objects.create(customer=alice, category=category, answers={"subject": "draft of hers"}, updated_at=now)
    draft = IntakeDraft.objects.create(customer=alice, category=category, updated_at=now)
    sent, _verdict = attachments.receive(
        "file-of-hers.txt", io.BytesIO(b"content of hers"), limits=limits.current(), at=now, draft=draft,
        description="file-of-hers shown",
    )  # fmt: skip
    assert sent is not None
    question = IntakeFieldFactory.create(form=category.forms.get(active=True))
    ticket = open_ticket(
        alice,
        subject="subject of hers",
        text="text of hers",
        answers={question: "answer of hers"},
        order_line=line,
        files=[sent],
        draft=draft,
        by=by,
        at=now,
    )
    search.put("ticket", ticket.pk, "en", "subject of hers", "text of hers")
    proposal = Proposal("step for her")
    answer = lifecycle.reply(ticket, text="reply to her", attempt=proposal, by=staff, at=now + hour)
    lifecycle.answer_attempt(answer.attempts.get(), worked=True, by=by, at=now + hour)
    lifecycle.add_note(ticket, text="note about her", by=staff, at=now + hour)
    promise = lifecycle.promise(
        ticket, kind=Promise.Kind.OTHER, due_at=now + 9 * hour, terms="terms for her", by=staff, at=now + hour
    )
    lifecycle.hand_over_promise(promise, to=senior, note="left to do for her", by=staff, at=now + hour)
    lifecycle.keep_promise(promise, by=staff, at=now + 2 * hour, evidence="evidence for her")
    hand_over = HandOver("known of her", "tried with her", "expected by her", "promised to her")
    lifecycle.escalate(ticket, note=hand_over, by=staff, at=now + 2 * hour)
    asked = lifecycle.ask_for_escalation(ticket, reason="slow", words="request of hers", by=by, at=now + 2 * hour)
    lifecycle.answer_escalation_request(
        asked, accept=False, text="answer to her request", by=acting(senior), at=now + 2 * hour
    )
    _suffer_an_outage(ticket, by=acting(senior), at=now + 2 * hour)
    failures.record(ticket.pk, ValueError("text of hers"), at=now + 2 * hour)
    _write_by_mail(ticket, agent, at=now + 2 * hour)
    lifecycle.resolve(ticket, by=acting(senior), at=now + 3 * hour)
    lifecycle.rate(ticket, cycle=1, stars=4, comment="comment of hers", by=by, at=now + 3 * hour)
    lifecycle.close(ticket, by=staff, at=now + 4 * hour)
    escalation = ticket.escalations.get(cause="agent")
    lifecycle.review_escalation(
        escalation, verdict="avoidable", lesson="lesson about her", by=acting(senior), at=now + 4 * hour
    )
    OutgoingMail.objects.update(
        state=MailState.SENT,
        sent_at=now,
        subject="mail to her",
        text="mail to her",
        html="mail to her",
        last_error="550 refused",
    )
    EmailAddress.objects.create(user=alice.user, email="alice@example.com", primary=True, verified=True)
    AccessAttempt.objects.create(
        username="Alice@example.com",
        ip_address="192.0.2.1",
        get_data="",
        post_data="login=alice@example.com",
        failures_since_start=1,
    )
    AccessLog.objects.create(username="alice@example.com", ip_address="192.0.2.1")
    LogEntry.objects.log_actions(agent.user_id, [alice], CHANGE, "address of hers", single_object=True)
    signed_in(alice.user)
    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED
    return ticket
