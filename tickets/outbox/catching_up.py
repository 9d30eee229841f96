"""One summary for each person of what the desk notices too late, such as after a night without workers."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from tickets.outbox import summaries
from tickets.outbox.actions import Letter
from tickets.outbox.summaries import Entry

KIND: Final = "catch_up"

LATE: Final = timedelta(minutes=30)
"""Sweeps come each half minute, and a restart takes some minutes. What is later than this, the desk was away for."""

GATHERS_FOR: Final = timedelta(minutes=5)
"""How long a summary waits for more, while each batch of the sweep adds what it found."""


def put(overdue: Iterable[tuple[int, Letter]], *, at: datetime) -> None:
    """Sum up letters by who would have got them: pairs of a user's key and a letter."""
    soonest = at + GATHERS_FOR
    entries = (Entry(user_id, letter, max(letter.not_before or at, soonest)) for user_id, letter in overdue)
    summaries.gather(KIND, entries, at=at)
