"""Asking what a draft would have done, and reading the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from tickets.audit.actor import Actor
from tickets.lifecycle.batchwork import hand_over
from tickets.lifecycle.deadlines import tasks as long_work
from tickets.lifecycle.deadlines.replaying import concerned, nothing_yet
from tickets.sla.content import Content
from tickets.sla.models import SLAPolicyVersion, WhatIf
from tickets.sla.rules import Metric

WINDOW: Final = 3
"""Hours in a row that are called one time of the day."""

WORTH_SAYING: Final = 3
"""Fewer misses than this at one time of the week are chance."""


def what_if(draft: SLAPolicyVersion, *, days: int, by: Actor, at: datetime) -> WhatIf:
    """Replay the cases of the last ``days`` days through a draft, in the background."""
    row = WhatIf(version=draft, days=days, by_id=by.user_id, at=at, result=nothing_yet(Content.from_json(draft.terms)))
    row.total = concerned(row).count()
    row.save()
    transaction.on_commit(lambda: hand_over(long_work.replay, [row.pk]), robust=True)
    return row


@dataclass(frozen=True, slots=True)
class Figure:
    """The deadlines of one metric, under the policies of today and with the draft."""

    metric: Metric
    clocks: int
    clocks_then: int
    missed: int
    missed_then: int

    @property
    def more(self) -> int:
        """How many more are missed with the draft; below zero, how many fewer."""
        return self.missed_then - self.missed

    @property
    def met(self) -> float | None:
        return _percent(self.clocks - self.missed, self.clocks)

    @property
    def met_then(self) -> float | None:
        return _percent(self.clocks_then - self.missed_then, self.clocks_then)


def figures(row: WhatIf) -> list[Figure]:
    clocks, missed = row.result["clocks"], row.result["missed"]
    return [Figure(metric, *clocks[metric.value], *missed[metric.value]) for metric in Metric]


def _percent(part: int, whole: int) -> float | None:
    return part * 100 / whole if whole else None


@dataclass(frozen=True, slots=True)
class Peak:
    """The time of the week on which more of the new misses of a metric fall than on any other; hours of the draft's clocks."""

    metric: Metric
    weekday: int
    from_hour: int
    until_hour: int
    number: int
    of: int


def peak(row: WhatIf) -> Peak | None:
    """None where no time of the week stands out: it has fewer than a quarter of them."""
    found = [peak for metric in Metric if (peak := _peak_of(metric, row.result["hours"]))]
    return max(found, key=lambda peak: peak.number, default=None)


def _peak_of(metric: Metric, hours: Mapping[str, int]) -> Peak | None:
    by_hour = dict(_of_metric(metric, hours))
    windows = [
        (sum(by_hour.get((weekday, hour + more), 0) for more in range(WINDOW)), -weekday, -hour)
        for weekday in range(7)
        for hour in range(24 - WINDOW + 1)
    ]
    number, weekday, hour = max(windows)
    total = sum(by_hour.values())
    if number < WORTH_SAYING or number * 4 < total:
        return None
    return Peak(metric, -weekday, -hour, -hour + WINDOW, number, total)


def _of_metric(metric: Metric, hours: Mapping[str, int]) -> list[tuple[tuple[int, int], int]]:
    read: list[tuple[tuple[int, int], int]] = []
    for key, number in hours.items():
        name, weekday, hour = key.split()
        if name == metric:
            read.append(((int(weekday), int(hour)), number))
    return read


def result_is_of(row: WhatIf, draft: Mapping[str, Any]) -> bool:
    """Whether a replay tells about these terms, and not about an earlier state of the draft."""
    return bool(row.result["terms"] == draft)
