"""What business time costs over years, against what it costs over days: at most three times as much, warm."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TextIO
from zoneinfo import ZoneInfo

from tests.benchmarks.measure import Cost, cost
from tickets.calendars import rules
from tickets.calendars.rules import OpeningHours

START: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
WEEK: Final = dict.fromkeys(range(5), ((time(9), time(13)), (time(14), time(18))))
CLOSED: Final = frozenset(date(year, month, 1) for year in range(2026, 2031) for month in range(1, 13))
RUNS: Final = 25


def run(out: TextIO) -> None:
    """Warm is a calendar that was asked before, as in a process that serves. Cold is one that nobody has asked yet: it
    pays once for each year that it comes through, of which there are four in three years.
    """
    out.write(f"\n{'business time: add':24}{'3 days us':>12}{'calls':>8}{'3 years us':>12}{'calls':>8}{'ratio':>8}\n")
    for name, measure in (("warm", _warm), ("cold", _cold)):
        days, years = measure(START + timedelta(days=3)), measure(START.replace(year=START.year + 3))
        out.write(
            f"{name:24}{days.milliseconds * 1000:12.1f}{days.calls:8,}{years.milliseconds * 1000:12.1f}{years.calls:8,}"
            f"{years.milliseconds / days.milliseconds:8.1f}\n"
        )


def _warm(end: datetime) -> Cost:
    hours = _hours()
    span = hours.elapsed(START, end)
    return cost(lambda: hours.add(START, span), runs=RUNS)


def _cold(end: datetime) -> Cost:
    span = _hours().elapsed(START, end)
    fresh: list[OpeningHours] = []

    def forget() -> None:
        rules._dates_near_clock_changes.cache_clear()
        fresh[:] = [_hours()]

    return cost(lambda: fresh[0].add(START, span), prepare=forget, runs=RUNS)


def _hours() -> OpeningHours:
    return OpeningHours(ZoneInfo("Europe/Rome"), WEEK, CLOSED)
