"""Who gets a case, and why."""

from collections.abc import Sequence

from tickets.audit.actor import Actor
from tickets.desk.models import Ticket
from tickets.lifecycle.case import Case
from tickets.routing import actions as routing
from tickets.routing.actions import Pool
from tickets.routing.rules import Decision, Need, choose


def route(case: Case, pool: Pool | None = None, teams: Sequence[int | None] = ()) -> Decision:
    """Give the case to whoever suits best, or leave it in the tier's queue when nobody there takes cases.

    ``teams`` are those that may have it, and it then belongs to one of them; without any it stays with its own. A sweep
    passes the ``pool`` that it looked up once for all its cases.
    """
    ticket = case.ticket
    category = ticket.category
    if pool is None:
        pool = routing.pool([ticket.tier.level])
    team_id, decision = _best(case, pool, teams or [ticket.team_id])
    if team_id != ticket.team_id:
        case.set(team_id=team_id)
    case.set(assignee=pool.hand_out(decision.agent_id, category.complexity), routing=decision.as_data())
    case.note("routed", by=Actor.system(), agent=decision.agent_id, tier=ticket.tier_id)
    return decision


def _best(case: Case, pool: Pool, teams: Sequence[int | None]) -> tuple[int | None, Decision]:
    """The team where the least has to be given up; of equal ones the first."""
    decisions = [(team_id, choose(_need(case.ticket, team_id), pool.candidates)) for team_id in teams]
    return min(decisions, key=lambda pair: (pair[1].agent_id is None, len(pair[1].gave_up)))


def _need(ticket: Ticket, team_id: int | None) -> Need:
    category = ticket.category
    return Need(ticket.language, ticket.tier.level, team_id, category.skill_id, category.restricted)
