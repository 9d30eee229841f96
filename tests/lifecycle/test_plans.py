"""A customer gets another plan while others work on their cases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from tests.factories import NOW, acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Customer, Ticket
from tickets.people.models import Plan

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory has one connection"),
]


def in_another_connection(work: Callable[[], Ticket]) -> Ticket:
    """Without waiting for anybody's lock for long."""

    def impatient() -> Ticket:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '3s'")
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(impatient).result()


def test_a_request_that_comes_in_waits_for_no_change_of_plan(alice: Customer, lead: Agent) -> None:
    """Whoever has a case locked writes rows that point to its customer: waiting for each other would be a deadlock."""
    with transaction.atomic():
        lifecycle.change_plan(alice, plan=Plan.PLUS, by=acting(lead), at=NOW)
        came_in = in_another_connection(lambda: open_ticket(alice))
    assert came_in.pk
