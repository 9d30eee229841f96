"""What sets off the rules, each through the event that it comes from; and that each fires once per ticket and cause."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import CategoryFactory, TeamFactory, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.statuses import Status
from tickets.lifecycle import HandOver, Proposal
from tickets.models import (
    Agent,
    Calendar,
    Customer,
    Escalation,
    EscalationRule,
    EscalationTier,
    OutgoingMail,
    RuleFiring,
    Ticket,
)

HOUR = timedelta(hours=1)
NOTE = HandOver(known="Weak pump", expected="A repair")


@pytest.fixture
def ticket(alice: Customer, agent: Agent, senior: Agent) -> Ticket:
    """Alice's, with Marta at the first tier; and no rules but a test's own."""
    EscalationRule.objects.all().delete()
    return open_ticket(alice)


@pytest.fixture
def ines(lead: Agent) -> Agent:
    """A lead who has the role."""
    lead.user.groups.add(Group.objects.get(name="Leads"))
    return lead


def rule(trigger: str, **does: Any) -> EscalationRule:
    return EscalationRule.objects.create(name=trigger, trigger=trigger, **{"raise_tier": False, **does})


def customer(ticket: Ticket) -> Actor:
    return Actor("customer", ticket.customer.user_id)


def level(ticket: Ticket) -> int:
    ticket.refresh_from_db()
    return ticket.tier.level


def solve(ticket: Ticket, agent: Agent, at: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=at)


# --- Each trigger -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "after"), [("warn", 6), ("breach", 8), ("overdue", 12)])
def test_a_step_of_a_clock(ticket: Ticket, now: datetime, step: str, after: int) -> None:
    rule("clock", metric="first_reply", step=step, raise_tier=True)
    lifecycle.sweep_clocks(at=now + after * HOUR - timedelta(seconds=1))
    before = level(ticket)
    lifecycle.sweep_clocks(at=now + timedelta(days=2))
    assert (before, level(ticket)) == (1, 2)


def test_another_step_of_the_clock_is_no_occasion(ticket: Ticket, now: datetime) -> None:
    rule("clock", metric="resolution", step="breach", raise_tier=True)
    lifecycle.sweep_clocks(at=now + timedelta(days=1))
    assert level(ticket) == 1


def test_opened_again_so_many_times(ticket: Ticket, agent: Agent, now: datetime) -> None:
    rule("reopened", threshold=2, raise_tier=True)
    levels = []
    for number in range(2):
        solve(ticket, agent, now + number * HOUR)
        lifecycle.receive_customer_message(ticket, text="Still broken.", by=customer(ticket), at=now + number * HOUR)
        levels.append(level(ticket))
    assert levels == [1, 2]


def test_so_many_failed_attempts(ticket: Ticket, agent: Agent, now: datetime) -> None:
    rule("attempts", threshold=2, raise_tier=True)
    levels = []
    for number in range(2):
        at = now + number * HOUR
        said = lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=at, attempt=Proposal("Descale it"))
        for _click in range(2):
            lifecycle.answer_attempt(said.attempts.get(), worked=False, by=customer(ticket), at=at)
        levels.append(level(ticket))
    assert levels == [1, 2]


@pytest.mark.parametrize(("stars", "reached"), [(1, 2), (2, 2), (3, 1)])
def test_a_rating_of_so_many_stars_or_fewer(
    ticket: Ticket, agent: Agent, now: datetime, stars: int, reached: int
) -> None:
    rule("rating", threshold=2, raise_tier=True)
    solve(ticket, agent, now)
    lifecycle.rate(ticket, cycle=1, stars=stars, comment="", by=customer(ticket), at=now + HOUR)
    assert level(ticket) == reached


def test_a_broken_promise(ticket: Ticket, agent: Agent, now: datetime) -> None:
    rule("promise", raise_tier=True)
    lifecycle.promise(ticket, kind="update", due_at=now + HOUR, by=acting(agent), at=now)
    lifecycle.break_promises(at=now + HOUR)
    assert level(ticket) == 2


def test_a_topic_that_is_a_critical_outage(alice: Customer, agent: Agent, senior: Agent, now: datetime) -> None:
    EscalationRule.objects.all().delete()
    rule("outage", raise_tier=True, set_priority="urgent")
    ticket = open_ticket(alice, category=CategoryFactory.create(critical_outage=True))
    assert (ticket.priority, level(ticket)) == ("urgent", 2)


def test_the_customers_request(ticket: Ticket, now: datetime) -> None:
    rule("request", raise_tier=True, answer_minutes=480)
    lifecycle.ask_for_escalation(ticket, reason="slow", words="", by=customer(ticket), at=now)
    assert level(ticket) == 2


def test_an_agents_decision_needs_no_rule(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)
    assert (level(ticket), RuleFiring.objects.count()) == (2, 0)


# --- Once -------------------------------------------------------------------------------------------------------------


def test_a_second_sweep_fires_nothing_twice(ticket: Ticket, now: datetime) -> None:
    rule("clock", metric="first_reply", step="breach", raise_tier=True)
    for _sweep in range(3):
        lifecycle.sweep_clocks(at=now + 8 * HOUR)
    assert (level(ticket), RuleFiring.objects.count()) == (2, 1)


def test_the_next_clock_is_another_cause(ticket: Ticket, agent: Agent, senior: Agent, now: datetime) -> None:
    rule("clock", metric="next_reply", step="breach", raise_tier=True)
    at = now
    for _question in range(2):
        lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=at)
        lifecycle.receive_customer_message(ticket, text="No.", by=customer(ticket), at=at + HOUR)
        at += timedelta(days=2)
        lifecycle.sweep_clocks(at=at)
    assert (level(ticket), RuleFiring.objects.count()) == (3, 2)


def test_the_same_rating_given_again_fires_nothing(ticket: Ticket, agent: Agent, ines: Agent, now: datetime) -> None:
    rule("rating", threshold=2, notify=["leads"])
    solve(ticket, agent, now)
    for stars in (1, 1, 2):
        lifecycle.rate(ticket, cycle=1, stars=stars, comment="", by=customer(ticket), at=now + HOUR)
    assert OutgoingMail.objects.filter(kind="rule_fired").count() == 1


def test_what_a_rule_opens_again_sets_off_no_rule(ticket: Ticket, agent: Agent, now: datetime) -> None:
    """Else one that raises what was opened again could go round for ever."""
    rule("rating", threshold=2, raise_tier=True)
    rule("reopened", threshold=1, raise_tier=True)
    solve(ticket, agent, now)
    lifecycle.rate(ticket, cycle=1, stars=1, comment="", by=customer(ticket), at=now + HOUR)
    assert (level(ticket), ticket.status, ticket.reopened_count, RuleFiring.objects.count()) == (2, "open", 1, 1)


def test_two_rules_for_one_event_move_the_case_once(ticket: Ticket, now: datetime) -> None:
    rule("clock", metric="first_reply", step="breach", raise_tier=True)
    rule("clock", metric="first_reply", step="breach", raise_tier=True, priorities=["normal"])
    lifecycle.sweep_clocks(at=now + 8 * HOUR)
    assert (level(ticket), RuleFiring.objects.count()) == (2, 2)


def test_of_steps_noticed_at_once_the_last_says_where_the_case_goes(ticket: Ticket, lead: Agent, now: datetime) -> None:
    rule("clock", metric="first_reply", step="warn", raise_tier=True)
    rule("clock", metric="first_reply", step="breach", raise_tier=True, to_tier=EscalationTier.objects.get(level=3))
    lifecycle.sweep_clocks(at=now + 9 * HOUR)
    assert (level(ticket), RuleFiring.objects.count()) == (3, 2)


# --- Where to, and what else ------------------------------------------------------------------------------------------


def test_straight_to_a_tier(ticket: Ticket, lead: Agent, now: datetime) -> None:
    rule("clock", metric="first_reply", step="breach", raise_tier=True, to_tier=EscalationTier.objects.get(level=3))
    lifecycle.sweep_clocks(at=now + 8 * HOUR)
    assert (level(ticket), ticket.assignee) == (3, lead)


def test_not_above_its_highest_tier(ticket: Ticket, agent: Agent, now: datetime) -> None:
    second = EscalationTier.objects.get(level=2)
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now, to=second)
    rule("promise", raise_tier=True, highest_tier=second)
    lifecycle.promise(ticket, kind="update", due_at=now + HOUR, by=acting(agent), at=now)
    lifecycle.break_promises(at=now + HOUR)
    assert level(ticket) == 2


def test_never_down(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now, to=EscalationTier.objects.get(level=3))
    rule("promise", raise_tier=True, to_tier=EscalationTier.objects.get(level=2))
    lifecycle.promise(ticket, kind="update", due_at=now + HOUR, by=acting(agent), at=now)
    lifecycle.break_promises(at=now + HOUR)
    assert level(ticket) == 3


def test_a_closed_case_stays_closed_but_the_leads_hear(
    ticket: Ticket, agent: Agent, ines: Agent, now: datetime
) -> None:
    rule("rating", threshold=2, raise_tier=True, notify=["leads"])
    solve(ticket, agent, now)
    lifecycle.close(ticket, by=acting(agent), at=now)
    lifecycle.rate(ticket, cycle=1, stars=1, comment="", by=customer(ticket), at=now + HOUR)
    ticket.refresh_from_db()
    assert (ticket.status, OutgoingMail.objects.get(kind="rule_fired").recipient) == ("closed", ines.user.email)


def test_only_for_its_priorities(ticket: Ticket, now: datetime) -> None:
    rule("clock", metric="first_reply", step="breach", raise_tier=True, priorities=["urgent"])
    lifecycle.sweep_clocks(at=now + 8 * HOUR)
    assert level(ticket) == 1


def test_a_rule_out_of_use_does_nothing(ticket: Ticket, now: datetime) -> None:
    rule("clock", metric="first_reply", step="breach", raise_tier=True, active=False)
    lifecycle.sweep_clocks(at=now + 8 * HOUR)
    assert level(ticket) == 1


def test_it_sets_the_rhythm_of_updates(ticket: Ticket, agent: Agent, now: datetime) -> None:
    rule("promise", update_minutes=60)
    lifecycle.reply(ticket, text="We are on it.", by=acting(agent), at=now, status=Status.OPEN)
    lifecycle.promise(ticket, kind="update", due_at=now + timedelta(minutes=5), by=acting(agent), at=now)
    lifecycle.break_promises(at=now + timedelta(minutes=5))
    assert ticket.clocks.get(metric="update", stopped_at=None).due_at == now + HOUR


def test_it_tells_whom_it_names_each_once(
    ticket: Ticket, agent: Agent, senior: Agent, ines: Agent, now: datetime
) -> None:
    lifecycle.follow(ticket, agent=senior)
    lifecycle.follow(ticket, agent=ines)
    rule("promise", notify=["assignee", "followers", "leads"])
    lifecycle.promise(ticket, kind="update", due_at=now + HOUR, by=acting(agent), at=now)
    lifecycle.break_promises(at=now + HOUR)
    told = OutgoingMail.objects.filter(kind="rule_fired").order_by("recipient").values_list("recipient", flat=True)
    assert list(told) == [agent.user.email, ines.user.email, senior.user.email]


def test_a_lead_who_is_off_duty_reads_it_when_work_begins(
    ticket: Ticket, agent: Agent, ines: Agent, now: datetime
) -> None:
    ines.calendar = Calendar.objects.get()
    ines.save()
    rule("promise", notify=["leads"])
    at_night = now + 12 * HOUR
    lifecycle.promise(ticket, kind="update", due_at=at_night, by=acting(agent), at=now)
    lifecycle.break_promises(at=at_night)
    mail = OutgoingMail.objects.get(kind="rule_fired")
    assert mail.next_try_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


# --- The teams of a tier ----------------------------------------------------------------------------------------------


def test_a_case_goes_to_a_team_of_the_tier_it_comes_to(
    ticket: Ticket, agent: Agent, senior: Agent, now: datetime
) -> None:
    workshop = TeamFactory.create(name="Workshop")
    senior.teams.set([workshop])
    EscalationTier.objects.get(level=2).teams.set([TeamFactory.create(name="Warehouse"), workshop])
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)
    assert (ticket.team, ticket.assignee) == (workshop, senior)


def test_back_on_a_tier_without_teams_it_belongs_to_the_team_of_its_topic(
    ticket: Ticket, agent: Agent, senior: Agent, now: datetime
) -> None:
    own = ticket.team
    EscalationTier.objects.get(level=2).teams.set([TeamFactory.create(name="Workshop")])
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)
    lifecycle.hand_back(ticket, to=EscalationTier.objects.get(level=1), note=NOTE, by=acting(senior), at=now)
    assert ticket.team == own


# --- Followers --------------------------------------------------------------------------------------------------------


def told(agent: Agent) -> list[str]:
    mails = OutgoingMail.objects.filter(kind="followed", recipient=agent.user.email).order_by("pk")
    return [mail.data["what"] for mail in mails]


def test_followers_hear_once_when_it_is_escalated_and_when_it_is_solved(
    ticket: Ticket, agent: Agent, lead: Agent, now: datetime
) -> None:
    lifecycle.follow(ticket, agent=lead)
    lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now)
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now + HOUR)
    solve(ticket, agent, now + 2 * HOUR)
    assert told(lead) == ["escalated", "resolved"]


def test_whoever_lost_the_case_to_a_rule_is_told(ticket: Ticket, agent: Agent, now: datetime) -> None:
    rule("clock", metric="first_reply", step="breach", raise_tier=True)
    lifecycle.sweep_clocks(at=now + 8 * HOUR)
    assert told(agent) == ["escalated"]


def test_nobody_is_told_of_what_they_did_themselves(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)
    assert told(agent) == []


def test_who_stopped_following_hears_no_more(ticket: Ticket, agent: Agent, lead: Agent, now: datetime) -> None:
    lifecycle.follow(ticket, agent=lead)
    lifecycle.stop_following(ticket, agent=lead)
    solve(ticket, agent, now)
    assert told(lead) == []


@pytest.mark.parametrize(("in_its_team", "heard"), [(False, []), (True, ["resolved"])])
def test_a_case_that_became_restricted_is_told_to_those_who_need_to_know(
    ticket: Ticket, agent: Agent, senior: Agent, now: datetime, in_its_team: bool, heard: list[str]
) -> None:
    lifecycle.follow(ticket, agent=senior)
    data_protection = TeamFactory.create(name="Data protection")
    if in_its_team:
        senior.teams.add(data_protection)
    restricted = CategoryFactory.create(restricted=True, team=data_protection)
    lifecycle.change_category(ticket, category=restricted, by=acting(agent), at=now)
    solve(ticket, agent, now)
    assert told(senior) == heard


def test_a_sweep_looks_followers_up_once_for_all_cases(
    ticket: Ticket, senior: Agent, lead: Agent, now: datetime
) -> None:
    rule("clock", metric="first_reply", step="breach", raise_tier=True)
    queries = []
    for number in (2, 8):
        at = now + number * timedelta(days=7)
        for _number in range(number):
            lifecycle.follow(open_ticket(ticket.customer, at=at), agent=lead)
        with CaptureQueriesContext(connection) as captured:
            lifecycle.sweep_clocks(at=at + 8 * HOUR)
        queries.append(len(captured))
    assert (queries[0] == queries[1], len(told(lead))) == (True, 10)


# --- The rules that a desk begins with --------------------------------------------------------------------------------


def test_the_first_desk_has_a_rule_for_everything_that_can_set_one_off(desk: None) -> None:
    rules = EscalationRule.objects.values_list("trigger", "raise_tier", "threshold").distinct().order_by("trigger")
    assert sorted(rules, key=str) == sorted(
        [
            ("attempts", True, 2),
            ("clock", True, None),
            ("clock", False, None),
            ("outage", True, None),
            ("promise", False, None),
            ("rating", True, 2),
            ("reopened", True, 2),
            ("request", False, None),
        ],
        key=str,
    )


def test_the_cause_is_told_to_the_customer(ticket: Ticket, agent: Agent, now: datetime) -> None:
    rule("promise", raise_tier=True)
    lifecycle.promise(ticket, kind="update", due_at=now + HOUR, by=acting(agent), at=now)
    lifecycle.break_promises(at=now + HOUR)
    assert (OutgoingMail.objects.get(kind="escalated").data["cause"], Escalation.objects.get().cause) == (
        "promise",
        "promise",
    )
