"""The outages that go on, for pages that everybody loads: asked of the cache, and of the database once in a while."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, cast

from django.core.cache import cache
from django.db import transaction

from tickets.escalation.outages import Outage

_KEY: Final = "outages-going-on"

SECONDS: Final = 60
"""How long a page may show what has changed, should the cache have missed the change."""


def going_on() -> tuple[Outage, ...]:
    """The oldest first; their texts are in whatever language is active when they are read."""
    return cast(tuple[Outage, ...], cache.get_or_set(_KEY, _look_up, SECONDS))


def _look_up() -> tuple[Outage, ...]:
    return tuple(Outage.objects.going_on().order_by("started_at", "pk"))


def about(*, category_id: int | None, products: Collection[str], at: datetime) -> Outage | None:
    """What a case of this topic, about these products, would be linked to if it came in now."""
    return next(
        (
            outage
            for outage in going_on()
            if outage.scope.covers(category_id=category_id, products=products, opened_at=at)
        ),
        None,
    )


def changed() -> None:
    """Take the old notices down once the change is committed."""
    transaction.on_commit(lambda: cache.delete(_KEY), robust=True)
