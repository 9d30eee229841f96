"""A policy as leads write it, as a value: everything about it but its place in the order."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

from django.conf import settings
from modeltranslation.utils import build_localized_fieldname

from tickets.sla import rules
from tickets.sla.choice import Terms
from tickets.sla.models import SLAPolicy, first_reminders, first_warnings
from tickets.sla.rules import Target


@dataclass(frozen=True, slots=True)
class Conditions:
    """An empty set matches everything."""

    categories: frozenset[int] = frozenset()
    tiers: frozenset[int] = frozenset()
    plans: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return any(getattr(self, name) for name in CONDITIONS)

    def leave_nothing_to(self, other: Self) -> bool:
        """Whether everything that ``other`` matches is matched by these."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in CONDITIONS)
        return all(not mine or (theirs and theirs <= mine) for mine, theirs in pairs)


CONDITIONS: Final = tuple(field.name for field in fields(Conditions))


@dataclass(frozen=True, slots=True)
class Content:
    """``names`` go by language, ``targets`` by (priority, metric)."""

    names: Mapping[str, str]
    active: bool
    calendar_id: int
    conditions: Conditions
    targets: Mapping[tuple[str, str], Target]
    warn_shares: tuple[int, ...]
    warn_minutes: tuple[int, ...]
    remind_shares: tuple[int, ...]

    def terms(self, *, policy_id: int, version: int, calendar_edition: uuid.UUID) -> Terms:
        """What clocks ask."""
        conditions = self.conditions
        return Terms(
            policy_id=policy_id,
            version=version,
            calendar_id=self.calendar_id,
            calendar_edition=calendar_edition,
            category_ids=conditions.categories,
            tier_ids=conditions.tiers,
            plans=conditions.plans,
            languages=conditions.languages,
            channels=conditions.channels,
            targets=self.targets,
            steps=rules.steps(
                warn_shares=self.warn_shares, warn_minutes=self.warn_minutes, remind_shares=self.remind_shares
            ),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "names": dict(self.names),
            "active": self.active,
            "calendar": self.calendar_id,
            **{name: sorted(values) for name, values in asdict(self.conditions).items()},
            "targets": [
                [priority, metric, target.minutes, target.business]
                for (priority, metric), target in sorted(self.targets.items())
            ],
            "warn_shares": list(self.warn_shares),
            "warn_minutes": list(self.warn_minutes),
            "remind_shares": list(self.remind_shares),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            names=data["names"],
            active=data["active"],
            calendar_id=data["calendar"],
            conditions=Conditions(**{name: frozenset(data[name]) for name in CONDITIONS}),
            targets={
                (priority, metric): Target(minutes, business) for priority, metric, minutes, business in data["targets"]
            },
            warn_shares=tuple(data["warn_shares"]),
            warn_minutes=tuple(data["warn_minutes"]),
            remind_shares=tuple(data["remind_shares"]),
        )


def beginning(calendar_id: int) -> Content:
    """What a new policy begins with: it matches everything and promises nothing."""
    return Content(
        names={},
        active=True,
        calendar_id=calendar_id,
        conditions=Conditions(),
        targets={},
        warn_shares=tuple(first_warnings()),
        warn_minutes=(),
        remind_shares=tuple(first_reminders()),
    )


def content(policy: SLAPolicy) -> Content:
    """A policy as it is in force."""
    return Content(
        names={code: getattr(policy, column(code)) or "" for code, _name in settings.LANGUAGES},
        active=policy.active,
        calendar_id=policy.calendar_id,
        conditions=Conditions(
            categories=frozenset(category.pk for category in policy.categories.all()),
            tiers=frozenset(tier.pk for tier in policy.tiers.all()),
            plans=frozenset(policy.plans),
            languages=frozenset(policy.languages),
            channels=frozenset(policy.channels),
        ),
        targets={(one.priority, one.metric): Target(one.minutes, one.business) for one in policy.targets.all()},
        warn_shares=tuple(policy.warn_shares),
        warn_minutes=tuple(policy.warn_minutes),
        remind_shares=tuple(policy.remind_shares),
    )


def column(language: str) -> str:
    """Where a policy keeps its name in a language."""
    name: str = build_localized_fieldname("name", language)
    return name
