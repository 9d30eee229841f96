from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Sum

from tickets.desk import statuses
from tickets.desk.models import Ticket
from tickets.people.models import Agent
from tickets.routing.rules import Candidate


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
    """Everybody on these tiers who takes new cases, with what they have on their desk: five statements, whatever the number."""
    agents = list(
        Agent.objects.filter(available=True, user__is_active=True, tier__level__in=set(tier_levels))
        .select_related("tier", "user", "calendar")
        .prefetch_related("teams", "fluencies", "skill_levels")
        .order_by("pk")
    )
    loads = _loads(agents)
    candidates = [
        Candidate(
            agent_id=agent.pk,
            tier_level=agent.tier.level,
            team_ids=frozenset(team.pk for team in agent.teams.all()),
            fluency={fluency.language: fluency.level for fluency in agent.fluencies.all()},
            skills={known.skill_id: known.level for known in agent.skill_levels.all()},
            load=loads.get(agent.pk, (0, 0))[0],
            weight=loads.get(agent.pk, (0, 0))[1],
            capacity=agent.capacity,
        )
        for agent in agents
    ]
    return Pool(candidates, {agent.pk: agent for agent in agents})


def _loads(agents: list[Agent]) -> dict[int, tuple[int, int]]:
    """Active cases and their complexity by agent: read from one index, and not with the agents, whose rows are wide."""
    active = Ticket.objects.filter(assignee__in=agents, status__in=statuses.ACTIVE).order_by().values("assignee")
    totals = active.annotate(load=Count("pk"), weight=Sum("category__complexity"))
    return {assignee: (load, weight) for assignee, load, weight in totals.values_list("assignee", "load", "weight")}
