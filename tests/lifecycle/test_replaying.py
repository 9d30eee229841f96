"""What if a draft had been in force? Told by cases as they really went."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import CategoryFactory, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.priorities import Priority
from tickets.desk.statuses import Status
from tickets.errors import DeskError
from tickets.lifecycle.deadlines import replaying
from tickets.lifecycle.deadlines.retelling import retell
from tickets.lifecycle.deadlines.what_if import figures, peak
from tickets.models import (
    Agent,
    Calendar,
    Customer,
    EscalationTier,
    SLAClock,
    SLAPolicy,
    SLATarget,
    Ticket,
    WhatIf,
)
from tickets.people.models import Plan
from tickets.progress import LEASE
from tickets.sla import policies, versions
from tickets.sla.content import Content, content
from tickets.sla.models import MetricName
from tickets.sla.replay import missed_at, replay
from tickets.sla.rules import Metric, Target

FIRST = MetricName.FIRST_REPLY
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def plus(desk: None) -> SLAPolicy:
    """More for those who pay for it, round the clock."""
    policy = SLAPolicy.objects.create(
        name="Plus", position=50, calendar=Calendar.objects.get(), plans=[Plan.PLUS], warn_minutes=[5]
    )
    SLATarget.objects.bulk_create(
        SLATarget(policy=policy, priority=priority, metric=metric, minutes=minutes, business=False)
        for priority in Priority
        for metric, minutes in ((FIRST, 45), (MetricName.NEXT_REPLY, 90), (MetricName.RESOLUTION, 600))
    )
    return policy


def stored(ticket: Ticket, until: datetime) -> list[Any]:
    return sorted(_facts(clock, until) for clock in SLAClock.objects.filter(ticket=ticket))


def replayed(ticket: Ticket, until: datetime) -> list[Any]:
    (told,) = retell([Ticket.objects.select_related("customer", "category", "tier").get(pk=ticket.pk)], until=until)
    clocks = replay(told.as_it_came_in(), told.story(), policies.in_use())
    return sorted(_facts(clock, until) for clock in clocks)


def _facts(clock: SLAClock, until: datetime) -> tuple[Any, ...]:
    missed = missed_at(clock, until)
    return (
        clock.metric,
        clock.cycle,
        clock.target_minutes,
        str(clock.due_at),
        str(clock.stopped_at),
        str(missed),
        clock.outcome,
        str(clock.spells),
    )


# --- A replay of what is in force is what happened --------------------------------------------------------------------

Act = Callable[[Ticket, Agent, datetime], object]


def _as_customer(ticket: Ticket) -> Actor:
    return Actor("customer", ticket.customer.user_id)


def _escalate(ticket: Ticket, agent: Agent, at: datetime) -> None:
    note = lifecycle.HandOver(known="It stops.", expected="That it runs.")
    lifecycle.escalate(ticket, note=note, by=acting(agent), at=at)


def _hand_back(ticket: Ticket, agent: Agent, at: datetime) -> None:
    lowest = EscalationTier.objects.order_by("level")[0]
    lifecycle.hand_back(ticket, to=lowest, note=lifecycle.HandOver(known="Clear."), by=acting(agent), at=at)


def _sort(ticket: Ticket, agent: Agent, at: datetime) -> None:
    lifecycle.change_category(ticket, category=CategoryFactory.create(slug="sorted"), by=acting(agent), at=at)


ACTS: dict[str, Act] = {
    "write": lambda ticket, _agent, at: lifecycle.receive_customer_message(
        ticket, text="Hello?", by=_as_customer(ticket), at=at
    ),
    "reply": lambda ticket, agent, at: lifecycle.reply(ticket, text="Yes.", by=acting(agent), at=at),
    "reply_open": lambda ticket, agent, at: lifecycle.reply(
        ticket, text="We look.", status=Status.OPEN, by=acting(agent), at=at
    ),
    "reply_solved": lambda ticket, agent, at: lifecycle.reply(
        ticket, text="Done.", status=Status.RESOLVED, by=acting(agent), at=at
    ),
    "note": lambda ticket, agent, at: lifecycle.add_note(ticket, text="Hm.", by=acting(agent), at=at),
    "pending": lambda ticket, agent, at: lifecycle.change_status(
        ticket, status=Status.PENDING, by=acting(agent), at=at
    ),
    "on_hold": lambda ticket, agent, at: lifecycle.change_status(
        ticket, status=Status.ON_HOLD, by=acting(agent), at=at
    ),
    "open": lambda ticket, agent, at: lifecycle.change_status(ticket, status=Status.OPEN, by=acting(agent), at=at),
    "urgent": lambda ticket, agent, at: lifecycle.change_priority(
        ticket, priority=Priority.URGENT, by=acting(agent), at=at
    ),
    "low": lambda ticket, agent, at: lifecycle.change_priority(ticket, priority=Priority.LOW, by=acting(agent), at=at),
    "sort": _sort,
    "escalate": _escalate,
    "hand_back": _hand_back,
    "resolve": lambda ticket, agent, at: lifecycle.resolve(ticket, by=acting(agent), at=at),
    "confirm": lambda ticket, _agent, at: lifecycle.confirm_solved(ticket, by=_as_customer(ticket), at=at),
    "reopen": lambda ticket, agent, at: lifecycle.reopen(ticket, by=acting(agent), at=at),
    "close": lambda ticket, agent, at: lifecycle.close(ticket, by=acting(agent), at=at),
    "plus": lambda ticket, agent, at: lifecycle.change_plan(ticket.customer, plan=Plan.PLUS, by=acting(agent), at=at),
    "sweep": lambda _ticket, _agent, at: lifecycle.sweep(at=at),
}


def play(ticket: Ticket, agent: Agent, steps: list[tuple[str, int]], start: datetime) -> datetime:
    """Let things happen, each so many minutes after the one before; what the desk refuses does not happen."""
    at = start
    for act, minutes in steps:
        at += timedelta(minutes=minutes)
        lifecycle.sweep_clocks(at=at)
        ticket.refresh_from_db()
        try:
            ACTS[act](ticket, agent, at)
        except DeskError:
            continue
    return at


STORIES = {
    "answered": [("reply", 30)],
    "answered late": [("reply", 900)],
    "never answered": [("sweep", 6000)],
    "to and fro": [("reply", 30), ("write", 600), ("write", 60), ("reply_open", 700), ("reply", 4000)],
    "paused": [("reply", 30), ("sweep", 3000), ("write", 1), ("reply_solved", 100)],
    "parked": [("on_hold", 10), ("reply_open", 300), ("pending", 2000), ("open", 2000), ("resolve", 100)],
    "made urgent": [("urgent", 200), ("reply", 200), ("low", 10), ("write", 300), ("reply", 300)],
    "handed up and back": [("escalate", 60), ("reply_open", 60), ("hand_back", 500), ("reply_open", 1000)],
    "escalated by a miss": [("sweep", 700), ("reply_open", 60), ("sweep", 5000), ("reply", 10)],
    "escalated while pending": [("reply", 5), ("escalate", 100), ("reply_open", 100)],
    "opened again": [("reply_solved", 30), ("write", 900), ("reply_solved", 30), ("reopen", 60), ("resolve", 600)],
    "a last word": [("reply_solved", 30), ("confirm", 60), ("close", 10), ("write", 10)],
    "pays for more": [("plus", 90), ("reply", 100)],
    "sorted anew": [("sort", 90), ("note", 10), ("reply", 600)],
    "closed by itself": [("reply_solved", 30), ("sweep", 8 * 24 * 60)],
}


@pytest.mark.parametrize("steps", STORIES.values(), ids=STORIES.keys())
def test_a_replay_of_what_is_in_force_comes_out_as_it_happened(
    steps: list[tuple[str, int]], alice: Customer, agent: Agent, senior: Agent, now: datetime
) -> None:
    ticket = open_ticket(alice)
    until = play(ticket, agent, steps, now)
    assert replayed(ticket, until) == stored(ticket, until)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(sorted(ACTS.keys() - {"sort", "plus"})), st.integers(1, 3000)), min_size=1, max_size=9
    )
)
def test_whatever_happens_a_replay_comes_out_the_same(
    steps: list[tuple[str, int]], alice: Customer, agent: Agent, senior: Agent, now: datetime
) -> None:
    ticket = open_ticket(alice)
    until = play(ticket, agent, steps, now)
    assert replayed(ticket, until) == stored(ticket, until)


# --- A draft ----------------------------------------------------------------------------------------------------------


def ask(change: Callable[[Content], Content], lead: Agent, at: datetime, days: int = 30) -> WhatIf:
    """Replay a draft of the policy for everybody, to its end."""
    policy = SLAPolicy.objects.get(plans=[])
    draft = versions.save_draft(policy, change(content(policy)), by_id=lead.user_id, at=at)
    row = lifecycle.what_if(draft, days=days, by=acting(lead), at=at)
    while lifecycle.replay(row.pk, at=at):
        pass
    row.refresh_from_db()
    return row


def with_first_replies_within(minutes: int) -> Callable[[Content], Content]:
    quick = {(priority.value, FIRST.value): Target(minutes, business=True) for priority in Priority}
    return lambda now: replace(now, targets={**now.targets, **quick})


def unchanged(now: Content) -> Content:
    return now


def test_a_draft_of_what_is_in_force_changes_nothing(
    alice: Customer, agent: Agent, lead: Agent, senior: Agent, now: datetime
) -> None:
    for steps in STORIES.values():
        play(open_ticket(alice), agent, steps, now)
    row = ask(unchanged, lead, now + timedelta(days=10))
    assert row.result["cases"] == len(STORIES) + 1  # a last word on a closed case opened another
    assert [each.more for each in figures(row)] == [0, 0, 0, 0]
    assert (row.result["changed"], row.result["open_moved"]) == ([], 0)
    assert any(each.missed for each in figures(row))


def test_a_draft_counts_what_would_have_been_missed(alice: Customer, agent: Agent, lead: Agent, now: datetime) -> None:
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="Yes.", by=acting(agent), at=now + 2 * HOUR)
    row = ask(with_first_replies_within(60), lead, now + 3 * HOUR)
    first = figures(row)[0]
    assert (first.clocks, first.missed, first.missed_then, first.more) == (1, 0, 1, 1)
    assert (row.result["changed"], row.result["changed_number"]) == ([ticket.pk], 1)


def test_a_draft_counts_what_would_have_been_kept(alice: Customer, agent: Agent, lead: Agent, now: datetime) -> None:
    ticket = open_ticket(alice, impact="danger")
    lifecycle.reply(ticket, text="Yes.", by=acting(agent), at=now + 2 * HOUR)
    first = figures(ask(with_first_replies_within(180), lead, now + 3 * HOUR))[0]
    assert (first.missed, first.missed_then) == (1, 0)


def test_a_draft_is_tried_in_its_place(alice: Customer, agent: Agent, lead: Agent, now: datetime) -> None:
    """Whoever has a policy that comes before it is not concerned."""
    alice.plan = Plan.PLUS
    alice.save()
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="Yes.", by=acting(agent), at=now + HOUR / 2)
    assert figures(ask(with_first_replies_within(5), lead, now + HOUR))[0].more == 0


def test_a_draft_that_is_not_in_use_leaves_its_cases_to_the_next(
    alice: Customer, plus: SLAPolicy, agent: Agent, lead: Agent, now: datetime
) -> None:
    alice.plan = Plan.PLUS
    alice.save()
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="Yes.", by=acting(agent), at=now + HOUR)
    out_of_use = replace(content(plus), active=False)
    draft = versions.save_draft(plus, out_of_use, by_id=lead.user_id, at=now)
    row = lifecycle.what_if(draft, days=30, by=acting(lead), at=now + 2 * HOUR)
    lifecycle.replay(row.pk, at=now + 2 * HOUR)
    row.refresh_from_db()
    assert (figures(row)[0].missed, figures(row)[0].missed_then) == (1, 0)


def test_a_clock_that_never_ran_is_no_promise_that_was_kept(
    alice: Customer, agent: Agent, lead: Agent, now: datetime
) -> None:
    """An answer that solves the case begins to wait for the next news, and ends that at once."""
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="Done.", status=Status.RESOLVED, by=acting(agent), at=now + HOUR)
    by_metric = {each.metric: each.clocks for each in figures(ask(unchanged, lead, now + 2 * HOUR))}
    assert (by_metric[Metric.FIRST_REPLY], by_metric[Metric.UPDATE]) == (1, 0)


def test_only_the_days_that_were_asked_for_count(alice: Customer, lead: Agent, now: datetime) -> None:
    open_ticket(alice, at=now - timedelta(days=40))
    open_ticket(alice, at=now)
    assert ask(unchanged, lead, now + HOUR, days=30).result["cases"] == 1
    assert ask(unchanged, lead, now + HOUR, days=90).result["cases"] == 2


def test_nothing_is_changed_by_a_replay(alice: Customer, lead: Agent, now: datetime) -> None:
    ticket = open_ticket(alice)
    before = stored(ticket, now)
    ask(with_first_replies_within(5), lead, now + HOUR)
    assert stored(ticket, now) == before
    assert ticket.record.filter(code="due_changed").count() == 0


def test_the_time_of_the_week_on_which_most_new_misses_fall_is_named(
    alice: Customer, agent: Agent, lead: Agent, now: datetime
) -> None:
    for _ in range(3):
        ticket = open_ticket(alice)
        lifecycle.reply(ticket, text="Yes.", by=acting(agent), at=now + 2 * HOUR)
    found = peak(ask(with_first_replies_within(60), lead, now + 3 * HOUR))
    assert found is not None
    # Ten o'clock in Rome, and an hour.
    assert (found.weekday, found.number, found.of) == (0, 3, 3)
    assert found.from_hour <= 11 < found.until_hour


def test_a_few_misses_make_no_time_of_the_week(alice: Customer, agent: Agent, lead: Agent, now: datetime) -> None:
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="Yes.", by=acting(agent), at=now + 2 * HOUR)
    assert peak(ask(with_first_replies_within(60), lead, now + 3 * HOUR)) is None


def test_open_cases_that_would_move_are_counted_and_those_that_would_be_late(
    alice: Customer, bob: Customer, lead: Agent, now: datetime
) -> None:
    open_ticket(alice, at=now)
    open_ticket(bob, at=now + 2 * HOUR)
    row = ask(with_first_replies_within(90), lead, now + 2 * HOUR)
    assert (row.result["open_moved"], row.result["open_late"]) == (2, 1)


def test_a_replay_goes_on_where_a_killed_worker_left_it(alice: Customer, lead: Agent, now: datetime) -> None:
    for _ in range(3):
        open_ticket(alice)
    policy = SLAPolicy.objects.get(plans=[])
    draft = versions.save_draft(policy, content(policy), by_id=lead.user_id, at=now)
    row = lifecycle.what_if(draft, days=30, by=acting(lead), at=now)
    assert replaying.WORK.batch(row.pk, at=now, size=2)
    WhatIf.objects.take(row.pk, at=now)
    assert not lifecycle.replay(row.pk, at=now)
    lifecycle.replay(row.pk, at=now + LEASE)
    row.refresh_from_db()
    assert (row.done, row.result["cases"]) == (3, 3)
