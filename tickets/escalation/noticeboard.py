"""The outages that go on, for pages that everybody loads: asked of the cache, and of the database once in a while."""

from typing import Final

from django.core.cache import cache
from django.db import transaction

from tickets.escalation.outages import Outage

_KEY: Final = "outages-going-on"

SECONDS: Final = 60
"""How long a page may show what has changed, should the cache have missed the change."""


def going_on() -> tuple[Outage, ...]:
    """The oldest first; their texts are in whatever language is active when they are read."""
    found: tuple[Outage, ...] = cache.get_or_set(_KEY, _look_up, SECONDS)
    return found


def _look_up() -> tuple[Outage, ...]:
    return tuple(Outage.objects.going_on().order_by("started_at", "pk"))


def changed() -> None:
    """Take the old notices down once the change is committed."""
    transaction.on_commit(lambda: cache.delete(_KEY), robust=True)
