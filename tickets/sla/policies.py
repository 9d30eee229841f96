"""The policies in use as values, kept in memory until somebody edits one."""

import uuid
from functools import lru_cache

from tickets.sla.choice import Terms
from tickets.sla.content import content
from tickets.sla.models import SLAPolicy

Stamp = tuple[tuple[int, uuid.UUID, int, uuid.UUID], ...]


def in_use() -> tuple[Terms, ...]:
    """In the order in which they are tried. One statement, unless something was edited since the last call."""
    rows = SLAPolicy.objects.filter(active=True).order_by("position")
    return _read(tuple(rows.values_list("pk", "edition", "calendar_id", "calendar__edition")))


@lru_cache(maxsize=8)
def _read(stamp: Stamp) -> tuple[Terms, ...]:
    editions = {calendar_id: edition for _pk, _edition, calendar_id, edition in stamp}
    policies = SLAPolicy.objects.filter(pk__in=[pk for pk, *_rest in stamp]).order_by("position")
    return tuple(
        content(policy).terms(
            policy_id=policy.pk, version=policy.version, calendar_edition=editions[policy.calendar_id]
        )
        for policy in policies.prefetch_related("categories", "tiers", "targets")
    )
