from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import (
    AgentFactory,
    CategoryFactory,
    IntakeFieldFactory,
    IntakeFormFactory,
    OrderLineFactory,
    acting,
    open_ticket,
)
from tickets import lifecycle
from tickets.audit.rules import faults
from tickets.calendars.actions import hours
from tickets.desk.references import PATTERN
from tickets.management.first_desk import TARGETS
from tickets.models import Agent, Calendar, Customer, OutgoingMail, Ticket


def codes(ticket: Ticket) -> list[str]:
    return list(ticket.record.order_by("sequence").values_list("code", flat=True))


def test_it_gives_a_reference_that_can_be_read_out(alice: Customer) -> None:
    assert PATTERN.fullmatch(open_ticket(alice).reference)


def test_it_promises_an_answer_within_the_open_hours_of_the_policy(alice: Customer, agent: Agent) -> None:
    # Normal priority: eight open hours from ten o'clock in Rome, on a day that is open from eight to twenty.
    assert open_ticket(alice).next_update_at == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def test_it_acknowledges_with_the_same_moment_that_the_portal_shows(alice: Customer, agent: Agent) -> None:
    ticket = open_ticket(alice)
    mail = OutgoingMail.objects.get(kind="acknowledgement")
    assert (mail.ticket, mail.recipient, datetime.fromisoformat(mail.data["due_at"])) == (
        ticket,
        alice.email,
        ticket.next_update_at,
    )


def test_it_goes_to_an_agent_who_writes_the_customers_language(alice: Customer, agent: Agent) -> None:
    AgentFactory.create(level=1, languages={"de": 5})
    assert open_ticket(alice, language="it").assignee == agent


def test_it_says_why_somebody_got_it(alice: Customer, agent: Agent) -> None:
    assert open_ticket(alice).routing == {
        "agent": agent.pk,
        "considered": 1,
        "gave_up": [],
        "language_level": 5,
        "load": 0,
    }


def test_it_waits_in_the_queue_when_nobody_takes_cases(alice: Customer, agent: Agent) -> None:
    Agent.objects.update(available=False)
    ticket = open_ticket(alice)
    assert (ticket.assignee, ticket.routing["gave_up"]) == (None, ["nobody"])


def test_danger_is_urgent_whatever_the_topic(alice: Customer) -> None:
    assert open_ticket(alice, impact="danger").priority == "urgent"


def test_a_topic_may_ask_for_more_than_the_customer_says(alice: Customer) -> None:
    assert (
        open_ticket(alice, impact="question", category=CategoryFactory.create(default_priority="high")).priority
        == "high"
    )


def test_answers_keep_the_version_of_their_form(alice: Customer) -> None:
    form = IntakeFormFactory.create(version=3)
    field = IntakeFieldFactory.create(form=form)
    ticket = open_ticket(alice, category=form.category, form=form, answers={field: "E04"})
    assert (ticket.intake_form, ticket.answers.get().value) == (form, "E04")


def test_it_keeps_the_order_of_the_line(alice: Customer) -> None:
    line = OrderLineFactory.create(order__customer=alice)
    assert open_ticket(alice, order_line=line).order == line.order


def test_the_record_starts_with_the_opening(alice: Customer, agent: Agent) -> None:
    assert codes(open_ticket(alice)) == ["opened", "routed"]


def test_the_record_is_intact(alice: Customer, agent: Agent) -> None:
    assert faults(open_ticket(alice).record.order_by("sequence")) == []


def test_a_changed_entry_is_found(alice: Customer, agent: Agent) -> None:
    ticket = open_ticket(alice)
    ticket.record.filter(sequence=1).update(data={"answer_by": "2030-01-01T00:00:00+00:00"})
    assert [(fault.sequence, fault.code) for fault in faults(ticket.record.order_by("sequence"))] == [(1, "changed")]


def test_a_dropped_entry_is_found(alice: Customer, agent: Agent) -> None:
    ticket = open_ticket(alice)
    ticket.record.filter(sequence=1).delete()
    assert [(fault.sequence, fault.code) for fault in faults(ticket.record.order_by("sequence"))] == [
        (1, "missing"),
        (2, "unlinked"),
    ]


def test_customers_read_the_history_without_internal_entries(alice: Customer, agent: Agent, now: datetime) -> None:
    ticket = open_ticket(alice)
    lifecycle.add_note(ticket, text="Weak pump", by=acting(agent), at=now)
    seen = [line.code for line in lifecycle.history(ticket, at=now, for_customer=True)]
    assert seen == ["opened", "routed"]


@pytest.mark.parametrize("minute", range(0, 7 * 24 * 60, 97))
def test_the_first_desk_always_promises_an_answer_within_a_day(desk: None, minute: int) -> None:
    calendar = Calendar.objects.get()
    start = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=minute)
    slowest = max(targets["first_reply"] for targets in TARGETS.values())
    due = hours(calendar.pk, calendar.edition).add(start, timedelta(minutes=slowest))
    assert due - start <= timedelta(hours=24)
