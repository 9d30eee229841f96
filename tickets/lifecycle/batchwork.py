"""Long work over many tickets, one batch a call. The row of the work says how far it is, and moves on in the transaction
of each batch: who is killed, or works at the same time, leaves no ticket out and does none twice.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from celery import Task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import QuerySet

from tickets.progress import Progress

logger = logging.getLogger(__name__)

BATCH: Final = 500

Row = TypeVar("Row", bound=Progress)


class LeaseLostError(Exception):
    """Another worker took over from one that was silent for too long."""


@dataclass(frozen=True, slots=True)
class Work(Generic[Row]):
    """``left`` are the ids of the tickets behind the row's cursor, ascending. ``act`` does some of them and keeps on the
    row what came of it; ``finish`` adds what is known only at the end.
    """

    model: type[Row]
    left: Callable[[Row], QuerySet[Any, int]]
    act: Callable[[Row, list[int], datetime], None]
    finish: Callable[[Row], None] = lambda _row: None

    def batch(self, pk: int, *, at: datetime, size: int = BATCH) -> bool:
        """Do one batch; False when nothing is left, or another worker is at it.

        A batch that fails is tried ticket by ticket; what fails alone as well is counted and left as it is.
        """
        if not self._rows.take(pk, at=at):
            return False
        row = self._rows.get(pk=pk)
        keys = list(self.left(row)[:size])
        try:
            self._all_or_each(row, keys, at)
            return self._let_go(row, at, is_last=len(keys) < size)
        except LeaseLostError:
            return False

    @property
    def _rows(self) -> Any:
        return self.model._default_manager

    def _all_or_each(self, row: Row, keys: list[int], at: datetime) -> None:
        try:
            self._do(row, keys, at)
        except (LeaseLostError, SoftTimeLimitExceeded):
            # Nobody's fault: the tickets are another worker's now, or the task's time is used up.
            raise
        except Exception:
            logger.exception("a batch failed; trying its tickets one by one")
            for key in keys:
                self._do_or_skip(row, key, at)

    def _do_or_skip(self, row: Row, key: int, at: datetime) -> None:
        try:
            self._do(row, [key], at)
        except (LeaseLostError, SoftTimeLimitExceeded):
            raise
        except Exception:
            logger.exception("failed on one ticket", extra={"ticket": key})
            with self._held(row) as held:
                held.cursor = key
                held.failed += 1

    def _do(self, row: Row, keys: list[int], at: datetime) -> None:
        if keys:
            with self._held(row) as held:
                self.act(held, keys, at)
                held.cursor = keys[-1]
                held.done += len(keys)

    def _let_go(self, row: Row, at: datetime, *, is_last: bool) -> bool:
        with self._held(row) as held:
            held.lease_until = None
            if is_last:
                self.finish(held)
                held.finished_at = at
        return not is_last

    @contextmanager
    def _held(self, row: Row) -> Iterator[Row]:
        """The row as it is now, locked, and written when the block ends well. Raises LeaseLostError when it is not ours."""
        with transaction.atomic():
            ours = self._rows.select_for_update(no_key=True).filter(pk=row.pk, lease_until=row.lease_until)
            held = ours.filter(finished_at=None).first()
            if held is None:
                raise LeaseLostError
            yield held
            held.save()


def hand_over(task: Task, keys: Iterable[int]) -> None:
    """Let the workers do some of a kind of work. Never waits for a broker that does not answer: the sweep hands over again."""
    for key in keys:
        task.apply_async((key,), retry=False)
