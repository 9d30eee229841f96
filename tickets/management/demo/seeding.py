"""All of it, once; and the one request that is late a minute after every start."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from celery import current_app
from django.db import transaction

from tickets.calendars.models import Calendar
from tickets.desk.models import Ticket
from tickets.desk.priorities import Priority
from tickets.desk.statuses import Status
from tickets.management import first_desk
from tickets.management.demo import data, mail, outages, people, shop, stories, terms, topics
from tickets.people.models import Customer, User
from tickets.sla import policies
from tickets.sla.models import MetricName

LATE_AFTER: Final = timedelta(seconds=75)
"""Time enough to sign in and open the queue before the case moves up by itself."""


class NotOurs(Exception):
    """The database belongs to somebody: a demo, whose passwords everybody knows, must not move in."""


def seed(*, at: datetime) -> bool:
    """Fill an empty desk, in one transaction; False when the demo is there already, and stays as people left it.

    Raises NotOurs when others are signed up here.
    """
    # Staff are never erased, so this holds whatever was tried in the admin.
    staff = data.read("people")["staff"]
    if User.objects.filter(email__in=[row["email"] for row in staff], is_staff=True).exists():
        return False
    if User.objects.exists() or Customer.objects.exists():
        raise NotOurs
    with _tasks_at_once(), transaction.atomic():
        first_desk.install()
        calendar = Calendar.objects.order_by("pk")[0]
        terms.install(calendar, at=at)
        topics.install()
        people.hire()
        people.welcome(at=at)
        shop.sell(at=at)
        rows = data.read("stories")["stories"]
        meanwhile = [*outages.told(until=at), *mail.came_in(until=at)]
        stories.tell(rows, hours=calendar.hours(), until=at, meanwhile=meanwhile)
    return True


@contextmanager
def _tasks_at_once() -> Iterator[None]:
    """Tasks run where they are sent from. Mails of the past count as sent, so that no worker need be told of any."""
    before = current_app.conf.task_always_eager
    current_app.conf.task_always_eager = True
    try:
        yield
    finally:
        current_app.conf.task_always_eager = before


def watch(*, at: datetime) -> Ticket | None:
    """A request that waits for its first answer and will be late in a minute; None while an earlier one still waits.

    Its customer's plan promises an answer within so many minutes round the clock, so it works on any night or holiday.
    """
    row = data.read("stories")["watched"]
    customer = Customer.objects.filter(email=row["customer"], erased_at=None).first()
    waiting = Ticket.objects.filter(subject=row["subject"], status=Status.NEW, next_due_at__gt=at)
    if customer is None or waiting.exists():
        return None
    target = next(
        policy.targets[Priority.URGENT, MetricName.FIRST_REPLY]
        for policy in policies.in_use()
        if customer.plan in policy.plans
    )
    return stories.open_request(customer, row, at=at + LATE_AFTER - timedelta(minutes=target.minutes))
