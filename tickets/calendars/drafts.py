"""A calendar as a value: as it is stored, or as somebody would like it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from tickets.calendars.rules import OpeningHours, WallHours


@dataclass(frozen=True, slots=True)
class Day:
    """A date on which the usual week does not apply: a holiday when it has no hours, else a special day."""

    name: str
    hours: WallHours = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """``weekly`` goes by weekday, 0 is Monday; a day without hours is closed."""

    name: str
    time_zone: str
    weekly: Mapping[int, WallHours]
    days: Mapping[date, Day]

    def hours(self) -> OpeningHours:
        """Raises InvalidHours when the draft contradicts itself or never opens."""
        closed = frozenset(day for day, dated in self.days.items() if not dated.hours)
        special = {day: dated.hours for day, dated in self.days.items() if dated.hours}
        return OpeningHours(ZoneInfo(self.time_zone), self.weekly, closed, special)

    def keeps_the_hours_of(self, other: "Draft") -> bool:
        """Whether the two differ at most in names."""
        same_zone = self.time_zone == other.time_zone
        return same_zone and self.keeps_the_week_of(other) and self._on_days() == other._on_days()

    def keeps_the_week_of(self, other: "Draft") -> bool:
        return self._week() == other._week()

    def _week(self) -> dict[int, list[tuple[time, time]]]:
        return {day: sorted(spans) for day, spans in self.weekly.items() if spans}

    def _on_days(self) -> dict[date, list[tuple[time, time]]]:
        return {day: sorted(dated.hours) for day, dated in self.days.items()}
