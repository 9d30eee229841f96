"""What waits for a lead: decisions that nobody else takes, and things at the desk that went wrong.

Each entry is a function that looks whether there is something to do, at the cost of one capped count. It answers None for
whoever may not do it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Todo:
    """``label`` says what there is to do, ``detail`` how much of it or by when. ``tone`` is fine, soon or late."""

    label: str
    detail: str
    address: str
    tone: str = "fine"


Entry = Callable[[Any, datetime], Todo | None]


# Put yours where it presses: the most urgent first.
ENTRIES: Final[tuple[Entry, ...]] = ()


def todos(user: Any, at: datetime) -> list[Todo]:
    """What this user has to see to, the most urgent first."""
    found = (entry(user, at) for entry in ENTRIES)
    return [todo for todo in found if todo is not None]
