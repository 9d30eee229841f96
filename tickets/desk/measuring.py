"""How long the cases of each topic really took: measured from those that were solved lately."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from tickets.desk import statuses
from tickets.desk.expectations import Measured, measure
from tickets.desk.models import Category, CategoryHistory, Ticket

LATELY: Final = timedelta(days=180)
"""Half a year: long enough for a rare topic, short enough for what changed at the desk to show."""

NEWEST: Final = 1000
"""Of a topic with many cases the newest will do, and a measurement costs the same in any year."""

COMPARABLE: Final = Q(status__in=statuses.DONE, merged_into=None, outage=None)
"""A merged case says when another was solved, and an outage solves hundreds at one moment. One that was opened again
counts to its last solution.
"""


def durations(category_id: int, *, at: datetime) -> list[timedelta]:
    """From opening to solution, of the comparable cases of a topic. One statement over an index."""
    solved = Ticket.objects.filter(COMPARABLE, category=category_id, resolved_at__gt=at - LATELY, resolved_at__lte=at)
    moments = solved.order_by("-resolved_at").values_list("created_at", "resolved_at")[:NEWEST]
    return [resolved_at - created_at for created_at, resolved_at in moments if resolved_at]


def measure_topics(*, at: datetime) -> int:
    """Measure every topic anew; returns for how many there was enough. Running it twice changes nothing."""
    histories = []
    for category_id in Category.objects.order_by("pk").values_list("pk", flat=True):
        measured = measure(durations(category_id, at=at))
        if measured is not None:
            histories.append(_history(category_id, measured, at))
    CategoryHistory.objects.bulk_create(
        histories,
        update_conflicts=True,
        unique_fields=["category"],
        update_fields=["sample", "half_within", "most_within", "measured_at"],
    )
    # A topic that has grown quiet goes back to its own figure.
    CategoryHistory.objects.exclude(category__in=[history.category_id for history in histories]).delete()
    return len(histories)


def measured_of(category: Category) -> Measured | None:
    """What the last measurement said of a topic."""
    history = CategoryHistory.objects.filter(category=category).first()
    return Measured(history.sample, history.half_within, history.most_within) if history else None


def _history(category_id: int, measured: Measured, at: datetime) -> CategoryHistory:
    return CategoryHistory(
        category_id=category_id,
        sample=measured.sample,
        half_within=measured.half_within,
        most_within=measured.most_within,
        measured_at=at,
    )
