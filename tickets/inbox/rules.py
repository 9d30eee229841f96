"""What is decided about inbound mail, on plain values: no database, no clock, no settings."""

import re
from datetime import timedelta
from typing import Final

LEASE: Final = timedelta(minutes=5)
"""How long one worker has a message to itself. Longer than a task may run (see portal/celery.py), so that only the dead
lose it."""

PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60))
"""Between one attempt to read a message and the next. After the last it is set aside, where somebody sees it."""

_NOT_KEPT: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]+")


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts in vain; None when it is time to give up."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def fitting(text: str, length: int | None) -> str:
    """A line as a column takes it: no control characters (databases refuse NUL) and no halves of characters, cut to fit."""
    return _NOT_KEPT.sub(" ", text).strip()[:length]
