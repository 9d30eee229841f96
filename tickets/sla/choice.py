"""Which policy applies: the first in order whose conditions all match. Plain values, no database."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tickets.errors import DeskError
from tickets.sla.rules import Step, Target


@dataclass(frozen=True, slots=True)
class Facts:
    """What a policy's conditions look at. A subject is not among them: editing it never chooses anew."""

    category_id: int
    tier_id: int
    plan: str
    language: str
    channel: str


@dataclass(frozen=True, slots=True)
class Terms:
    """A policy as a value. An empty set matches everything; ``targets`` go by (priority, metric)."""

    policy_id: int
    version: int
    calendar_id: int
    calendar_edition: uuid.UUID
    category_ids: frozenset[int]
    tier_ids: frozenset[int]
    plans: frozenset[str]
    languages: frozenset[str]
    channels: frozenset[str]
    targets: Mapping[tuple[str, str], Target]
    steps: tuple[Step, ...]

    def match(self, facts: Facts) -> bool:
        conditions = (
            (self.category_ids, facts.category_id),
            (self.tier_ids, facts.tier_id),
            (self.plans, facts.plan),
            (self.languages, facts.language),
            (self.channels, facts.channel),
        )
        return all(not allowed or value in allowed for allowed, value in conditions)


class NoPolicy(DeskError):
    """No policy in use matches; the last one should have no conditions."""


def choose(policies: Iterable[Terms], facts: Facts) -> Terms:
    """Raises NoPolicy when nothing matches."""
    for terms in policies:
        if terms.match(facts):
            return terms
    raise NoPolicy(facts)
