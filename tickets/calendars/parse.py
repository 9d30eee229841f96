"""Opening hours as people type them: ``09:00-13:00, 14:00-18:00``."""

import re
from datetime import time
from typing import Final

from django.utils.translation import gettext as _

from tickets.calendars.rules import MIDNIGHT, WallHours, in_order
from tickets.errors import InvalidHours

# Commas and dashes of other scripts and of word processors are as good as those on the keyboard.
_BETWEEN_INTERVALS: Final = re.compile(r"[,;،、]")
_BETWEEN_TIMES: Final = re.compile(r"\s*[-‐‑–—−~〜～]\s*")
_TIME: Final = re.compile(r"(?P<hour>\d{1,2})(?:\s*[:.h：時]\s*(?P<minute>\d{2})?)?")


def opening_hours(text: str, day: object) -> WallHours:
    """The intervals of one day, in order; none for an empty text. ``day`` is its name, for the message.

    Raises InvalidHours, which names the day and says what to change.
    """
    parts = (part.strip() for part in _BETWEEN_INTERVALS.split(text))
    return in_order([_interval(part, day) for part in parts if part], day)


def written(hours: WallHours) -> str:
    """The intervals as :func:`opening_hours` reads them."""
    return ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in hours)


def _interval(text: str, day: object) -> tuple[time, time]:
    times = [part for part in _BETWEEN_TIMES.split(text) if part]
    if len(times) == 1 and _TIME.fullmatch(times[0]):
        # Translators: "day" is the name of a weekday or a date, "text" is what somebody typed, such as 09:00.
        message = _(
            "%(day)s: “%(text)s” is only one time. Write when you open and when you close, such as 09:00-13:00."
        )
        raise InvalidHours(message % {"day": day, "text": text})
    if len(times) != 2:
        raise _not_understood(text, day)
    opens, closes = _time(times[0], text, day), _time(times[1], text, day, closes=True)
    return opens, closes


def _time(written: str, text: str, day: object, *, closes: bool = False) -> time:
    match = _TIME.fullmatch(written)
    if match is None:
        raise _not_understood(text, day)
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if closes and (hour, minute) == (24, 0):
        return MIDNIGHT
    if hour > 23 or minute > 59:
        # Translators: "day" is the name of a weekday or a date, "time" is what somebody typed, such as 25:00.
        message = _("%(day)s: there is no time “%(time)s”. A day goes from 00:00 to 24:00.")
        raise InvalidHours(message % {"day": day, "time": written})
    return time(hour, minute)


def _not_understood(text: str, day: object) -> InvalidHours:
    # Translators: "day" is the name of a weekday or a date, "text" is what somebody typed.
    message = _("%(day)s: we cannot read “%(text)s”. Write it like 09:00-13:00, 14:00-18:00.")
    return InvalidHours(message % {"day": day, "text": text})
