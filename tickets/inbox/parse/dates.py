"""When a message says that it was sent."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_COMMENT = re.compile(r"\([^()]*\)")
_COLON_IN_ZONE = re.compile(r"([+-]\d{1,2}):(\d\d)\s*\Z")
_ZONE_AFTER_NAME = re.compile(r"\b(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?(\d\d))?\s*\Z", re.IGNORECASE)
# Names that are no part of RFC 5322 and mean one zone only, in hours east of Greenwich.
_ZONES = {
    "CET": 1,
    "CEST": 2,
    "MEZ": 1,
    "MESZ": 2,
    "BST": 1,
    "WEST": 1,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "JST": 9,
    "KST": 9,
}
_ZONE_NAME = re.compile(r"\b(" + "|".join(_ZONES) + r")\s*\Z")


def read(value: str) -> datetime | None:
    """The Date header in UTC; None if it cannot be read. A time without a zone is taken for UTC."""
    value = _COMMENT.sub(" ", value[:200]).strip()
    value = _ZONE_AFTER_NAME.sub(lambda found: f"{found[1]}{found[2]:0>2}{found[3] or '00'}", value)
    value = _COLON_IN_ZONE.sub(lambda found: f"{found[1][0]}{found[1][1:]:0>2}{found[2]}", value)
    value = _ZONE_NAME.sub(lambda found: f"+{_ZONES[found[1]]:02}00", value)
    try:
        return _as_iso(value) if re.match(r"\d{4}-", value) else _as_mail(value)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _as_mail(value: str) -> datetime | None:
    parts = parsedate_tz(value)
    if parts is None:
        return None
    year, month, day, hour, minute, second, *_, offset = parts
    # A leap second is the last one of its minute here.
    local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=timezone(timedelta(seconds=offset or 0)))
    return local.astimezone(UTC)


def _as_iso(value: str) -> datetime:
    value = re.sub(r"\s+(?=[+-]\d{4}\Z)", "", value)
    moment = datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
