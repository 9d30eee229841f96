"""Why this deadline? In sentences, by the clocks of the desk."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.calendars import actions as calendars
from tickets.desk.priorities import Priority
from tickets.desk.statuses import Status
from tickets.lifecycle import HandOver
from tickets.models import Agent, Calendar, CalendarDate, Customer, Ticket
from tickets.workspace import deadlines

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _in_rome() -> Any:
    """The reader's clocks are those of the desk."""
    with timezone.override(ZoneInfo("Europe/Rome")):
        yield


def why(ticket: Ticket, metric: str, at: datetime) -> list[str]:
    clocks = {clock.row.metric: clock.why for clock in deadlines.of_ticket(ticket, at)}
    return list(clocks[metric])


def writes(ticket: Ticket, customer: Customer, at: datetime) -> None:
    lifecycle.receive_customer_message(ticket, text="And now?", by=Actor("customer", customer.user_id), at=at)


def test_it_begins_with_what_counts_and_ends_with_the_due_time(alice: Customer, now: datetime) -> None:
    ticket = open_ticket(alice, impact="limited")
    assert why(ticket, "first_reply", now + 2 * HOUR) == [
        "The customer first wrote Monday 23 November, 10:00.",
        "Policy “For everybody”, version 1.",
        "The target is 8 hrs of opening hours.",
        "From Monday 23 November, 10:00 to Monday 23 November, 12:00 it counted 2 hrs.",
        "6 hrs are left.",
        "So it is due Monday 23 November, 18:00.",
    ]


def test_the_oldest_unanswered_message_counts(agent: Agent, alice: Customer, now: datetime) -> None:
    ticket = open_ticket(alice, impact="limited")
    lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now + HOUR)
    writes(ticket, alice, now + 2 * HOUR)
    writes(ticket, alice, now + 4 * HOUR)
    lines = why(ticket, "next_reply", now + 5 * HOUR)
    assert lines[0] == "The customer wrote Monday 23 November, 12:00; the oldest unanswered message counts."


def test_pauses_are_told_with_what_is_left(agent: Agent, alice: Customer, now: datetime) -> None:
    ticket = open_ticket(alice, impact="limited")
    lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now + HOUR)
    assert why(ticket, "resolution", now + 2 * HOUR)[3:] == [
        "From Monday 23 November, 10:00 to Monday 23 November, 11:00 it counted 1 hr.",
        "It has stood still since Monday 23 November, 11:00.",
        "47 hrs are left once it goes on.",
    ]


def test_a_change_of_target_is_told_with_both_deadlines_and_its_cause(
    agent: Agent, alice: Customer, now: datetime
) -> None:
    ticket = open_ticket(alice, impact="limited")
    lifecycle.change_priority(ticket, priority=Priority.URGENT, by=acting(agent), at=now + 2 * HOUR)
    assert why(ticket, "first_reply", now + 2 * HOUR)[2:] == [
        "The priority was changed Monday 23 November, 12:00.",
        "That moved the deadline from Monday 23 November, 18:00 to Monday 23 November, 12:15.",
        "The target is 1 hr of opening hours.",
        "That much was used already when it was set, so 1 hr 15 mins were added.",
        "From Monday 23 November, 10:00 to Monday 23 November, 12:00 it counted 2 hrs.",
        "15 mins are left.",
        "So it is due Monday 23 November, 12:15.",
    ]


def test_a_holiday_is_told_by_its_name(alice: Customer, now: datetime) -> None:
    calendar = Calendar.objects.get()
    CalendarDate.objects.create(calendar=calendar, date=date(2026, 11, 24), name="Feast of the town")
    calendars.edited(calendar)
    ticket = open_ticket(alice, impact="limited", at=now + 9 * HOUR)
    assert why(ticket, "first_reply", now + 9 * HOUR)[3:] == [
        "8 hrs are left; before they are used up, the desk is closed for 1 day 12 hrs.",
        "Tuesday 24 November is a holiday: Feast of the town.",
        "So it is due Wednesday 25 November, 15:00.",
    ]


def test_a_night_is_told_as_time_in_which_the_desk_was_closed(alice: Customer, now: datetime) -> None:
    ticket = open_ticket(alice, impact="limited", at=now + 11 * HOUR)
    assert (
        "From Monday 23 November, 21:00 to Tuesday 24 November, 07:00 the desk was closed, so nothing counted."
        in why(ticket, "first_reply", now + 21 * HOUR)
    )


def test_a_missed_deadline_stays_on_record(agent: Agent, alice: Customer, now: datetime) -> None:
    ticket = open_ticket(alice, impact="limited")
    lifecycle.reply(ticket, text="Sorry.", by=acting(agent), at=now + 9 * HOUR)
    assert why(ticket, "first_reply", now + 10 * HOUR)[-2:] == [
        "The deadline was missed Monday 23 November, 18:00. That stays on record.",
        "We answered Monday 23 November, 19:00.",
    ]


def test_a_shorter_target_leaves_a_missed_deadline_where_it_was(agent: Agent, alice: Customer, now: datetime) -> None:
    ticket = open_ticket(alice, impact="limited")
    lifecycle.change_priority(ticket, priority=Priority.URGENT, by=acting(agent), at=now + 9 * HOUR)
    lines = why(ticket, "first_reply", now + 9 * HOUR)
    assert "It was missed before that target was set, and stays due when it was." in lines
    assert "So it is due Monday 23 November, 18:00." in lines


def test_a_deadline_that_was_met_says_when_it_was_due(agent: Agent, alice: Customer, now: datetime) -> None:
    ticket = open_ticket(alice, impact="limited")
    lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now + HOUR)
    assert why(ticket, "first_reply", now + 2 * HOUR)[-2:] == [
        "It was due Monday 23 November, 18:00.",
        "We answered Monday 23 November, 11:00.",
    ]


def test_a_hand_over_begins_another_rhythm_of_updates(agent: Agent, alice: Customer, now: datetime) -> None:
    ticket = open_ticket(alice)
    lifecycle.escalate(ticket, note=HandOver(known="All", expected="A date"), by=acting(agent), at=now)
    assert why(ticket, "update", now)[0] == "The customer was told of the hand-over Monday 23 November, 10:00."


def test_a_reader_elsewhere_is_told_whose_clocks_these_are(alice: Customer, now: datetime) -> None:
    ticket = open_ticket(alice, impact="limited")
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        lines = why(ticket, "first_reply", now)
    assert lines[0] == "Times are those of the desk in Rome."
    assert lines[-2:] == [
        "So it is due Monday 23 November, 18:00.",
        "On your clocks that is Tuesday 24 November, 02:00, Tokyo time.",
    ]


def test_a_reader_whose_clocks_show_the_same_is_told_nothing_of_zones(alice: Customer, now: datetime) -> None:
    ticket = open_ticket(alice, impact="limited")
    with timezone.override(ZoneInfo("Europe/Berlin")):
        lines = why(ticket, "first_reply", now)
    assert "Times are those of the desk in Rome." not in lines


def test_what_runs_comes_before_what_stands_still_and_what_is_over(
    agent: Agent, alice: Customer, now: datetime
) -> None:
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now, status=Status.OPEN)
    writes(ticket, alice, now + HOUR)
    lifecycle.change_status(ticket, status=Status.PENDING, by=acting(agent), at=now + 2 * HOUR)
    metrics = [clock.row.metric for clock in deadlines.of_ticket(ticket, now + 2 * HOUR)]
    assert metrics == ["next_reply", "update", "resolution", "first_reply"]


def test_all_clocks_and_their_reasons_cost_one_query(
    agent: Agent, alice: Customer, now: datetime, django_assert_num_queries: Any
) -> None:
    ticket = open_ticket(alice)
    deadlines.of_ticket(ticket, now)
    for number in range(5):
        lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now + number * HOUR)
        writes(ticket, alice, now + number * HOUR + HOUR / 2)
    with django_assert_num_queries(1):
        assert len(deadlines.of_ticket(ticket, now + 6 * HOUR)) == 4
