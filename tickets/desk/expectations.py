"""When a case will probably be solved: what the customer is told, and why that changes. Plain values, no database.

A measured expectation is the time from opening to solution that half to four fifths of comparable cases needed: one case
in two is solved before the range begins, and one in five takes longer. These are times on the wall, weekends and waits for
the customer included, because that is how the compared cases were lived through: a forecast, and not a promise with a clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.desk.models import Basis

HALF: Final = 50
MOST: Final = 80

ENOUGH: Final = 20
"""Comparable cases below which nothing is measured: with fewer than four above the upper end, one odd case moves it by days."""


class Reason(models.TextChoices):
    """Why an expectation changed, as the customer reads it. Those below the line are chosen by hand."""

    CATEGORY = "category", _("Your request was sorted under another topic.")
    LONGER = "longer", _("It takes longer than most requests like yours.")
    ESCALATED = "escalated", _("Somebody more senior has taken it over and needs time for it.")
    OUTAGE = "outage", _("It is part of a larger problem that we are working on.")
    # ---
    PARTS = "parts", _("We are waiting for a part or a delivery.")
    PARTNER = "partner", _("We are waiting for somebody else, such as the carrier or the maker.")
    CLOSER_LOOK = "closer_look", _("It needs a closer look than we thought.")
    SOONER = "sooner", _("It goes faster than we thought.")
    NEWS = "news", _("We know more about it now.")


BY_HAND: Final = (Reason.PARTS, Reason.PARTNER, Reason.CLOSER_LOOK, Reason.SOONER, Reason.NEWS)


@dataclass(frozen=True, slots=True)
class Measured:
    """How long comparable cases took."""

    sample: int
    half_within: timedelta
    most_within: timedelta


@dataclass(frozen=True, slots=True)
class Expectation:
    """From the beginning of one day of the customer's to the end of another; a range without width is only a latest day."""

    earliest: datetime
    latest: datetime
    basis: Basis
    sample: int | None = None


def percentile(durations: Sequence[timedelta], share: int) -> timedelta:
    """The shortest of the ``durations``, which are sorted, within which at least ``share`` percent of them lie."""
    return durations[ceil(len(durations) * share / 100) - 1]


def measure(durations: Sequence[timedelta]) -> Measured | None:
    """What the times of comparable cases say, in any order; None while there are too few."""
    if len(durations) < ENOUGH:
        return None
    ordered = sorted(durations)
    return Measured(len(ordered), percentile(ordered, HALF), percentile(ordered, MOST))


def measure_longer(durations: Sequence[timedelta], than: timedelta) -> Measured | None:
    """The same of those cases that took longer than a case has taken already."""
    return measure([duration for duration in durations if duration > than])


def expect(start: datetime, zone: ZoneInfo, *, measured: Measured | None, days: int | None) -> Expectation | None:
    """What to tell about a case that began at ``start``: what was measured, else the topic's own ``days``, else nothing."""
    if measured is not None:
        earliest = first_moment(_day(start + measured.half_within, zone), zone)
        latest = last_moment(_day(start + measured.most_within, zone), zone)
        return Expectation(earliest, latest, Basis.HISTORY, measured.sample)
    if days is not None:
        latest = last_moment(_day(start + timedelta(days=days), zone), zone)
        return Expectation(latest, latest, Basis.CATEGORY)
    return None


def first_moment(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins by the clock of the zone."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def last_moment(day: date, zone: ZoneInfo) -> datetime:
    """When it ends: nobody who was told a day is too late before it is over."""
    # Where clocks go back at midnight, the last hour comes twice; the day ends with the second.
    return datetime.combine(day, time.max, zone).replace(fold=1).astimezone(UTC)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
