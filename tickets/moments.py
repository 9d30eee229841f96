"""Moments, amounts and lists as people write them, in the active language and time zone. Used on pages, in mail, in the record.

Django's own formats stop at "24 November 2026, 2:20 p.m."; what somebody is promised names the weekday, too.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Final

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_timezone_location, match_skeleton
from babel.lists import format_list
from babel.numbers import format_currency
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

# A desk for the world writes English dates with the day first, and 14:20.
LOCALES: Final = {"en": "en_GB"}

# In a pattern of CLDR's: names of weekdays and months, however short. Quoted words pass as they are.
_NAMES: Final = re.compile(r"(?P<quoted>'[^']*')|(?P<weekday>E+)|(?P<month>M{3,})")


def moment(value: datetime, at: datetime) -> str:
    """Date and time in full: ``Tuesday 24 November, 14:20``; with the year when it is not that of ``at``."""
    pattern = str(_locale().datetime_formats["medium"])
    return pattern.replace("{1}", day(value, at)).replace("{0}", clock_time(value))


def moment_in_zone(value: datetime, at: datetime) -> str:
    """As :func:`moment`, and whose clocks say so: ``Tuesday 24 November, 14:20, Dublin time``."""
    here = moment(value, at)
    zone = timezone.get_current_timezone_name()
    if "/" not in zone:
        # Translators: a moment and the short name of a time zone, such as UTC.
        return _("%(moment)s, %(zone)s") % {"moment": here, "zone": zone}
    city = get_timezone_location(zone, locale=_locale(), return_city=True)
    # Translators: a moment and the city whose clocks show it: "Tuesday 24 November, 14:20, Dublin time".
    return _("%(moment)s, %(city)s time") % {"moment": here, "city": city}


def day(value: date, at: datetime) -> str:
    """The date in full: ``Tuesday 24 November``; with the year when it is not that of ``at``.

    Of a moment it is the date on the reader's calendar; a date without a time is the same everywhere.
    """
    locale = _locale()
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    if local.year == timezone.localtime(at).year:
        return format_date(local, _day_pattern(locale), locale=locale)
    return full_day(local)


def full_day(value: date) -> str:
    """The date with its year: ``Tuesday 24 November 2026``."""
    return format_date(value, "full", locale=_locale())


def short_day(value: date) -> str:
    """Such as ``Tue, 24 Nov``, for tables and pictures."""
    return format_skeleton("MMMEd", value, locale=_locale())


def days(first: datetime, last: datetime, at: datetime) -> str:
    """A range of days, on the reader's calendar: ``27 November to 1 December``; the year where it is not that of ``at``.

    Two ends at one moment are a latest day only: ``1 December at the latest``.
    """
    year = timezone.localtime(at).year
    if first == last:
        return _("%(day)s at the latest") % {"day": _date(last, year)}
    if timezone.localtime(first).date() == timezone.localtime(last).date():
        return _date(last, year)
    # Translators: a range of days, such as "27 November to 1 December".
    return _("%(first)s to %(last)s") % {"first": _date(first, year), "last": _date(last, year)}


def _date(value: datetime, year: int) -> str:
    """Day and month in words, without the weekday; with the year when it is another one than ``year``."""
    local = timezone.localtime(value)
    if local.year == year:
        return format_skeleton("MMMMd", local, locale=_locale())
    return format_date(local, "long", locale=_locale())


def clock_time(value: datetime) -> str:
    """Hours and minutes, round the clock, as the active language writes them: ``14:20``."""
    locale = _locale()
    return format_time(timezone.localtime(value), locale.datetime_skeletons["Hm"].pattern, locale=locale)


def exact_time(value: datetime) -> str:
    """As :func:`clock_time`, to the second: ``14:20:15``."""
    locale = _locale()
    return format_time(timezone.localtime(value), locale.datetime_skeletons["Hms"].pattern, locale=locale)


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency, rounded as that currency is: ``€49.90``, ``49,90 €``."""
    return format_currency(amount, currency, locale=_locale())


def enumeration(parts: Iterable[object]) -> str:
    """Such as ``red, green, and blue``, with the comma and the "and" of the active language."""
    locale = Locale.parse(translation.to_locale(translation.get_language() or settings.LANGUAGE_CODE))
    # Only Babel's standard patterns are whole in every language: the others leave out what German or Spanish inherits.
    return format_list([str(part) for part in parts], locale=locale)


def _locale() -> Locale:
    language = translation.get_language() or settings.LANGUAGE_CODE
    return Locale.parse(LOCALES.get(language) or translation.to_locale(language))


@cache
def _day_pattern(locale: Locale) -> str:
    """CLDR's pattern for weekday, day and month, with the names written out.

    Some languages only have it with short names; CLDR (part 4, "Missing Skeleton Fields") says to widen them then.
    """
    skeletons = locale.datetime_skeletons
    pattern = skeletons[match_skeleton("MMMMEEEEd", skeletons)].pattern
    return _NAMES.sub(_written_out, pattern)


def _written_out(match: re.Match[str]) -> str:
    return match["quoted"] or ("EEEE" if match["weekday"] else "MMMM")
