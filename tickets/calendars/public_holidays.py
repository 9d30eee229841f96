"""What the ``holidays`` library knows: countries, their regions, and the public holidays of a year. Nothing is stored here."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Final

import holidays
from babel import Locale
from django.conf import settings
from django.utils.translation import get_language, to_locale

OTHERWISE: Final = "en_US"
"""The language of names that the library does not have in the reader's; few countries lack it."""


@cache
def regions_of() -> dict[str, tuple[str, ...]]:
    """The codes of all countries, and of the regions of each that have holidays of their own."""
    known = holidays.list_supported_countries(include_aliases=False)
    return {country: tuple(regions) for country, regions in known.items()}


def countries() -> list[tuple[str, str]]:
    """Codes and names in the active language, by name."""
    names = Locale.parse(to_locale(get_language() or settings.LANGUAGE_CODE)).territories
    return sorted(((code, names.get(code, code)) for code in regions_of()), key=lambda pair: pair[1].casefold())


def regions(country: str) -> list[tuple[str, str]]:
    """Codes and names as the country writes them, by name; none where the whole country has the same holidays."""
    aliases = _of(country).get_subdivision_aliases() if regions_of().get(country) else {}
    return sorted(
        ((code, " / ".join(aliases.get(code) or [code])) for code in regions_of().get(country, ())),
        key=lambda pair: pair[1].casefold(),
    )


def knows(country: str, region: str = "") -> bool:
    return country in regions_of() and (not region or region in regions_of()[country])


def of_year(country: str, region: str, year: int) -> dict[date, str]:
    """The public holidays with their names, in order; named in the active language where the library can.

    Raises NotImplementedError for a country or region that the library does not know.
    """
    found = holidays.country_holidays(
        country, subdiv=region or None, years=year, language=_language(country), expand=False
    )
    return {day: name for day, name in sorted(found.items()) if day.year == year}


def _language(country: str) -> str | None:
    """The library's own default, which None stands for, is the country's language."""
    wanted = to_locale(get_language() or settings.LANGUAGE_CODE)
    return next(_fitting(wanted, _of(country).supported_languages), None)


def _fitting(wanted: str, supported: tuple[str, ...]) -> Iterator[str]:
    yield from (code for code in supported if code == wanted)
    yield from (code for code in supported if code.partition("_")[0] == wanted.partition("_")[0])
    yield from (code for code in supported if code == OTHERWISE)


def _of(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)
