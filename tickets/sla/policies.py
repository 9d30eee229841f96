"""The policies in use as values, kept in memory until somebody edits one."""

import uuid
from functools import lru_cache

from tickets.sla import rules
from tickets.sla.choice import Terms
from tickets.sla.models import SLAPolicy
from tickets.sla.rules import Target

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
        Terms(
            policy_id=policy.pk,
            version=policy.version,
            calendar_id=policy.calendar_id,
            calendar_edition=editions[policy.calendar_id],
            category_ids=frozenset(category.pk for category in policy.categories.all()),
            tier_ids=frozenset(tier.pk for tier in policy.tiers.all()),
            plans=frozenset(policy.plans),
            languages=frozenset(policy.languages),
            channels=frozenset(policy.channels),
            targets={(one.priority, one.metric): Target(one.minutes, one.business) for one in policy.targets.all()},
            steps=rules.steps(
                warn_shares=policy.warn_shares,
                warn_minutes=policy.warn_minutes,
                remind_shares=policy.remind_shares,
            ),
        )
        for policy in policies.prefetch_related("categories", "tiers", "targets")
    )
