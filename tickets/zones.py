"""Time zones that people can choose."""

import zoneinfo
from functools import cache

from django.core.exceptions import ValidationError
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
    """The place a zone is named after: ``Europe/Dublin`` → ``Dublin``."""
    return name.rsplit("/", 1)[-1].replace("_", " ")
