"""Tickets that the sweep stumbles over: on record, left alone for longer each time, and forgotten when they work again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.lifecycle import case as cases
from tickets.models import Agent, ClockEvent, Customer, SLAClock, SweepFailure, Ticket
from tickets.sla import failures

MINUTE = timedelta(minutes=1)
DUE = timedelta(hours=8)


@pytest.fixture
def ticket(alice: Customer, agent: Agent, senior: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def broken(ticket: Ticket, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """While it lasts, whatever the sweep does with the ticket fails."""
    load = cases.load

    def breaks(error: Exception) -> Callable[..., object]:
        def load_or_break(tickets: list[Ticket], **event: object) -> object:
            if ticket in tickets and event["by"] == Actor.system():
                raise error
            return load(tickets, **event)  # type: ignore[arg-type]

        return load_or_break

    @contextmanager
    def while_it_lasts(error: Exception | None = None) -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(cases, "load", breaks(error or RuntimeError("Alice's own words")))
            yield

    return while_it_lasts


def fails(ticket: Ticket) -> SweepFailure:
    return SweepFailure.objects.get(ticket=ticket)


def test_a_failure_is_on_record_without_anybodys_words(ticket: Ticket, broken: Callable, now: datetime) -> None:
    with broken():
        lifecycle.sweep_clocks(at=now + DUE)
    failure = fails(ticket)
    assert (failure.tries, failure.first_at, failure.error) == (
        1,
        now + DUE,
        "RuntimeError, tickets/lifecycle/sweeping.py, _work",
    )


def test_it_is_left_alone_for_longer_each_time(ticket: Ticket, broken: Callable, now: datetime) -> None:
    at, pauses = now + DUE, []
    with broken():
        for _ in range(3):
            lifecycle.sweep_clocks(at=at)
            pauses.append(fails(ticket).next_try_at - at)
            at = fails(ticket).next_try_at
    assert pauses == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE]


def test_it_is_not_tried_again_before_its_time(ticket: Ticket, broken: Callable, now: datetime) -> None:
    with broken():
        lifecycle.sweep_clocks(at=now + DUE)
        lifecycle.sweep_clocks(at=now + DUE + MINUTE)
    assert fails(ticket).tries == 1


def test_it_is_forgotten_when_it_works_again(ticket: Ticket, broken: Callable, now: datetime) -> None:
    with broken():
        lifecycle.sweep_clocks(at=now + DUE)
    lifecycle.sweep_clocks(at=now + DUE + 5 * MINUTE)
    assert (SweepFailure.objects.count(), ClockEvent.objects.get(kind="breach").at) == (0, now + DUE)


def test_what_a_lead_tries_again_is_tried_by_the_next_sweep(ticket: Ticket, broken: Callable, now: datetime) -> None:
    with broken():
        lifecycle.sweep_clocks(at=now + DUE)
    failures.try_again(fails(ticket), at=now + DUE + MINUTE)
    assert lifecycle.sweep_clocks(at=now + DUE + MINUTE).steps == 2


def test_a_case_that_cannot_be_closed_is_on_record_too(
    ticket: Ticket, agent: Agent, broken: Callable, now: datetime
) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    week = timedelta(days=7)
    with broken():
        lifecycle.close_resolved(at=now + week)
        lifecycle.close_resolved(at=now + week + MINUTE)
    assert fails(ticket).tries == 1
    assert lifecycle.close_resolved(at=now + week + 5 * MINUTE) == 1


def test_what_the_database_could_not_do_is_held_against_no_ticket(
    ticket: Ticket, broken: Callable, now: datetime
) -> None:
    with broken(OperationalError("a lock was waited for too long")):
        assert lifecycle.sweep_clocks(at=now + DUE).failed == 1
    due = SLAClock.objects.get(ticket=ticket, metric="first_reply").next_step_at
    assert (SweepFailure.objects.count(), due) == (0, now + DUE - 2 * timedelta(hours=1))
