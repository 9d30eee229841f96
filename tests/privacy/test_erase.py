from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from tests.clients import signed_in
from tests.factories import acting, open_ticket
from tests.privacy.conftest import HERS, found
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.audit.rules import faults
from tickets.errors import NotAllowed
from tickets.models import (
    Agent,
    Attachment,
    Customer,
    Message,
    Order,
    OutgoingMail,
    Promise,
    Rating,
    SLAClock,
    Ticket,
    User,
)
from tickets.outbox import actions as outbox
from tickets.outbox.models import Hold, MailState
from tickets.privacy.actions import erase

Captured = Callable[..., Any]
LATER = timedelta(days=30)


@pytest.fixture
def erased(story: Ticket, now: datetime, django_capture_on_commit_callbacks: Captured) -> Customer:
    """Alice, erased a month after her story."""
    with django_capture_on_commit_callbacks(execute=True):
        erase(story.customer, by=Actor.system(), at=now + LATER)
    return Customer.objects.get(pk=story.customer_id)


def test_the_story_leaves_all_of_it_behind(story: Ticket) -> None:
    """Else the next test would find nothing because there was nothing."""
    assert found(HERS) == HERS


def test_nothing_personal_is_found_anywhere_after_an_erasure(erased: Customer) -> None:
    assert found(HERS) == []


def test_what_belongs_to_another_customer_stays(story: Ticket, bob: Customer, now: datetime) -> None:
    open_ticket(bob, subject="matter of Bob", text="words of Bob")
    erase(story.customer, by=Actor.system(), at=now + LATER)
    assert found(["Bob Byrne", "bob@example.com", "matter of Bob", "words of Bob"]) == [
        "Bob Byrne", "bob@example.com", "matter of Bob", "words of Bob"
    ]  # fmt: skip


def test_figures_and_times_stay(story: Ticket, now: datetime) -> None:
    def figures() -> list[Any]:
        return [
            Ticket.objects.values_list("reference", "status", "priority", "created_at", "resolved_at").get(),
            Rating.objects.values_list("stars", flat=True).get(),
            Promise.objects.values_list("state", "due_at").get(),
            Order.objects.values_list("number", "total").get(),
            list(SLAClock.objects.order_by("pk").values_list("metric", "outcome", "due_at")),
            Message.objects.count(),
            Attachment.objects.values_list("size", "detected_type").get(),
        ]

    before = figures()
    erase(story.customer, by=Actor.system(), at=now + LATER)
    assert figures() == before


def test_the_record_still_verifies(erased: Customer) -> None:
    ticket = Ticket.objects.get(customer=erased)
    assert faults(ticket.record.order_by("sequence")) == []


def test_the_record_says_that_it_was_erased(erased: Customer, now: datetime) -> None:
    entry = Ticket.objects.get(customer=erased).record.order_by("-sequence")[0]
    assert (entry.code, entry.at) == ("erased", now + LATER)


def test_the_customer_is_marked(erased: Customer, now: datetime) -> None:
    assert erased.erased_at == now + LATER


def test_nobody_can_sign_in_any_more(erased: Customer) -> None:
    user = User.objects.get(customer=erased)
    assert (user.is_active, user.has_usable_password()) == (False, False)


def test_open_sessions_end(erased: Customer) -> None:
    assert Session.objects.count() == 0


def test_sessions_of_others_go_on(story: Ticket, bob: Customer, now: datetime) -> None:
    signed_in(bob.user)
    erase(story.customer, by=Actor.system(), at=now + LATER)
    assert Session.objects.count() == 1


def test_mail_that_waits_is_never_sent(story: Ticket, now: datetime) -> None:
    OutgoingMail.objects.filter(kind="resolved").update(state=MailState.QUEUED)
    erase(story.customer, by=Actor.system(), at=now + LATER)
    assert not OutgoingMail.objects.to_send(now + 2 * LATER).exists()


def test_mail_that_is_held_back_is_never_released(story: Ticket, now: datetime) -> None:
    OutgoingMail.objects.filter(kind="resolved").update(state=MailState.HELD, held_because=Hold.AGENT)
    erase(story.customer, by=Actor.system(), at=now + LATER)
    assert outbox.release(OutgoingMail.objects.all(), by=Actor.system(), at=now + LATER) == 0
    assert not OutgoingMail.objects.filter(state=MailState.HELD).exists()


def test_mail_to_staff_keeps_the_address_of_the_staff(erased: Customer, senior: Agent) -> None:
    assert OutgoingMail.objects.filter(recipient=senior.user.email).exists()


def test_erasing_twice_changes_nothing(erased: Customer, now: datetime) -> None:
    entries = Ticket.objects.get(customer=erased).record.count()
    erase(erased, by=Actor.system(), at=now + 2 * LATER)
    assert (Ticket.objects.get(customer=erased).record.count(), Customer.objects.get(pk=erased.pk).erased_at) == (
        entries,
        now + LATER,
    )


def test_a_customer_without_a_sign_in_can_be_erased(alice: Customer, now: datetime) -> None:
    user = User.objects.get(customer=alice)
    Customer.objects.update(user=None)
    user.delete()
    erase(alice, by=Actor.system(), at=now)
    assert found(["alice@example.com"]) == []


def test_an_unsolved_request_blocks_with_a_reason(alice: Customer, now: datetime) -> None:
    open_ticket(alice)
    with pytest.raises(NotAllowed, match="1 request of this customer is not solved yet"):
        erase(alice, by=Actor.system(), at=now)


def test_an_open_promise_blocks_with_a_reason(story: Ticket, now: datetime) -> None:
    Promise.objects.update(state=Promise.State.OPEN, ended_at=None)
    with pytest.raises(NotAllowed, match="We still owe this customer 1 promise"):
        erase(story.customer, by=Actor.system(), at=now + LATER)


def test_a_refused_erasure_changes_nothing(alice: Customer, now: datetime) -> None:
    open_ticket(alice, subject="subject of hers")
    with pytest.raises(NotAllowed):
        erase(alice, by=Actor.system(), at=now)
    assert found(["alice@example.com", "subject of hers"]) == ["alice@example.com", "subject of hers"]


def test_a_mail_on_its_way_blocks_until_it_left(story: Ticket, now: datetime) -> None:
    OutgoingMail.objects.filter(kind="resolved").update(
        state=MailState.SENDING, lease_until=now + LATER + timedelta(minutes=5)
    )
    with pytest.raises(NotAllowed, match="being sent at this moment"):
        erase(story.customer, by=Actor.system(), at=now + LATER)


def test_somebody_who_works_at_the_desk_is_not_locked_out(alice: Customer, now: datetime) -> None:
    User.objects.filter(customer=alice).update(is_staff=True)
    with pytest.raises(NotAllowed, match="works at the desk"):
        erase(alice, by=Actor.system(), at=now)


def test_an_agents_own_words_on_other_tickets_stay(story: Ticket, bob: Customer, agent: Agent, now: datetime) -> None:
    other = open_ticket(bob)
    lifecycle.reply(other, text="words for Bob", by=acting(agent), at=now)
    erase(story.customer, by=Actor.system(), at=now + LATER)
    assert found(["words for Bob"]) == ["words for Bob"]
