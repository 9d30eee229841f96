"""What staff are told and can wait, for those who want one summary an hour or a day instead of a mail for each."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from tickets.outbox import summaries
from tickets.outbox.summaries import Entry
from tickets.people.models import Digest

KIND: Final = "digest"

IN_THE_MORNING: Final = time(8)
"""On the reader's own clock; whoever is not at work then gets the day's summary when they are."""

HOUR: Final = timedelta(hours=1)


class Hours(Protocol):
    """When somebody works (``tickets.calendars.rules.OpeningHours``)."""

    def next_opening(self, at: datetime) -> datetime: ...


def put(entries: Iterable[Entry], *, at: datetime) -> None:
    """Add what happened to each reader's next summary."""
    summaries.gather(KIND, entries, at=at)


def leaves_at(rhythm: str, at: datetime, zone: ZoneInfo, hours: Hours | None = None) -> datetime:
    """When the summary leaves that something goes into which happens now: after ``at``, and never out of hours.

    ``rhythm`` is hourly or daily. Hourly is the next full hour of the reader's clock.
    """
    moment = _next_hour(at, zone) if rhythm == Digest.HOURLY else _next_morning(at, zone)
    return hours.next_opening(moment) if hours else moment


def _next_hour(at: datetime, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    # Counted in real time: where the clock is put back, the same hour comes twice.
    return at + HOUR - past


def _next_morning(at: datetime, zone: ZoneInfo) -> datetime:
    today = at.astimezone(zone).date()
    mornings = (datetime.combine(today + timedelta(days=days), IN_THE_MORNING, zone) for days in (0, 1))
    return next(morning.astimezone(at.tzinfo) for morning in mornings if morning > at)
