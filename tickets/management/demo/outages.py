"""What does not work when the shop opens, as a lead declared it and wrote about it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.models import Category
from tickets.escalation.models import Outage
from tickets.lifecycle.outages import work as outage_work
from tickets.management.demo import data
from tickets.people.models import User

Row = Mapping[str, Any]


def told(*, until: datetime) -> list[Iterator[datetime]]:
    """Stories as ``stories.tell`` takes them: each yields the moment of its next step."""
    return [_told(row, until) for row in data.read("outages")["outages"]]


def _told(row: Row, until: datetime) -> Iterator[datetime]:
    declared_at = until - timedelta(minutes=row["declared_minutes_ago"])
    yield declared_at
    by = Actor.of(User.objects.get(email=row["declared_by"]))
    outage = _declare(row, until - timedelta(hours=row["began_hours_ago"]), by=by, at=declared_at)
    # Not left to the tasks, here and below: those ask the clock, and these weeks have a time of their own.
    outage_work.link_open_cases(outage.pk, at=declared_at)
    updated_at = until - timedelta(minutes=row["updated_minutes_ago"])
    yield updated_at
    update = lifecycle.update_outage(outage, texts=row["update"], by=by, at=updated_at)
    outage_work.send_update(update.pk, at=updated_at)


def _declare(row: Row, started_at: datetime, *, by: Actor, at: datetime) -> Outage:
    return lifecycle.declare_outage(
        titles=row["titles"],
        texts=row["texts"],
        category=Category.objects.get(slug=row["category"]),
        product=row["product"],
        started_at=started_at,
        update_minutes=row["update_minutes"],
        by=by,
        at=at,
    )
