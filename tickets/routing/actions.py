from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import F, IntegerField, OuterRef, Subquery, Value

from tickets.desk import statuses
from tickets.desk.models import Ticket
from tickets.people.models import Agent
from tickets.routing.rules import Candidate

MOST: Final = 200
"""Whoever has so many cases is as full as anybody can be: counting on would make each routing as slow as the desk is behind."""


@dataclass(slots=True)
class Pool:
    """Everybody who could be given a case. A sweep looks them up once; ``hand_out`` keeps the loads true as it goes."""

    candidates: list[Candidate]
    agents: dict[int, Agent]

    def hand_out(self, agent_id: int | None, complexity: int) -> Agent | None:
        """The agent with that id, who now has one case more."""
        for candidate in self.candidates:
            if candidate.agent_id == agent_id:
                candidate.load += 1
                candidate.weight += complexity
        return self.agents[agent_id] if agent_id else None


def pool(tier_levels: Iterable[int]) -> Pool:
    """Everybody on these tiers who takes new cases, with what they have on their desk: four statements, whatever the number."""
    agents = list(
        Agent.objects.filter(available=True, user__is_active=True, tier__level__in=set(tier_levels))
        .select_related("tier", "user", "calendar")
        .prefetch_related("teams", "fluencies", "skill_levels")
        .annotate(load=_added_up(Value(1)), weight=_added_up(F("category__complexity")))
        .order_by("pk")
    )
    candidates = [
        Candidate(
            agent_id=agent.pk,
            tier_level=agent.tier.level,
            team_ids=frozenset(team.pk for team in agent.teams.all()),
            fluency={fluency.language: fluency.level for fluency in agent.fluencies.all()},
            skills={known.skill_id: known.level for known in agent.skill_levels.all()},
            load=agent.load,
            weight=agent.weight,
            capacity=agent.capacity,
        )
        for agent in agents
    ]
    return Pool(candidates, {agent.pk: agent for agent in agents})


class _Sum(Subquery):
    """Of ``added`` in rows that are cut off at a number, which no aggregate of Django's is told before it adds them up."""

    template = "(SELECT COALESCE(SUM(kept.added), 0) FROM (%(subquery)s) AS kept)"


def _added_up(value: Value | F) -> _Sum:
    """Over an agent's active cases, up to MOST of them; read from one index."""
    active = Ticket.objects.filter(assignee=OuterRef("pk"), status__in=statuses.ACTIVE).order_by()
    return _Sum(active.values(added=value)[:MOST], output_field=IntegerField())
