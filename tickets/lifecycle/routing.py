"""Who gets a case, and why."""

from tickets.audit.actor import Actor
from tickets.lifecycle.case import Case
from tickets.routing import actions as routing
from tickets.routing.actions import Pool
from tickets.routing.rules import Decision, Need, choose


def route(case: Case, pool: Pool | None = None) -> Decision:
    """Give the case to whoever suits best, or leave it in the tier's queue when nobody there takes cases.

    A sweep passes the ``pool`` that it looked up once for all its cases.
    """
    ticket = case.ticket
    category = ticket.category
    need = Need(ticket.language, ticket.tier.level, ticket.team_id, category.skill_id, category.restricted)
    if pool is None:
        pool = routing.pool([need.tier_level])
    decision = choose(need, pool.candidates)
    case.set(assignee=pool.hand_out(decision.agent_id, category.complexity), routing=decision.as_data())
    case.note("routed", by=Actor.system(), agent=decision.agent_id, tier=ticket.tier_id)
    return decision
