"""New due times for all open cases that a published policy, an edited calendar or a tier's new rhythm concerns."""

from datetime import datetime
from typing import Any

from django.db.models import Min, QuerySet

from tickets.audit.actor import Actor
from tickets.desk.models import Ticket
from tickets.lifecycle import case as cases
from tickets.lifecycle.batchwork import Work
from tickets.lifecycle.deadlines.retargeting import retarget
from tickets.progress import OVERLAP
from tickets.sla.models import MetricName, Recomputation, SLAClock


def recompute(pk: int, *, at: datetime) -> bool:
    """One batch; False when nothing is left of it. Clocks that move keep an event, and their tickets' records say why."""
    return WORK.batch(pk, at=at)


def concerned(row: Recomputation) -> QuerySet[Any, int]:
    """The tickets whose clocks at work may be due at other times from now on, behind the cursor."""
    clocks = SLAClock.objects.filter(stopped_at=None, ticket__gt=row.cursor)
    if row.cause == Recomputation.Cause.CALENDAR:
        clocks = clocks.filter(calendar=row.calendar_id, business=True)
    if row.cause == Recomputation.Cause.TIER:
        clocks = clocks.filter(metric=MetricName.UPDATE, ticket__tier=row.tier_id)
    return clocks.order_by("ticket").values_list("ticket", flat=True).distinct()


def _recompute(row: Recomputation, keys: list[int], at: datetime) -> None:
    locked = Ticket.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    loaded = cases.load(list(locked.select_related(*cases.RELATED)), by=Actor.system(), at=at)
    row.moved += sum(retarget(case, cause=row.cause) for case in loaded)
    cases.save(loaded)


def look_again(*, at: datetime) -> None:
    """Let cases follow that were on their way when it was asked for: they began under what held before. Once for each."""
    for row in Recomputation.objects.finished_early("at", at=at):
        newest = Ticket.objects.filter(created_at__gte=row.at - OVERLAP).aggregate(first=Min("pk"))["first"]
        same = Recomputation.objects.filter(pk=row.pk, finished_at=row.finished_at)
        row.cursor = min(row.cursor, newest - 1) if newest else row.cursor
        same.update(finished_at=None, cursor=row.cursor, total=row.done + concerned(row).count())


WORK = Work(Recomputation, concerned, _recompute)
