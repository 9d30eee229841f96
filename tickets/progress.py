"""Work over many rows that goes on in the background, batch after batch, and shows how far it is."""

from datetime import datetime, timedelta
from typing import Final, Self

from django.db import models
from django.db.models import F, Q

LEASE: Final = timedelta(minutes=5)
"""How long a worker may be silent before another one goes on in its place. Longer than a task may take."""

OVERLAP: Final = timedelta(minutes=2)
"""How long what was begun before the work was asked for may take to be seen. Longer than a page may take."""


class ProgressQuerySet(models.QuerySet["Progress"]):
    def waiting(self, *, at: datetime) -> Self:
        """Not finished, and nobody is at it: what the sweep starts again after a lost broker or a killed worker."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=at), finished_at=None)

    def finished_early(self, asked_at: str, *, at: datetime) -> Self:
        """Finished so soon after the moment in the field ``asked_at`` that it has to be looked whether a transaction was
        open then, with rows that nobody saw; and now none is open any more.
        """
        return self.filter(**{f"{asked_at}__lte": at - OVERLAP}, finished_at__lt=F(asked_at) + OVERLAP)

    def take(self, pk: int, *, at: datetime) -> bool:
        """Take the lease of one, or prolong nobody else's: False when another worker has it, or it is finished."""
        return bool(self.waiting(at=at).filter(pk=pk).update(lease_until=at + LEASE))


class Progress(models.Model):
    """``cursor`` is the key of the last row that is done: whoever goes on begins behind it."""

    total = models.PositiveIntegerField(default=0, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    failed = models.PositiveIntegerField(default=0, editable=False)
    cursor = models.BigIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def percent(self) -> int:
        return 100 if self.finished_at or not self.total else min(self.done * 100 // self.total, 99)
