from datetime import datetime, timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import CustomerFactory, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.lifecycle import case, sweeping
from tickets.models import (
    Agent,
    ClockEvent,
    Customer,
    Escalation,
    EscalationRule,
    OutgoingMail,
    Promise,
    SLAClock,
    Ticket,
)
from tickets.sla import failures

HOUR = timedelta(hours=1)
# Normal priority on the first desk: eight open hours for the first reply, a warning after six.
WARN = 6 * HOUR
DUE = 8 * HOUR


@pytest.fixture
def ticket(alice: Customer, agent: Agent, senior: Agent) -> Ticket:
    return open_ticket(alice)


def events(ticket: Ticket, *kinds: str) -> list[tuple[str, datetime]]:
    return list(
        ClockEvent.objects.filter(clock__ticket=ticket, kind__in=kinds).order_by("at").values_list("kind", "at")
    )


def test_nothing_happens_before_its_time(ticket: Ticket, now: datetime) -> None:
    assert lifecycle.sweep_clocks(at=now + WARN - timedelta(seconds=1)).steps == 0


def test_it_warns_when_three_quarters_are_used(ticket: Ticket, now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + WARN)
    assert events(ticket, "warn", "breach") == [("warn", now + WARN)]


def test_the_warning_goes_to_whoever_has_the_case(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + WARN)
    assert OutgoingMail.objects.get(kind="due_soon").recipient == agent.user.email


def test_a_miss_happens_when_it_was_due_whoever_notices_later(ticket: Ticket, now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + DUE + 20 * timedelta(minutes=1))
    assert ticket.clocks.get(metric="first_reply").breached_at == now + DUE


def test_a_miss_moves_the_case_one_tier_up(ticket: Ticket, senior: Agent, now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + DUE)
    ticket.refresh_from_db()
    assert (ticket.tier.level, ticket.assignee) == (2, senior)


def test_the_customer_is_told_with_a_date_that_is_still_to_come(ticket: Ticket, now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + DUE)
    mail = OutgoingMail.objects.get(kind="escalated")
    assert (mail.recipient, mail.data["cause"], datetime.fromisoformat(mail.data["next_update"]) > now + DUE) == (
        "alice@example.com",
        "clock",
        True,
    )


def test_a_second_sweep_does_nothing_twice(ticket: Ticket, now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + DUE)
    before = (ClockEvent.objects.count(), Escalation.objects.count(), OutgoingMail.objects.count())
    lifecycle.sweep_clocks(at=now + DUE)
    assert (ClockEvent.objects.count(), Escalation.objects.count(), OutgoingMail.objects.count()) == before


def test_an_answered_ticket_is_left_alone(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now + HOUR)
    lifecycle.sweep_clocks(at=now + DUE)
    assert events(ticket, "warn", "breach") == []


def test_every_step_is_recorded_after_a_day_without_sweeps_but_the_case_moves_once(
    ticket: Ticket, now: datetime
) -> None:
    lifecycle.sweep_clocks(at=now + timedelta(days=1))
    ticket.refresh_from_db()
    recorded = [kind for kind, _at in events(ticket, "warn", "breach", "overdue")]
    assert (recorded[:3], ticket.tier.level) == (["warn", "breach", "overdue"], 2)


def test_a_warning_that_comes_after_the_miss_is_not_mailed(ticket: Ticket, now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + timedelta(days=1))
    assert not OutgoingMail.objects.filter(kind="due_soon", data__metric="first_reply").exists()


def test_nobody_is_warned_of_an_answer_to_a_case_that_is_solved(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now + HOUR)
    lifecycle.sweep_clocks(at=now + WARN)
    assert events(ticket, "warn") == [("warn", now + WARN)]
    assert not OutgoingMail.objects.filter(kind="due_soon").exists()


def test_small_batches_reach_everything(agent: Agent, now: datetime) -> None:
    for _ in range(5):
        open_ticket()
    assert lifecycle.sweep_clocks(at=now + WARN, batch=2).steps == 5


def test_one_broken_ticket_stops_nobody_elses_clock(
    agent: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, *_others = [open_ticket(CustomerFactory.create()) for _ in range(3)]
    work = sweeping._work

    def breaks(tickets: list[Ticket], at: datetime) -> int:
        if broken in tickets:
            raise RuntimeError("a broken ticket")
        return work(tickets, at)

    monkeypatch.setattr(sweeping, "_work", breaks)
    swept = lifecycle.sweep_clocks(at=now + WARN)
    assert (swept.steps, swept.failed) == (2, 1)


def test_a_broken_ticket_is_tried_again_later_and_keeps_its_due_time(
    ticket: Ticket, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "_work", lambda tickets, at: 1 / 0 if tickets else 0)
        lifecycle.sweep_clocks(at=now + DUE)
    clock = SLAClock.objects.get(ticket=ticket, metric="first_reply")
    assert (clock.next_step_at, clock.due_at) == (now + DUE + failures.FIRST_PAUSE, now + DUE)
    lifecycle.sweep_clocks(at=now + DUE + failures.FIRST_PAUSE)
    assert events(ticket, "breach") == [("breach", now + DUE)]


@pytest.fixture
def one_of_two_is_broken(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> list[Ticket]:
    """Two tickets; whatever loads the first with others, or alone, fails."""
    tickets = [open_ticket(CustomerFactory.create()) for _ in range(2)]
    load = case.load

    def breaks(loaded: list[Ticket], **event: object) -> object:
        # The caller's lock has been asked for by now, as if a row could not be read.
        if tickets[0] in loaded and event["by"] == Actor.system():
            raise RuntimeError("a broken ticket")
        return load(loaded, **event)  # type: ignore[arg-type]

    monkeypatch.setattr(case, "load", breaks)
    return tickets


def test_a_broken_ticket_keeps_no_other_promise_from_being_found(
    one_of_two_is_broken: list[Ticket], agent: Agent, now: datetime
) -> None:
    for ticket in one_of_two_is_broken:
        lifecycle.promise(ticket, kind="update", due_at=now + HOUR, by=acting(agent), at=now)
    assert lifecycle.break_promises(at=now + HOUR) == 1
    assert list(Promise.objects.order_by("ticket").values_list("state", flat=True)) == ["open", "broken"]


def test_a_broken_ticket_keeps_no_other_from_closing(
    one_of_two_is_broken: list[Ticket], agent: Agent, now: datetime
) -> None:
    for ticket in one_of_two_is_broken:
        lifecycle.resolve(ticket, by=acting(agent), at=now)
    assert lifecycle.close_resolved(at=now + timedelta(days=7)) == 1
    assert list(Ticket.objects.order_by("pk").values_list("status", flat=True)) == ["resolved", "closed"]


def test_one_kind_of_work_that_fails_stops_no_other(
    ticket: Ticket, agent: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*, at: datetime) -> int:
        raise RuntimeError("no promises today")

    lifecycle.resolve(ticket, by=acting(agent), at=now)
    monkeypatch.setattr(sweeping, "break_promises", breaks)
    swept = lifecycle.sweep(at=now + timedelta(days=7))
    assert (swept.closed, swept.failed) == (1, 1)


def test_a_task_whose_time_is_up_puts_off_no_ticket(
    ticket: Ticket, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def time_is_up(tickets: list[Ticket], at: datetime) -> int:
        raise SoftTimeLimitExceeded

    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "_work", time_is_up)
        with pytest.raises(SoftTimeLimitExceeded):
            lifecycle.sweep(at=now + DUE)
    assert lifecycle.sweep_clocks(at=now + DUE).steps > 0


def test_nothing_due_costs_one_statement(ticket: Ticket, now: datetime, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        lifecycle.sweep_clocks(at=now)


@pytest.mark.parametrize("late", [timedelta(0), HOUR])
def test_a_batch_costs_the_same_for_two_cases_and_for_six(
    agent: Agent, senior: Agent, lead: Agent, now: datetime, late: timedelta
) -> None:
    """Everything that a batch can have: a miss, an escalation, followers and leads to be told, late or in time.

    At most thirty statements, besides those that open and close transactions.
    """
    EscalationRule.objects.filter(trigger="clock").update(notify=["assignee", "followers", "leads"])
    counts = []
    # The first one, of a single case, is there for what processes remember, such as opening hours.
    for week, number in enumerate((1, 2, 6)):
        opened = now + timedelta(weeks=week)
        SLAClock.objects.update(next_step_at=None)
        for _ in range(number):
            open_ticket(at=opened).followers.add(lead)
        lifecycle.sweep_clocks(at=opened + WARN)
        with CaptureQueriesContext(connection) as queries:
            assert lifecycle.sweep_clocks(at=opened + DUE + late).steps >= number
        # Without the two looks whether anything is due, and left.
        counts.append(sum("SAVEPOINT" not in query["sql"] for query in queries) - 2)
    assert counts[1] == counts[2]
    assert counts[2] <= 30
