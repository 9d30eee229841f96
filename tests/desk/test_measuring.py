"""How long the cases of a topic took: which of them count."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.factories import CategoryFactory, CustomerFactory
from tickets.desk.expectations import ENOUGH, Measured
from tickets.desk.measuring import LATELY, NEWEST, durations, measure_topics, measured_of
from tickets.models import Category, CategoryHistory, Customer, EscalationTier, Outage, Ticket

DAY = timedelta(days=1)


@pytest.fixture
def topic(desk: None) -> Category:
    return CategoryFactory.create()


@pytest.fixture
def customer(desk: None) -> Customer:
    return CustomerFactory.create()


def solved(topic: Category, customer: Customer, resolved_at: datetime, took: timedelta, **rest: Any) -> Ticket:
    """A case of the past; its clocks and record do not matter here."""
    return Ticket.objects.create(
        **{"status": "closed", **rest},
        customer=customer,
        category=topic,
        subject="Solved",
        tier=EscalationTier.objects.get(level=1),
        language="en",
        created_at=resolved_at - took,
        updated_at=resolved_at,
        resolved_at=resolved_at,
    )


def test_a_case_counts_from_its_opening_to_its_last_solution(
    topic: Category, customer: Customer, now: datetime
) -> None:
    solved(topic, customer, now, 3 * DAY)
    assert durations(topic.pk, at=now) == [3 * DAY]


def test_other_topics_do_not_count(topic: Category, customer: Customer, now: datetime) -> None:
    solved(CategoryFactory.create(), customer, now, 3 * DAY)
    assert durations(topic.pk, at=now) == []


def test_what_was_solved_long_ago_does_not_count(topic: Category, customer: Customer, now: datetime) -> None:
    solved(topic, customer, now - LATELY, 3 * DAY)
    assert durations(topic.pk, at=now) == []


def test_a_merged_case_does_not_count(topic: Category, customer: Customer, now: datetime) -> None:
    into = solved(topic, customer, now, 3 * DAY)
    solved(topic, customer, now, 5 * DAY, merged_into=into)
    assert durations(topic.pk, at=now) == [3 * DAY]


def test_a_case_of_an_outage_does_not_count(topic: Category, customer: Customer, lead: Any, now: datetime) -> None:
    outage = Outage.objects.create(
        title="Shop down", category=topic, started_at=now, declared_at=now, declared_by=lead.user,
        update_minutes=60, next_update_by=now + DAY,
    )  # fmt: skip
    solved(topic, customer, now, 3 * DAY, outage=outage)
    assert durations(topic.pk, at=now) == []


def test_of_very_many_the_newest_count(
    topic: Category, customer: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert NEWEST > ENOUGH
    monkeypatch.setattr("tickets.desk.measuring.NEWEST", 1)
    solved(topic, customer, now - DAY, 3 * DAY)
    solved(topic, customer, now, 5 * DAY)
    assert durations(topic.pk, at=now) == [5 * DAY]


def test_a_topic_is_measured_once_there_is_enough(topic: Category, customer: Customer, now: datetime) -> None:
    for number in range(1, ENOUGH):
        solved(topic, customer, now, number * DAY)
    assert measure_topics(at=now) == 0
    assert measured_of(topic) is None
    solved(topic, customer, now, ENOUGH * DAY)
    assert measure_topics(at=now) == 1
    assert measured_of(topic) == Measured(ENOUGH, 10 * DAY, 16 * DAY)


def test_measuring_again_replaces_what_was_measured(topic: Category, customer: Customer, now: datetime) -> None:
    for _ in range(ENOUGH):
        solved(topic, customer, now, DAY)
    measure_topics(at=now)
    solved(topic, customer, now, DAY)
    measure_topics(at=now + timedelta(hours=1))
    assert CategoryHistory.objects.get().sample == ENOUGH + 1


def test_a_topic_that_has_grown_quiet_is_no_longer_measured(topic: Category, customer: Customer, now: datetime) -> None:
    for _ in range(ENOUGH):
        solved(topic, customer, now, DAY)
    measure_topics(at=now)
    measure_topics(at=now + LATELY)
    assert not CategoryHistory.objects.exists()


def test_measuring_costs_a_query_a_topic(
    topic: Category, customer: Customer, now: datetime, django_assert_num_queries: Any
) -> None:
    for _ in range(ENOUGH):
        solved(topic, customer, now, DAY)
    topics = Category.objects.count()
    # The topics; each of them; the upsert; what is no longer measured.
    with django_assert_num_queries(topics + 3):
        measure_topics(at=now)
