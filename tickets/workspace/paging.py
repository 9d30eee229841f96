"""Pages and counts whose cost does not grow with the table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.utils import formats
from django.utils.functional import cached_property
from django.utils.translation import pgettext

from tickets.desk.models import Ticket

COUNTED: Final = 1_000
"""Numbers on tiles are counted up to here; nobody works differently at 1,000 and at 1,200."""

LISTED: Final = 5_000
"""The last row of an admin list that can be reached by turning pages; further back one searches."""


def capped_count(rows: QuerySet[Any]) -> str:
    """How many, as words for a tile: exact up to a thousand, then ``1,000+``."""
    number = rows.order_by()[: COUNTED + 1].count()
    if number > COUNTED:
        # Translators: a number that was not counted to its end, such as "1,000+".
        return pgettext("number", "%(number)s+") % {"number": formats.number_format(COUNTED, force_grouping=True)}
    return formats.number_format(number, force_grouping=True)


class CappedPaginator(Paginator):
    """Counts no further than it lets people turn pages."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return rows.order_by()[:LISTED].count()


@dataclass(frozen=True, slots=True)
class Slice:
    """One page; ``following`` is the key of its last row, "" when nothing follows."""

    tickets: list[Ticket]
    following: str


def by_due(tickets: QuerySet[Ticket], after: str, size: int) -> Slice:
    """What is due next comes first, then what has no deadline. The last page costs what the first one does.

    ``after`` is the ``following`` of the page before; nonsense is read as the beginning.
    """
    due_at, pk = _read(after)
    found: list[Ticket] = []
    if due_at or not pk:
        dated = tickets.filter(next_due_at__isnull=False).order_by("next_due_at", "pk")
        if due_at:
            # The first condition is what an index can seek; the second cuts off those with the very same moment.
            dated = dated.filter(Q(next_due_at__gte=due_at) & (Q(next_due_at__gt=due_at) | Q(pk__gt=pk)))
        found = list(dated[: size + 1])
        pk = 0
    if len(found) <= size:
        undated = tickets.filter(next_due_at__isnull=True, pk__gt=pk).order_by("pk")
        found += undated[: size + 1 - len(found)]
    return _cut(found, size, lambda last: _write(last.next_due_at, last.pk))


def newest_first(tickets: QuerySet[Ticket], after: str, size: int) -> Slice:
    """For what is over, and for search results: there is nothing due to sort by."""
    _due_at, pk = _read(after)
    rows = tickets.order_by("-pk")
    found = list((rows.filter(pk__lt=pk) if pk else rows)[: size + 1])
    return _cut(found, size, lambda last: _write(None, last.pk))


def _cut(found: list[Ticket], size: int, key: Callable[[Ticket], str]) -> Slice:
    shown = found[:size]
    return Slice(shown, key(shown[-1]) if len(found) > size else "")


def _write(due_at: datetime | None, pk: int) -> str:
    return f"{due_at.isoformat() if due_at else ''}~{pk}"


def _read(key: str) -> tuple[datetime | None, int]:
    moment, _separator, pk = key.partition("~")
    if not pk.isdecimal() or len(pk) > 18:
        return None, 0
    try:
        due_at = datetime.fromisoformat(moment) if moment else None
    except ValueError:
        return None, 0
    return (None, 0) if due_at and due_at.tzinfo is None else (due_at, int(pk))
