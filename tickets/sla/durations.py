"""Lengths of time as people type and read them: ``1 h 30``, ``90``, ``2 d``. Plain values, in minutes."""

import re
from typing import Final

from django.utils.translation import gettext as _

A_DAY: Final = 24 * 60

_TYPED: Final = re.compile(
    r"(?:(?P<days>\d{1,3})\s*d[a-z]*)?\s*"
    r"(?:(?P<hours>\d{1,5})\s*(?:h[a-z]*|:))?\s*"
    r"(?:(?P<minutes>\d{1,6})\s*(?:m[a-z]*|')?)?",
    re.IGNORECASE,
)


class Unreadable(ValueError):
    """No length of time. The text says what one looks like."""


def parse(text: str, *, day: int = A_DAY) -> int:
    """Minutes; a bare number is minutes, ``day`` says how many a day has. Raises Unreadable."""
    found = _TYPED.fullmatch(text.strip())
    if found is None or not any(found.groupdict().values()):
        raise Unreadable(_("Write hours and minutes, such as “1 h 30”, “45 min” or “2 d”."))
    days, hours, minutes = (int(found[name] or 0) for name in ("days", "hours", "minutes"))
    return days * day + hours * 60 + minutes


def write(minutes: int) -> str:
    """As :func:`parse` reads it: ``1 h 30``, ``45 min``."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest}" if rest else f"{hours} h"
