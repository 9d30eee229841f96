"""``manage.py verify_clocks``: stored clocks against their events."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.factories import open_ticket
from tickets.models import Customer, SLAClock, Ticket


def verify() -> str:
    out = StringIO()
    call_command("verify_clocks", stdout=out)
    return out.getvalue()


@pytest.fixture
def ticket(alice: Customer) -> Ticket:
    return open_ticket(alice)


@pytest.mark.usefixtures("ticket")
def test_clocks_that_are_right_are_counted() -> None:
    assert verify() == "Clocks that are right: 2.\n"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"due_at": datetime.fromisoformat("2026-11-23T12:00+00:00")},
            "first_reply 1 is due 2026-11-23 12:00:00+00:00",
        ),
        ({"grace": timedelta(minutes=5)}, "a fresh calculation says 2026-11-23 17:05:00+00:00"),
        ({"spells": []}, "first_reply 1 ran [], and its events say"),
        ({"next_step_at": None}, "share_75 is still to come"),
    ],
)
def test_a_clock_that_differs_from_its_events_is_named(ticket: Ticket, change: dict[str, Any], words: str) -> None:
    SLAClock.objects.filter(ticket=ticket, metric="first_reply").update(**change)
    out = StringIO()
    with pytest.raises(CommandError, match="Faults found: 1"):
        call_command("verify_clocks", stdout=out)
    assert words in out.getvalue()
    assert out.getvalue().startswith(ticket.reference)


def test_many_clocks_cost_no_more_statements_than_a_few(alice: Customer, django_assert_num_queries: Any) -> None:
    for _number in range(6):
        open_ticket(alice)
    verify()
    # Clocks, their events, and how many there are.
    with django_assert_num_queries(3):
        verify()
