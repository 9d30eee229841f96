"""The table that ``make bench`` prints."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TextIO

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.benchmarks import seed
from tests.benchmarks.measure import Cost, cost
from tests.clients import signed_in
from tests.factories import AgentFactory, CustomerFactory, acting, open_ticket
from tickets import lifecycle, models
from tickets.audit.actor import Actor
from tickets.management import first_desk

MESSAGES = 20
DUE = 100


class Bench:
    """Grows the same desk from size to size, and measures the same things on it each time."""

    def __init__(self, sizes: tuple[int, ...], *, step: timedelta) -> None:
        first_desk.install()
        self.sizes = sizes
        self.step = step
        self.now = timezone.now()
        self.agent = AgentFactory.create(level=1, user__is_superuser=True)
        AgentFactory.create(level=2)
        self.customer = CustomerFactory.create()
        self.staff_client, self.customer_client = signed_in(self.agent.user), signed_in(self.customer.user)
        self.ticket, self.answered = self._conversation(), self._conversation()

    def run(self, out: TextIO) -> None:
        out.write(f"\n{connection.vendor}; a sweep with {DUE} due clocks; a ticket page with {MESSAGES} messages\n\n")
        out.write(f"{'':24}{'tickets':>9}{'ms':>9}{'queries':>9}{'calls':>9}{'x floor':>9}{'growth':>9}\n")
        first: dict[str, Cost] = {}
        for size in self.sizes:
            seed.grow(size, now=self.now)
            self._analyse()
            floor: Cost | None = None
            for name, measured in self._costs():
                floor = floor or measured
                smallest = first.setdefault(name, measured)
                out.write(
                    f"{name:24}{size:9,}{measured.milliseconds:9.1f}{measured.queries:9}{measured.calls:9,}"
                    f"{measured.milliseconds / floor.milliseconds:9.1f}{measured.milliseconds / smallest.milliseconds:9.1f}\n"
                )
            out.write("\n")

    def _costs(self) -> list[tuple[str, Cost]]:
        return [
            ("floor: 25 rows", cost(self._page(self.staff_client, "/floor/"))),
            ("queue page", cost(self._page(self.staff_client, reverse("admin:queue")))),
            ("ticket page", cost(self._page(self.staff_client, reverse("admin:ticket", args=[self.ticket.reference])))),
            (
                "case page",
                cost(self._page(self.customer_client, reverse("conversations:case", args=[self.ticket.reference]))),
            ),
            ("intake", cost(self._intake)),
            ("agent's reply", cost(self._reply)),
            ("sweep, nothing due", cost(lambda: lifecycle.sweep_clocks(at=self.now - timedelta(days=400)))),
            (f"sweep, {DUE} due", cost(self._sweep_due, prepare=self._make_due, runs=3)),
        ]

    def _page(self, client: Client, address: str) -> Callable[[], None]:
        def get() -> None:
            response = client.get(address)
            assert response.status_code == 200, (address, response.status_code)

        return get

    def _intake(self) -> None:
        open_ticket(self.customer, at=self._later())

    def _reply(self) -> None:
        lifecycle.reply(self.answered, text="Try this.", by=acting(self.agent), at=self._later())

    def _sweep_due(self) -> None:
        """Rolled back, so that the same clocks can be due again."""
        with transaction.atomic():
            swept = lifecycle.sweep_clocks(at=self.now)
            assert swept.steps >= DUE, swept
            transaction.set_rollback(True)

    def _make_due(self) -> None:
        seed.make_due(DUE, at=self.now)

    def _later(self) -> datetime:
        self.now += self.step
        return self.now

    def _conversation(self) -> models.Ticket:
        ticket = open_ticket(self.customer, at=self.now)
        for _ in range(MESSAGES // 2):
            lifecycle.reply(ticket, text="Try this.", by=acting(self.agent), at=self._later())
            customer = Actor("customer", self.customer.user_id)
            lifecycle.receive_customer_message(ticket, text="It did not help.", by=customer, at=self._later())
        return ticket

    def _analyse(self) -> None:
        """Statistics as a database that lives has them; else the planner guesses from an empty one."""
        cache.clear()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
