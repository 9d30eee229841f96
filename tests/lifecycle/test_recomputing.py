"""What was changed is in force at once; the deadlines of open cases follow, batch after batch."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.calendars import actions as calendars
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed
from tickets.lifecycle.deadlines import due_times, recomputing
from tickets.lifecycle.deadlines import tasks as long_work
from tickets.models import (
    Agent,
    AuditEntry,
    Calendar,
    ClockEvent,
    Customer,
    EscalationTier,
    Recomputation,
    SLAClock,
    SLAPolicy,
    SLATarget,
    Ticket,
)
from tickets.progress import LEASE
from tickets.sla import policies, versions
from tickets.sla.content import content
from tickets.sla.models import MetricName, Outcome

FIRST, UPDATE = MetricName.FIRST_REPLY, MetricName.UPDATE
MINUTE = timedelta(minutes=1)


def clock(ticket: Ticket, metric: str = FIRST) -> SLAClock:
    return SLAClock.objects.get(ticket=ticket, metric=metric, stopped_at=None)


def promise_first_replies_within(minutes: int, *, by: Actor, at: datetime) -> Recomputation:
    """A lead publishes it for every priority."""
    policy = SLAPolicy.objects.get()
    SLATarget.objects.filter(policy=policy, metric=FIRST).update(minutes=minutes)
    changed = content(SLAPolicy.objects.get())
    draft = versions.save_draft(policy, changed, by_id=by.user_id, at=at)
    return lifecycle.publish_policy(draft, reason="More people.", by=by, at=at)


def finish(row: Recomputation, at: datetime) -> Recomputation:
    while lifecycle.recompute(row.pk, at=at):
        pass
    row.refresh_from_db()
    return row


def test_a_publication_moves_the_deadlines_of_open_cases_and_says_so(
    alice: Customer, lead: Agent, now: datetime
) -> None:
    ticket = open_ticket(alice)
    before = clock(ticket).due_at
    row = finish(promise_first_replies_within(120, by=acting(lead), at=now), now)
    after = clock(ticket)
    assert (after.due_at, after.policy_version) == (now + 120 * MINUTE, 2)
    event = ClockEvent.objects.get(clock=after, kind=ClockEvent.Kind.APPLY)
    assert (event.cause, event.due_before, event.due_after) == ("policy", before, after.due_at)
    entry = AuditEntry.objects.get(ticket=ticket, code="due_changed")
    assert (entry.data["cause"], entry.data["after"]) == ("policy", after.due_at.isoformat())
    ticket.refresh_from_db()
    assert ticket.next_due_at == after.due_at
    assert (row.total, row.done, row.moved, row.failed, row.finished_at) == (1, 1, 1, 0, now)


def test_a_pause_is_not_lost_when_the_policy_changes(alice: Customer, agent: Agent, lead: Agent, now: datetime) -> None:
    """A fault of a peer: time that a customer took counted again."""
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="Which model?", by=acting(agent), at=now + 60 * MINUTE)
    SLATarget.objects.filter(metric=MetricName.RESOLUTION).update(minutes=180)
    later = now + 240 * MINUTE
    finish(promise_first_replies_within(120, by=acting(lead), at=later), later)
    lifecycle.receive_customer_message(ticket, text="Brio 2", by=Actor("customer", alice.user_id), at=later)
    assert clock(ticket, MetricName.RESOLUTION).due_at == later + 120 * MINUTE


def test_what_was_missed_stays_missed(alice: Customer, lead: Agent, now: datetime) -> None:
    ticket = open_ticket(alice, impact="danger")
    late = now + 90 * MINUTE
    lifecycle.sweep_clocks(at=late)
    finish(promise_first_replies_within(480, by=acting(lead), at=late), late)
    lifecycle.reply(ticket, text="Here we are.", by=acting(lead), at=late)
    missed = SLAClock.objects.get(ticket=ticket, metric=FIRST)
    assert (missed.breached_at, missed.outcome) == (now + 60 * MINUTE, Outcome.BREACHED)


def test_solved_cases_keep_their_deadlines(alice: Customer, agent: Agent, lead: Agent, now: datetime) -> None:
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="Like this.", status=Status.RESOLVED, by=acting(agent), at=now)
    assert promise_first_replies_within(120, by=acting(lead), at=now).total == 0


def test_a_change_that_moves_nothing_writes_nothing(alice: Customer, lead: Agent, now: datetime) -> None:
    open_ticket(alice)
    row = finish(recomputing.ask(cause="policy", by=acting(lead), at=now), now)
    assert (row.done, row.moved) == (1, 0)
    assert not AuditEntry.objects.filter(code="due_changed").exists()


# --- Causes -----------------------------------------------------------------------------------------------------------


def test_an_edited_calendar_moves_only_what_goes_by_it(
    alice: Customer, bob: Customer, lead: Agent, now: datetime
) -> None:
    open_ticket(alice)
    other = Calendar.objects.create(name="Other")
    at_hers = open_ticket(bob)
    SLAClock.objects.filter(ticket=at_hers).update(calendar=other)
    assert recomputing.ask(cause="calendar", calendar=other, by=acting(lead), at=now).total == 1


def test_a_holiday_puts_off_what_is_due_on_it(alice: Customer, lead: Agent, now: datetime) -> None:
    ticket = open_ticket(alice, impact="limited", at=now + 10 * 60 * MINUTE)
    before = clock(ticket).due_at
    assert before
    calendar = Calendar.objects.get()
    calendar.dates.create(date=before.date(), name="Day off")
    calendars.edited(calendar)
    finish(
        recomputing.ask(cause="calendar", calendar=calendar, by=acting(lead), at=now + 601 * MINUTE), now + 601 * MINUTE
    )
    assert clock(ticket).due_at == before + timedelta(days=1)
    assert ClockEvent.objects.filter(cause="calendar", kind="apply").exists()


def test_a_tiers_new_rhythm_moves_the_updates_of_its_cases(
    alice: Customer, agent: Agent, lead: Agent, now: datetime
) -> None:
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="We look into it.", status=Status.OPEN, by=acting(agent), at=now)
    tier = EscalationTier.objects.get(level=1)
    EscalationTier.objects.filter(pk=tier.pk).update(update_minutes=60)
    row = recomputing.ask(cause="tier", tier=tier, by=acting(lead), at=now)
    assert (row.total, finish(row, now).moved) == (1, 1)
    assert clock(ticket, UPDATE).due_at == now + 60 * MINUTE


# --- Batches ----------------------------------------------------------------------------------------------------------


def test_a_batch_goes_on_where_the_last_one_ended(desk: None, lead: Agent, now: datetime) -> None:
    for _ in range(3):
        open_ticket()
    row = promise_first_replies_within(120, by=acting(lead), at=now)
    assert due_times.WORK.batch(row.pk, at=now, size=2)
    row.refresh_from_db()
    assert (row.done, row.moved, row.percent, row.finished_at) == (2, 2, 66, None)
    assert not due_times.WORK.batch(row.pk, at=now, size=2)
    row.refresh_from_db()
    assert (row.done, row.moved, row.percent, row.finished_at) == (3, 3, 100, now)


def test_a_batch_costs_the_same_whatever_its_size(
    desk: None, lead: Agent, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        open_ticket()
    row = promise_first_replies_within(120, by=acting(lead), at=now)
    policies.in_use()
    # Lease, row, keys; lock, tickets, clocks, policies; clocks, events, tickets, record (2); progress; letting go.
    with django_assert_max_num_queries(24):
        lifecycle.recompute(row.pk, at=now)


def test_one_broken_case_stops_no_other(
    desk: None, lead: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, broken, last = (open_ticket() for _ in range(3))
    row = promise_first_replies_within(120, by=acting(lead), at=now)
    retarget = due_times.retarget

    def fails_on_one(case: Any, *, cause: str) -> int:
        if case.ticket.pk == broken.pk:
            raise RuntimeError
        return retarget(case, cause=cause)

    monkeypatch.setattr(due_times, "retarget", fails_on_one)
    row = finish(row, now)
    assert (row.done, row.moved, row.failed) == (2, 2, 1)
    assert [clock(ticket).policy_version for ticket in (first, broken, last)] == [2, 1, 2]


def test_another_worker_leaves_alone_what_one_is_at(alice: Customer, lead: Agent, now: datetime) -> None:
    open_ticket(alice)
    row = promise_first_replies_within(120, by=acting(lead), at=now)
    assert Recomputation.objects.take(row.pk, at=now)
    assert not lifecycle.recompute(row.pk, at=now + LEASE / 2)
    assert Recomputation.objects.get().done == 0


def test_a_worker_that_slept_too_long_does_nothing_twice(alice: Customer, lead: Agent, now: datetime) -> None:
    open_ticket(alice)
    row = promise_first_replies_within(120, by=acting(lead), at=now)

    def sleep(held: Recomputation) -> Any:
        keys = list(due_times.concerned(held))
        finish(row, now + 2 * LEASE)
        return keys

    sleepy = replace(due_times.WORK, left=sleep)
    assert not sleepy.batch(row.pk, at=now)
    row.refresh_from_db()
    assert (row.done, row.moved) == (1, 1)


def test_a_case_that_was_on_its_way_when_a_policy_was_published_follows_a_little_later(
    alice: Customer, bob: Customer, lead: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It began under the policy of before, and whoever computed the deadlines did not see it yet."""
    open_ticket(alice, at=now - 60 * MINUTE)
    on_its_way = open_ticket(bob)
    cursor = on_its_way.pk
    row = promise_first_replies_within(120, by=acting(lead), at=now)
    Recomputation.objects.update(cursor=cursor)
    finish(row, now)
    started: list[tuple[int, ...]] = []
    monkeypatch.setattr(long_work.recompute, "apply_async", lambda keys, retry: started.append(keys))
    for minutes in (1, 2, 3):
        long_work.resume(at=now + minutes * MINUTE)
        finish(row, now + minutes * MINUTE)
    assert (clock(on_its_way).due_at, started) == (now + 120 * MINUTE, [(row.pk,)])
    assert (row.done, row.total) == (1, 1)


def test_the_sweep_starts_again_what_a_killed_worker_left(
    alice: Customer, lead: Agent, now: datetime, eager: None
) -> None:
    open_ticket(alice)
    row = promise_first_replies_within(120, by=acting(lead), at=now)
    Recomputation.objects.take(row.pk, at=now)
    assert long_work.resume(at=now + LEASE / 2) == 0
    with time_machine.travel(now + LEASE, tick=False):
        assert long_work.resume(at=now + LEASE) == 1
    row.refresh_from_db()
    assert row.finished_at is not None


# --- Publishing -------------------------------------------------------------------------------------------------------


def test_a_publication_needs_a_reason(lead: Agent, now: datetime, desk: None) -> None:
    policy = SLAPolicy.objects.get()
    draft = versions.save_draft(policy, content(policy), by_id=lead.user_id, at=now)
    with pytest.raises(NotAllowed, match="Say why"):
        lifecycle.publish_policy(draft, reason=" ", by=acting(lead), at=now)


def test_a_draft_is_published_once(lead: Agent, now: datetime, desk: None) -> None:
    policy = SLAPolicy.objects.get()
    draft = versions.save_draft(policy, content(policy), by_id=lead.user_id, at=now)
    lifecycle.publish_policy(draft, reason="One", by=acting(lead), at=now)
    with pytest.raises(NotAllowed, match="in force already"):
        lifecycle.publish_policy(draft, reason="Two", by=acting(lead), at=now)
    assert SLAPolicy.objects.get().version == 2
