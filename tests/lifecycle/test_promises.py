"""What we owe: made once, reminded of, never lost, and late when it is late."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.factories import AgentFactory, CategoryFactory, CustomerFactory, TeamFactory, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed
from tickets.lifecycle import Pledge
from tickets.models import (
    Agent,
    AuditEntry,
    Calendar,
    Customer,
    EscalationRule,
    Message,
    OutgoingMail,
    Promise,
    RuleFiring,
    Ticket,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEY = UUID("b2c0a6a4-6d9e-4d7e-9a2d-3f1d7c1c9b10")


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def owed(ticket: Ticket, agent: Agent, now: datetime) -> Promise:
    """A refund by the day after tomorrow."""
    return lifecycle.promise(
        ticket,
        kind="refund",
        amount=Decimal("49.90"),
        currency="EUR",
        due_at=now + 2 * DAY,
        by=acting(agent),
        at=now,
    )


def stored(promise: Promise) -> Promise:
    return Promise.objects.get(pk=promise.pk)


def recorded(ticket: Ticket, code: str) -> int:
    return AuditEntry.objects.filter(ticket=ticket, code=code).count()


def remind(owed: Promise) -> None:
    """The sweep comes when the reminder falls."""
    owed.refresh_from_db()
    assert owed.next_step_at
    lifecycle.remind_of_promises(at=owed.next_step_at)


def told(kind: str) -> list[str]:
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk").values_list("recipient", flat=True))


# --- Making one -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slip",
    [
        {"due_at": datetime(2026, 11, 23, 9, 0, tzinfo=UTC)},
        {"due_at": datetime(2206, 11, 23, 9, 0, tzinfo=UTC)},
        {"kind": "refund"},
        {"amount": Decimal(5)},
        {"amount": Decimal(5), "currency": "XXY"},
        {"amount": Decimal("5.5"), "currency": "JPY"},
    ],
)
def test_what_can_only_be_a_slip_is_refused(
    slip: dict[str, object], ticket: Ticket, agent: Agent, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        lifecycle.promise(ticket, **{"kind": "update", "due_at": now + HOUR, "by": acting(agent), "at": now, **slip})  # type: ignore[arg-type]
    assert not Promise.objects.exists()


def test_a_form_that_is_sent_twice_makes_one_promise(ticket: Ticket, agent: Agent, now: datetime) -> None:
    first, second = (
        lifecycle.promise(ticket, kind="update", due_at=now + HOUR, key=KEY, by=acting(agent), at=now) for _ in range(2)
    )
    assert (first, told("promised")) == (second, ["alice@example.com"])


def test_an_answer_carries_its_promise_and_is_the_only_mail(ticket: Ticket, agent: Agent, now: datetime) -> None:
    message = lifecycle.reply(
        ticket, text="You get it back.", promise=Pledge("update", now + HOUR), by=acting(agent), at=now
    )
    assert ticket.promises.get().message == message
    assert (told("reply"), told("promised")) == (["alice@example.com"], [])


def test_an_answer_with_a_promise_that_is_sent_twice_is_sent_once(ticket: Ticket, agent: Agent, now: datetime) -> None:
    pledge = Pledge("update", now + HOUR, key=KEY)
    newest = ticket.last_message_id
    first, second = (
        lifecycle.reply(ticket, text="Soon.", promise=pledge, seen=newest, by=acting(agent), at=now) for _ in range(2)
    )
    assert (first, Promise.objects.count(), told("reply")) == (second, 1, ["alice@example.com"])


def test_other_words_with_a_promise_that_was_sent_are_not_lost(ticket: Ticket, agent: Agent, now: datetime) -> None:
    pledge = Pledge("update", now + HOUR, key=KEY)
    lifecycle.reply(ticket, text="Soon.", promise=pledge, by=acting(agent), at=now)
    with pytest.raises(NotAllowed, match="on record already"):
        lifecycle.reply(ticket, text="Later.", promise=pledge, by=acting(agent), at=now)


def test_an_answer_that_may_not_promise_is_not_sent_either(ticket: Ticket, agent: Agent, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        lifecycle.reply(ticket, text="Soon.", promise=Pledge("refund", now + HOUR), by=acting(agent), at=now)
    assert Message.objects.filter(ticket=ticket).count() == 1


def test_an_answer_that_solves_it_promises_nothing(ticket: Ticket, agent: Agent, now: datetime) -> None:
    pledge = Pledge("update", now + HOUR)
    with pytest.raises(NotAllowed, match="still to be done"):
        lifecycle.reply(ticket, text="Done.", status=Status.RESOLVED, promise=pledge, by=acting(agent), at=now)


# --- Its date ---------------------------------------------------------------------------------------------------------


def test_whoever_has_the_case_is_reminded_before_the_date(owed: Promise, agent: Agent, now: datetime) -> None:
    # Three quarters of two days, and half a day left.
    due = now + 1.5 * DAY
    assert [lifecycle.remind_of_promises(at=at) for at in (due - HOUR, due, due + HOUR)] == [0, 1, 0]
    assert (told("promise_due"), recorded(owed.ticket, "promise_reminded")) == ([agent.user.email], 1)


def test_the_reminder_comes_in_the_working_hours_of_whoever_keeps_it(
    ticket: Ticket, agent: Agent, now: datetime
) -> None:
    agent.calendar = Calendar.objects.get()
    agent.save()
    friday = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
    made = lifecycle.promise(ticket, kind="update", due_at=friday + 3 * DAY, by=acting(agent), at=friday)
    # Monday at six in the evening in Rome, less a quarter of that day's hours.
    hours = agent.calendar.hours()
    assert made.next_step_at
    assert hours.is_open(made.next_step_at)
    assert made.next_step_at > datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def test_a_reminder_after_the_date_is_none(owed: Promise) -> None:
    assert lifecycle.remind_of_promises(at=owed.due_at) == 0


def test_where_whoever_had_the_case_has_left_its_maker_is_reminded(owed: Promise, agent: Agent, now: datetime) -> None:
    colleague = AgentFactory.create()
    lifecycle.assign(owed.ticket, to=colleague, by=acting(agent), at=now)
    colleague.user.is_active = False
    colleague.user.save()
    remind(owed)
    assert told("promise_due") == [agent.user.email]


def test_where_everybody_has_left_the_leads_are_told(owed: Promise, agent: Agent, lead: Agent) -> None:
    agent.user.is_active = False
    agent.user.save()
    lifecycle.break_promises(at=owed.due_at)
    assert told("promise_broken") == [lead.user.email]


def test_a_promise_breaks_when_it_was_due_whoever_notices_later(owed: Promise) -> None:
    broken = [
        lifecycle.break_promises(at=at) for at in (owed.due_at - HOUR, owed.due_at + 3 * DAY, owed.due_at + 4 * DAY)
    ]
    row = stored(owed)
    assert (broken, row.state, row.broken_at, row.ended_at) == ([0, 1, 0], "broken", owed.due_at, owed.due_at)


def test_the_customer_is_told_honestly_and_so_is_its_keeper(owed: Promise, agent: Agent) -> None:
    lifecycle.break_promises(at=owed.due_at)
    assert (told("promise_late"), told("promise_broken")) == (["alice@example.com"], [agent.user.email])


def test_a_promise_that_was_kept_is_not_broken(owed: Promise, agent: Agent, now: datetime) -> None:
    lifecycle.keep_promise(owed, by=acting(agent), at=now, evidence="Transfer 4711")
    swept = lifecycle.sweep(at=owed.due_at)
    assert (swept.promises_broken, swept.promises_reminded, told("promise_late")) == (0, 0, [])


@pytest.fixture
def rule(desk: None) -> EscalationRule:
    return EscalationRule.objects.create(name="Broken", trigger="promise", notify=["leads"], active=True)


def test_a_broken_promise_sets_off_its_rule_once(owed: Promise, rule: EscalationRule) -> None:
    for later in (0, 1):
        lifecycle.break_promises(at=owed.due_at + later * HOUR)
    assert list(RuleFiring.objects.filter(rule=rule).values_list("cause", flat=True)) == [f"promise:{owed.pk}"]


def test_what_is_not_due_costs_the_sweep_one_question_each(
    owed: Promise, now: datetime, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        lifecycle.remind_of_promises(at=now)
        lifecycle.break_promises(at=now)


def test_many_that_are_due_cost_as_many_statements_as_few(
    agent: Agent, now: datetime, django_assert_max_num_queries: Any
) -> None:
    def made(number: int) -> None:
        for _ in range(number):
            ticket = open_ticket(CustomerFactory.create())
            lifecycle.promise(ticket, kind="update", due_at=now + HOUR, by=acting(agent), at=now)

    made(2)
    with django_assert_max_num_queries(40) as few:
        lifecycle.break_promises(at=now + HOUR)
    made(12)
    with django_assert_max_num_queries(len(few)):
        assert lifecycle.break_promises(at=now + HOUR) == 12


# --- Its end ----------------------------------------------------------------------------------------------------------


def test_a_kept_promise_says_how_we_know_and_the_customer_is_told(owed: Promise, agent: Agent, now: datetime) -> None:
    lifecycle.keep_promise(owed, by=acting(agent), at=now + HOUR, evidence="Transfer 4711")
    assert (owed.state, owed.ended_at, owed.evidence, owed.broken_at) == ("kept", now + HOUR, "Transfer 4711", None)
    assert told("promise_kept") == ["alice@example.com"]


def test_a_broken_promise_can_be_kept_late_and_stays_late(owed: Promise, agent: Agent) -> None:
    lifecycle.break_promises(at=owed.due_at)
    lifecycle.keep_promise(owed, by=acting(agent), at=owed.due_at + DAY, evidence="Transfer 4711")
    assert (owed.state, owed.ended_at, owed.broken_at) == ("kept", owed.due_at + DAY, owed.due_at)


def test_keeping_it_late_before_the_sweep_notices_does_not_hide_it(
    owed: Promise, agent: Agent, rule: EscalationRule
) -> None:
    lifecycle.keep_promise(owed, by=acting(agent), at=owed.due_at + HOUR, evidence="Transfer 4711")
    assert owed.was_late
    assert recorded(owed.ticket, "promise_broken") == 1
    assert RuleFiring.objects.filter(rule=rule).exists()


def test_a_promise_is_not_kept_without_evidence(owed: Promise, agent: Agent, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        lifecycle.keep_promise(owed, by=acting(agent), at=now, evidence=" ")


def test_a_promise_is_not_withdrawn_without_a_reason(owed: Promise, agent: Agent, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        lifecycle.withdraw_promise(owed, by=acting(agent), at=now, reason=" ")


def test_a_promise_is_settled_only_once(owed: Promise, agent: Agent, now: datetime) -> None:
    lifecycle.keep_promise(owed, by=acting(agent), at=now, evidence="Transfer 4711")
    with pytest.raises(NotAllowed):
        lifecycle.withdraw_promise(owed, by=acting(agent), at=now, reason="Changed her mind")


def test_a_withdrawn_promise_is_no_secret(owed: Promise, agent: Agent, now: datetime) -> None:
    lifecycle.withdraw_promise(owed, by=acting(agent), at=now, reason="Replaced instead")
    assert told("promise_withdrawn") == ["alice@example.com"]


# --- Longer than the case ---------------------------------------------------------------------------------------------


def hand_over(owed: Promise, to: Agent, by: Agent, at: datetime) -> None:
    lifecycle.hand_over_promise(owed, to=to, note="Pay it on Friday.", by=acting(by), at=at)


def test_whoever_keeps_it_from_now_on_is_told_what_is_left(
    owed: Promise, agent: Agent, senior: Agent, now: datetime
) -> None:
    hand_over(owed, senior, agent, now)
    assert (owed.owner, owed.handed_over_at, owed.hand_over_note) == (senior, now, "Pay it on Friday.")
    assert (told("promise_handed_over"), recorded(owed.ticket, "promise_handed_over")) == ([senior.user.email], 1)


def test_after_it_was_handed_over_the_owner_is_reminded(
    owed: Promise, agent: Agent, senior: Agent, now: datetime
) -> None:
    hand_over(owed, senior, agent, now)
    remind(owed)
    assert told("promise_due") == [senior.user.email]


def test_nobody_keeps_a_promise_without_knowing_what_is_left(owed: Promise, agent: Agent, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        lifecycle.hand_over_promise(owed, to=agent, note=" ", by=acting(agent), at=now)


def test_nobody_keeps_a_promise_on_a_case_that_they_cannot_read(
    alice: Customer, agent: Agent, lead: Agent, now: datetime
) -> None:
    secret = open_ticket(alice, category=CategoryFactory.create(restricted=True))
    owed = lifecycle.promise(secret, kind="update", due_at=now + DAY, by=acting(lead), at=now)
    stranger = AgentFactory.create()
    stranger.teams.clear()
    with pytest.raises(NotAllowed):
        hand_over(owed, stranger, lead, now)


def test_where_its_maker_may_not_read_the_case_any_more_the_leads_are_told(
    alice: Customer, agent: Agent, lead: Agent, now: datetime
) -> None:
    ticket = open_ticket(alice)
    owed = lifecycle.promise(ticket, kind="update", due_at=now + DAY, by=acting(agent), at=now)
    lifecycle.assign(ticket, to=None, by=acting(lead), at=now)
    restricted = CategoryFactory.create(restricted=True, team=TeamFactory.create(name="Data protection"))
    lifecycle.change_category(ticket, category=restricted, by=acting(lead), at=now)
    lifecycle.break_promises(at=owed.due_at)
    assert told("promise_broken") == [lead.user.email]


def test_nobody_who_has_left_keeps_a_promise(owed: Promise, agent: Agent, now: datetime) -> None:
    gone = AgentFactory.create(user__is_active=False)
    with pytest.raises(NotAllowed):
        hand_over(owed, gone, agent, now)


def test_a_promise_on_a_closed_case_still_breaks_and_is_told(
    owed: Promise, agent: Agent, senior: Agent, now: datetime
) -> None:
    hand_over(owed, senior, agent, now)
    lifecycle.resolve(owed.ticket, by=acting(agent), at=now)
    lifecycle.close(owed.ticket, by=acting(agent), at=now)
    lifecycle.break_promises(at=owed.due_at)
    assert (told("promise_broken"), told("promise_late")) == ([senior.user.email], ["alice@example.com"])


def test_a_promise_on_a_closed_case_can_be_kept(owed: Promise, agent: Agent, senior: Agent, now: datetime) -> None:
    hand_over(owed, senior, agent, now)
    lifecycle.resolve(owed.ticket, by=acting(agent), at=now)
    lifecycle.close(owed.ticket, by=acting(agent), at=now)
    lifecycle.keep_promise(owed, by=acting(senior), at=now + DAY, evidence="Transfer 4711")
    assert owed.state == "kept"


# --- No way out loses it ----------------------------------------------------------------------------------------------


def _resolve(ticket: Ticket, by: Actor, at: datetime) -> None:
    lifecycle.resolve(ticket, by=by, at=at)


def _reply(ticket: Ticket, by: Actor, at: datetime) -> None:
    lifecycle.reply(ticket, text="Done.", status=Status.RESOLVED, by=by, at=at)


def _close(ticket: Ticket, by: Actor, at: datetime) -> None:
    # As a row of an earlier release may stand: solved over something that is owed.
    Ticket.objects.filter(pk=ticket.pk).update(status=Status.RESOLVED, resolved_at=at)
    lifecycle.close(ticket, by=by, at=at)


def _close_resolved(ticket: Ticket, by: Actor, at: datetime) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status=Status.RESOLVED, resolved_at=at - 8 * DAY)
    assert lifecycle.close_resolved(at=at) == 1


def _confirm_solved(ticket: Ticket, by: Actor, at: datetime) -> None:
    lifecycle.confirm_solved(ticket, by=Actor("customer", ticket.customer.user_id), at=at)


DECIDED_BY_THE_DESK = [_resolve, _reply, _close]
DECIDED_BY_OTHERS = [_confirm_solved, _close_resolved]


@pytest.mark.parametrize("end", DECIDED_BY_THE_DESK)
@pytest.mark.parametrize("late", [False, True])
def test_the_desk_does_not_end_a_case_over_what_is_owed(
    end: Callable[[Ticket, Actor, datetime], None], late: bool, owed: Promise, agent: Agent, now: datetime
) -> None:
    at = owed.due_at + HOUR if late else now
    lifecycle.break_promises(at=at)
    with pytest.raises(NotAllowed, match=r"Refund, €49\.90, by Wednesday 25 November, 09:00"):
        end(owed.ticket, acting(agent), at)


@pytest.mark.parametrize("end", DECIDED_BY_THE_DESK)
def test_the_desk_ends_a_case_whose_promise_was_handed_over(
    end: Callable[[Ticket, Actor, datetime], None], owed: Promise, agent: Agent, senior: Agent, now: datetime
) -> None:
    hand_over(owed, senior, agent, now)
    end(owed.ticket, acting(agent), now)
    owed.ticket.refresh_from_db()
    assert owed.ticket.is_done
    assert stored(owed).is_owed


@pytest.mark.parametrize("end", DECIDED_BY_OTHERS)
def test_a_case_that_others_end_hands_what_is_owed_to_whoever_had_to_keep_it(
    end: Callable[[Ticket, Actor, datetime], None], owed: Promise, agent: Agent, now: datetime
) -> None:
    end(owed.ticket, acting(agent), now + HOUR)
    row = stored(owed)
    owed.ticket.refresh_from_db()
    assert owed.ticket.is_done
    assert (row.state, row.owner, row.handed_over_at) == ("open", agent, now + HOUR)
    assert (told("promise_handed_over"), recorded(owed.ticket, "promise_handed_over")) == ([agent.user.email], 1)


def test_every_way_to_end_a_case_is_walked_above() -> None:
    """Whoever adds another way, such as merging, adds it to the walk."""
    ends = {name for name in lifecycle.__all__ if any(word in name for word in ("resolve", "solved", "close", "merge"))}
    assert ends == {"resolve", "close", "close_resolved", "confirm_solved"}


def test_a_customer_who_confirms_twice_is_on_record_once(owed: Promise, now: datetime) -> None:
    for later in (0, 1):
        _confirm_solved(owed.ticket, Actor.system(), now + later * HOUR)
    assert (recorded(owed.ticket, "confirmed_solved"), recorded(owed.ticket, "promise_handed_over")) == (1, 1)


def test_a_customer_confirms_again_after_it_was_opened_again(ticket: Ticket, agent: Agent, now: datetime) -> None:
    _confirm_solved(ticket, Actor.system(), now)
    lifecycle.reopen(ticket, by=acting(agent), at=now + HOUR)
    _confirm_solved(ticket, Actor.system(), now + 2 * HOUR)
    assert recorded(ticket, "confirmed_solved") == 2
