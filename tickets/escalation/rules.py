"""What makes a ladder, and which escalation rules something sets off. Plain values, no database."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from tickets.escalation.ladder import Trigger

# The ladder.


def missing_levels(levels: Collection[int]) -> list[int]:
    """The rungs that are missing: a ladder begins at level 1 and leaves none out."""
    return sorted(set(range(1, max(levels, default=0) + 1)) - set(levels))


# What climbs it.

AT_MOST: Final = frozenset({Trigger.RATING})
"""Triggers whose number is a ceiling: a rating of so many stars or fewer. All others are a floor."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that may set off rules. ``cause`` tells it from others of its kind on the same ticket.

    ``number`` counts reopenings, failed attempts or stars; ``metric`` and ``step`` name a clock's step.
    """

    trigger: Trigger
    cause: str
    number: int = 0
    metric: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a rule waits for."""

    trigger: str
    metric: str = ""
    step: str = ""
    threshold: int | None = None
    priorities: Collection[str] = ()

    def met_by(self, occasion: Occasion, *, priority: str) -> bool:
        return (
            self.trigger == occasion.trigger
            and (self.metric, self.step) == (occasion.metric, occasion.step)
            and self._counts(occasion)
            and (not self.priorities or priority in self.priorities)
        )

    def _counts(self, occasion: Occasion) -> bool:
        if self.threshold is None:
            return True
        if occasion.trigger in AT_MOST:
            return occasion.number <= self.threshold
        return occasion.number >= self.threshold
