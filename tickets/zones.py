"""Time zones that people can choose."""

import zoneinfo
from functools import cache

from babel.dates import get_timezone_location
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _


@cache
def names() -> tuple[str, ...]:
    """Places, sorted; without the aliases and fixed offsets that nobody lives by."""
    areas = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return ("UTC", *sorted(name for name in zoneinfo.available_timezones() if name.startswith(areas)))


def choices() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in names()]


def validate(name: str) -> None:
    """Raises ValidationError for a name the time zone database does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("We do not know the time zone “%(name)s”. Choose one from the list."), params={"name": name}
        )


def city(name: str) -> str:
    """The place a zone is named after, as the active language calls it: ``Europe/Dublin`` → ``Dublino``; ``UTC`` stays."""
    if "/" not in name:
        return name
    locale = to_locale(get_language() or settings.LANGUAGE_CODE)
    return get_timezone_location(name, locale=locale, return_city=True)
