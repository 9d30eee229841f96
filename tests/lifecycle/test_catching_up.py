"""After a pause of the sweep nobody is flooded: staff get one summary each, customers the mail that is theirs."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from tests.factories import CustomerFactory, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Calendar, ClockEvent, Customer, OutgoingMail, Ticket
from tickets.outbox.catching_up import GATHERS_FOR
from tickets.outbox.render import render
from tickets.outbox.tallies import LISTED

CASES = 3
DUE = timedelta(hours=8)
NIGHT = timedelta(hours=10)
"""Nothing swept since the cases were opened: each has a warning and a miss that are long past."""


@pytest.fixture
def tickets(alice: Customer, agent: Agent, senior: Agent) -> list[Ticket]:
    return [open_ticket(CustomerFactory.create()) for _ in range(CASES)]


def summary(agent: Agent) -> OutgoingMail:
    return OutgoingMail.objects.get(kind="catch_up", recipient=agent.user.email)


def test_everybody_gets_one_summary(tickets: list[Ticket], agent: Agent, senior: Agent, now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + NIGHT)
    staff = OutgoingMail.objects.filter(recipient__endswith="@shop.example", created_at__gt=now, customer=None)
    assert Counter(staff.values_list("recipient", "kind")) == {
        (agent.user.email, "catch_up"): 1,
        (senior.user.email, "catch_up"): 1,
    }


def test_it_says_how_much_there_was(tickets: list[Ticket], agent: Agent, senior: Agent, now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + NIGHT)
    assert (summary(agent).data["counts"]["missed"], summary(senior).data["counts"]["handed_over"]) == (CASES, CASES)


def test_each_step_is_recorded_at_its_own_moment(tickets: list[Ticket], now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + NIGHT)
    steps = ClockEvent.objects.filter(clock__metric="first_reply", kind__in=["warn", "breach"])
    assert Counter(steps.values_list("kind", "at")) == {("warn", now + DUE * 0.75): CASES, ("breach", now + DUE): CASES}


def test_each_customer_still_gets_a_mail_of_their_own(tickets: list[Ticket], now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + NIGHT)
    assert OutgoingMail.objects.filter(kind="escalated").count() == CASES


def test_batch_after_batch_adds_to_the_same_summary(tickets: list[Ticket], senior: Agent, now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + NIGHT, batch=1)
    assert summary(senior).data["counts"] == {"handed_over": CASES}


def test_a_summary_that_was_put_into_words_is_left_as_it_is(
    tickets: list[Ticket], senior: Agent, now: datetime
) -> None:
    lifecycle.sweep_clocks(at=now + NIGHT)
    first = summary(senior)
    render(first, at=now + NIGHT)
    first.save()
    open_ticket(CustomerFactory.create(), at=now + timedelta(minutes=1))
    lifecycle.sweep_clocks(at=now + NIGHT)
    mails = OutgoingMail.objects.filter(kind="catch_up", recipient=senior.user.email).order_by("pk")
    assert [mail.data["counts"]["handed_over"] for mail in mails] == [CASES, 1]


def test_it_waits_for_more(tickets: list[Ticket], senior: Agent, now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + NIGHT)
    assert summary(senior).next_try_at == now + NIGHT + GATHERS_FOR


def test_it_waits_for_working_hours(tickets: list[Ticket], senior: Agent, now: datetime) -> None:
    senior.calendar = Calendar.objects.get()
    senior.save()
    midnight = now.replace(hour=23)
    lifecycle.sweep_clocks(at=midnight)
    # The desk opens at eight in Rome.
    assert summary(senior).next_try_at == midnight.replace(day=24, hour=7)


def test_it_names_the_first_cases_and_no_more(alice: Customer, agent: Agent, senior: Agent, now: datetime) -> None:
    for _ in range(LISTED + 2):
        open_ticket(alice)
    lifecycle.sweep_clocks(at=now + NIGHT)
    assert (summary(senior).data["counts"]["handed_over"], len(summary(senior).data["tickets"])) == (LISTED + 2, LISTED)


def test_it_is_written_in_whole_sentences(tickets: list[Ticket], senior: Agent, now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + NIGHT)
    mail = summary(senior)
    render(mail, at=now + NIGHT)
    said = ["3 cases were handed to you.", *(ticket.reference for ticket in tickets)]
    assert [words for words in said if words not in mail.text] == []


def test_a_sweep_in_time_writes_to_people_one_by_one(tickets: list[Ticket], senior: Agent, now: datetime) -> None:
    lifecycle.sweep_clocks(at=now + DUE * 0.75)
    lifecycle.sweep_clocks(at=now + DUE)
    assert (
        OutgoingMail.objects.filter(kind="handed_over").count(),
        OutgoingMail.objects.filter(kind="catch_up").count(),
    ) == (
        CASES,
        0,
    )
