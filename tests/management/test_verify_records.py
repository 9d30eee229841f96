from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories import open_ticket
from tickets.models import AuditEntry, Customer, Ticket


def verify(*arguments: str) -> str:
    output = StringIO()
    try:
        call_command("verify_records", *arguments, stdout=output)
    except CommandError as error:
        return f"{output.getvalue()}{error} ({error.returncode})"
    return output.getvalue()


@pytest.fixture
def ticket(alice: Customer) -> Ticket:
    return open_ticket(alice)


def test_whole_records_are_said_to_be_whole(ticket: Ticket) -> None:
    assert verify() == "Records that are whole: 1.\n"


def test_a_changed_entry_is_named(ticket: Ticket) -> None:
    ticket.record.filter(sequence=1).update(data={"answer_by": "never"})
    assert verify() == f"{ticket.reference}: entry 1 was changed\nFaults found: 1. (1)"


def test_a_dropped_entry_is_named(ticket: Ticket) -> None:
    ticket.record.filter(sequence=1).delete()
    assert f"{ticket.reference}: entry 1 is missing\n" in verify()


def test_a_ticket_that_lost_its_whole_record_is_named(ticket: Ticket) -> None:
    AuditEntry.objects.all().delete()
    assert verify() == f"{ticket.reference}: every entry is missing\nFaults found: 1. (1)"


def test_one_ticket_can_be_checked_alone(ticket: Ticket, bob: Customer) -> None:
    other = open_ticket(bob)
    other.record.filter(sequence=1).update(code="closed")
    assert verify(ticket.reference.lower()) == "Records that are whole: 1.\n"
    assert verify(other.reference).endswith("Faults found: 1. (1)")


def test_a_ticket_that_is_not_there_is_said(ticket: Ticket) -> None:
    assert verify("0000-0000") == "There is no ticket 0000-0000. (1)"
