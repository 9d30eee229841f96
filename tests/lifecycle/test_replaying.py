"""What if a draft had been in force? Told by cases as they really went."""

from collections.abc import Callable
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
from tickets.lifecycle.retelling import retell
from tickets.models import Agent, Customer, EscalationTier, SLAClock, Ticket
from tickets.sla import policies
from tickets.sla.replay import missed_at, replay

HOUR = timedelta(hours=1)


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
    "sweep": lambda _ticket, _agent, at: lifecycle.sweep(at=at),
}


def play(ticket: Ticket, agent: Agent, steps: list[tuple[str, int]], start: datetime) -> datetime:
    """Let things happen, each so many minutes after the one before; what the desk refuses does not happen."""
    from tickets.errors import DeskError

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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(sorted(ACTS.keys() - {"sort"})), st.integers(1, 3000)), min_size=1, max_size=9
    )
)
def test_whatever_happens_a_replay_comes_out_the_same(
    steps: list[tuple[str, int]], alice: Customer, agent: Agent, senior: Agent, now: datetime
) -> None:
    ticket = open_ticket(alice)
    until = play(ticket, agent, steps, now)
    assert replayed(ticket, until) == stored(ticket, until)
