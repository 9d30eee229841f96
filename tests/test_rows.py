"""Many rows in one statement come out of the database as they went in."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import open_ticket
from tickets import rows
from tickets.audit.models import AuditEntry
from tickets.models import Agent, SLAClock, Ticket

TO_THE_MICROSECOND = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def tickets(agent: Agent) -> list[Ticket]:
    return [open_ticket() for _ in range(3)]


def test_what_is_inserted_is_what_is_read(tickets: list[Ticket]) -> None:
    data = {"words": 'She said "100 % \\ 温度" & left\n', "none": None, "list": [1, 2.5, True]}
    written = rows.insert(
        AuditEntry(ticket=ticket, sequence=99, at=TO_THE_MICROSECOND, actor_kind="system", code="noted", data=data)
        for ticket in tickets
    )
    read = AuditEntry.objects.filter(sequence=99).order_by("pk")
    assert [(entry.pk, entry.ticket_id, entry.at, entry.data) for entry in read] == [
        (entry.pk, ticket.pk, TO_THE_MICROSECOND, data) for entry, ticket in zip(written, tickets, strict=True)
    ]


def test_only_the_named_fields_are_updated(tickets: list[Ticket]) -> None:
    clocks = list(SLAClock.objects.filter(metric="first_reply").order_by("pk"))
    before = [clock.due_at for clock in clocks]
    for number, clock in enumerate(clocks):
        clock.grace = timedelta(days=number, microseconds=1)
        clock.spells = [[TO_THE_MICROSECOND.isoformat(), None]]
        clock.due_at = None
    rows.update(clocks, ["grace", "spells"])
    read = list(SLAClock.objects.filter(metric="first_reply").order_by("pk"))
    assert [(clock.grace, clock.spells) for clock in read] == [(clock.grace, clock.spells) for clock in clocks]
    assert [clock.due_at for clock in read] == before


@pytest.mark.django_db
def test_no_rows_are_no_statement(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        rows.update([], ["grace"])
        assert rows.insert(iter(())) == []
