"""When a customer may expect a solution: what they are told, and that it never changes in silence."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group

from tests.factories import CategoryFactory, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.expectations import ENOUGH, Reason, first_moment, last_moment
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed
from tickets.lifecycle import HandOver
from tickets.models import Agent, Category, CategoryHistory, Customer, EscalationTier, OutgoingMail, Ticket
from tickets.people import roles

DAY = timedelta(days=1)
DUBLIN = ZoneInfo("Europe/Dublin")


@pytest.fixture
def topic(desk: None, now: datetime) -> Category:
    """Half of its cases are solved within two days, most within five."""
    topic = CategoryFactory.create(name="Repairs")
    CategoryHistory.objects.create(
        category=topic, sample=214, half_within=2 * DAY, most_within=5 * DAY, measured_at=now
    )
    return topic


@pytest.fixture
def ticket(alice: Customer, agent: Agent, topic: Category) -> Ticket:
    return open_ticket(alice, category=topic)


def told(ticket: Ticket) -> tuple[Any, ...]:
    ticket.refresh_from_db()
    return ticket.expected_from, ticket.expected_until, ticket.expected_basis, ticket.expected_sample


def days(first: date, last: date) -> tuple[datetime, datetime]:
    return first_moment(first, DUBLIN), last_moment(last, DUBLIN)


def mails(kind: str = "expectation_changed") -> list[dict[str, Any]]:
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk").values_list("data", flat=True))


def history_of(ticket: Ticket, now: datetime, took: list[timedelta]) -> None:
    """Cases of the same topic that were solved in the last days."""
    Ticket.objects.bulk_create(
        Ticket(
            customer=ticket.customer, category=ticket.category, subject="Solved", tier=ticket.tier, language="en",
            status=Status.CLOSED, created_at=now - one, updated_at=now, resolved_at=now,
        )
        for one in took
    )  # fmt: skip


# --- From the start ---------------------------------------------------------------------------------------------------


def test_a_new_case_is_told_what_comparable_cases_needed(ticket: Ticket) -> None:
    assert told(ticket) == (*days(date(2026, 11, 25), date(2026, 11, 28)), "history", 214)


def test_the_acknowledgement_carries_what_was_told(ticket: Ticket) -> None:
    ticket.refresh_from_db()
    assert ticket.expected_from
    assert ticket.expected_until
    assert mails("acknowledgement")[0]["expected"] == [
        ticket.expected_from.isoformat(),
        ticket.expected_until.isoformat(),
    ]


def test_without_enough_history_the_topics_own_figure_is_told(alice: Customer) -> None:
    ticket = open_ticket(alice, category=CategoryFactory.create(expected_days=3))
    latest = last_moment(date(2026, 11, 26), DUBLIN)
    assert told(ticket) == (latest, latest, "category", None)


def test_without_any_figure_no_date_is_told(alice: Customer) -> None:
    assert told(open_ticket(alice, category=CategoryFactory.create())) == (None, None, "", None)


def test_what_is_said_before_sending_is_what_is_told_after(alice: Customer, topic: Category, now: datetime) -> None:
    said = lifecycle.solution_expected(customer=alice, category=topic, at=now)
    ticket = open_ticket(alice, category=topic)
    assert said
    assert told(ticket)[:2] == (said.earliest, said.latest)


# --- Another topic ----------------------------------------------------------------------------------------------------


def test_another_topic_brings_another_expectation_and_its_reason(ticket: Ticket, agent: Agent, now: datetime) -> None:
    slower = CategoryFactory.create(expected_days=10)
    before = told(ticket)[:2]
    lifecycle.change_category(ticket, category=slower, by=acting(agent), at=now + DAY)
    latest = last_moment(date(2026, 12, 3), DUBLIN)
    assert told(ticket) == (latest, latest, "category", None)
    assert mails() == [
        {
            "before": [moment.isoformat() for moment in before],
            "after": [latest.isoformat(), latest.isoformat()],
            "reason": "category",
        }
    ]


def test_a_topic_that_means_the_same_days_is_not_worth_a_mail(ticket: Ticket, agent: Agent, now: datetime) -> None:
    twin = CategoryFactory.create()
    CategoryHistory.objects.create(category=twin, sample=30, half_within=2 * DAY, most_within=5 * DAY, measured_at=now)
    lifecycle.change_category(ticket, category=twin, by=acting(agent), at=now + DAY)
    assert mails() == []


def test_a_topic_without_figures_takes_the_date_back_and_asks_for_one(
    ticket: Ticket, agent: Agent, senior: Agent, now: datetime
) -> None:
    lifecycle.change_category(ticket, category=CategoryFactory.create(), by=acting(senior), at=now + DAY)
    assert told(ticket) == (None, None, "to_come", None)
    assert mails()[0]["after"] is None
    assert OutgoingMail.objects.get(kind="expectation_wanted").recipient == agent.user.email


def test_a_first_expectation_is_shown_and_not_announced_as_a_change(
    alice: Customer, agent: Agent, topic: Category, now: datetime
) -> None:
    ticket = open_ticket(alice, category=CategoryFactory.create())
    lifecycle.change_category(ticket, category=topic, by=acting(agent), at=now)
    assert told(ticket)[2] == "history"
    assert mails() == []


def test_what_an_agent_said_stands_whatever_the_topic(ticket: Ticket, agent: Agent, now: datetime) -> None:
    set_by_hand(ticket, agent, now)
    lifecycle.change_category(ticket, category=CategoryFactory.create(expected_days=10), by=acting(agent), at=now + DAY)
    assert told(ticket)[2] == "agent"


# --- By hand ----------------------------------------------------------------------------------------------------------


def set_by_hand(ticket: Ticket, agent: Agent, at: datetime, **changes: Any) -> None:
    arguments = {
        "earliest": date(2026, 12, 1), "latest": date(2026, 12, 4), "reason": Reason.PARTS, **changes,
    }  # fmt: skip
    lifecycle.set_expectation(ticket, **arguments, by=acting(agent), at=at)


def test_an_agent_sets_the_days_and_the_customer_is_told_why(ticket: Ticket, agent: Agent, now: datetime) -> None:
    set_by_hand(ticket, agent, now + DAY)
    assert told(ticket) == (*days(date(2026, 12, 1), date(2026, 12, 4)), "agent", None)
    assert [mail["reason"] for mail in mails()] == ["parts"]
    assert ticket.record.filter(code="expectation_changed").count() == 1


def test_the_same_days_again_are_told_once(ticket: Ticket, agent: Agent, now: datetime) -> None:
    set_by_hand(ticket, agent, now + DAY)
    set_by_hand(ticket, agent, now + DAY)
    assert len(mails()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"earliest": None, "latest": date(2026, 11, 22)}, id="in the past"),
        pytest.param({"earliest": date(2026, 12, 5)}, id="the wrong way round"),
        pytest.param({"latest": date(2036, 12, 4)}, id="ten years ahead"),
        pytest.param({"reason": Reason.LONGER}, id="a reason that only the desk itself gives"),
    ],
)
def test_days_that_cannot_be_meant_are_refused(
    ticket: Ticket, agent: Agent, now: datetime, changes: dict[str, Any]
) -> None:
    with pytest.raises(NotAllowed):
        set_by_hand(ticket, agent, now, **changes)
    assert mails() == []


def test_a_solved_case_has_nothing_to_expect(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    with pytest.raises(NotAllowed):
        set_by_hand(ticket, agent, now)


# --- It takes longer --------------------------------------------------------------------------------------------------


LATE = datetime(2026, 11, 29, 9, 0, tzinfo=ZoneInfo("UTC"))


def test_nothing_is_told_before_the_last_day_is_over(ticket: Ticket, now: datetime) -> None:
    ticket.refresh_from_db()
    assert ticket.expected_until
    assert lifecycle.keep_expectations(at=ticket.expected_until - timedelta(minutes=1)) == 0


def test_a_case_that_takes_longer_is_told_what_such_cases_needed(ticket: Ticket, now: datetime) -> None:
    history_of(ticket, LATE, [DAY] * 50 + [number * DAY for number in range(7, 7 + ENOUGH)])
    assert lifecycle.keep_expectations(at=LATE) == 1
    assert told(ticket) == (*days(date(2026, 12, 9), date(2026, 12, 15)), "history", ENOUGH)
    assert [mail["reason"] for mail in mails()] == ["longer"]


def test_where_too_few_took_that_long_the_date_is_taken_back_and_asked_for(
    ticket: Ticket, agent: Agent, now: datetime
) -> None:
    lifecycle.keep_expectations(at=LATE)
    assert told(ticket) == (None, None, "to_come", None)
    assert (mails()[0]["after"], mails()[0]["reason"]) == (None, "longer")
    assert OutgoingMail.objects.get(kind="expectation_wanted").recipient == agent.user.email


def test_where_nobody_has_the_case_the_leads_are_asked(
    ticket: Ticket, lead: Agent, senior: Agent, now: datetime
) -> None:
    lead.user.groups.add(Group.objects.get(name=roles.LEADS))
    lifecycle.assign(ticket, to=None, by=acting(senior), at=now)
    lifecycle.keep_expectations(at=LATE)
    assert OutgoingMail.objects.get(kind="expectation_wanted").recipient == lead.user.email


def test_it_is_told_once(ticket: Ticket, now: datetime) -> None:
    lifecycle.keep_expectations(at=LATE)
    lifecycle.keep_expectations(at=LATE + 10 * DAY)
    assert len(mails()) == 1


def test_a_case_that_waits_for_its_customer_is_let_be_until_they_answer(
    ticket: Ticket, agent: Agent, alice: Customer, now: datetime
) -> None:
    lifecycle.reply(ticket, text="Which one?", by=acting(agent), at=now)
    assert lifecycle.keep_expectations(at=LATE) == 0
    lifecycle.receive_customer_message(ticket, text="This.", by=Actor.of(alice.user), at=LATE)
    assert lifecycle.keep_expectations(at=LATE) == 1


def test_a_solved_case_is_let_be(ticket: Ticket, agent: Agent, now: datetime) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    assert lifecycle.keep_expectations(at=LATE) == 0


def test_a_case_that_went_up_the_ladder_says_so(ticket: Ticket, agent: Agent, senior: Agent, now: datetime) -> None:
    note = HandOver(known="All.", expected="A date.")
    lifecycle.escalate(ticket, note=note, by=acting(agent), at=now, to=EscalationTier.objects.get(level=2))
    lifecycle.keep_expectations(at=LATE)
    assert mails()[0]["reason"] == "escalated"


def test_looking_for_cases_that_take_longer_is_one_query_when_there_are_none(
    ticket: Ticket, now: datetime, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        lifecycle.keep_expectations(at=now)


def test_the_number_of_queries_does_not_grow_with_the_cases(
    ticket: Ticket, alice: Customer, topic: Category, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        open_ticket(alice, category=topic)
    # Which; a transaction; the tickets, their clocks, who went up, how long others took; tickets, record and mail.
    with django_assert_max_num_queries(20):
        assert lifecycle.keep_expectations(at=LATE) == 13
