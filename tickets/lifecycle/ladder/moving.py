"""A case goes up the ladder, or comes down again. The customer is always told who has it and when they hear next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tickets.audit.actor import Actor
from tickets.desk.models import Ticket
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed
from tickets.escalation.models import Escalation, EscalationRule, EscalationTier
from tickets.lifecycle.case import Case, happening
from tickets.lifecycle.deadlines.retargeting import retarget
from tickets.lifecycle.ladder.following import tell_followers
from tickets.lifecycle.routing import route
from tickets.people.models import Agent
from tickets.routing.actions import Pool
from tickets.sla.models import SLAClock
from tickets.sla.rules import Event


@dataclass(frozen=True, slots=True)
class HandOver:
    """What the next one has to know, so that the customer need not tell it again."""

    known: str = ""
    tried: str = ""
    expected: str = ""
    promised: str = ""


def escalate(
    ticket: Ticket, *, note: HandOver, by: Actor, at: datetime, to: EscalationTier | None = None
) -> Escalation:
    """An agent hands the case to a higher tier: the next one, or ``to``.

    Raises NotAllowed without saying what is known and what the customer expects, on a done ticket, or at the top of the ladder.
    """
    if not note.known.strip() or not note.expected.strip():
        raise NotAllowed(_("Write down what we know and what the customer expects, so that nobody has to ask again."))
    with happening(ticket, by=by, at=at) as case:
        if case.ticket.is_done:
            raise NotAllowed(_("Open the ticket again before you escalate it."))
        return move(case, tier_above(case.ticket, to), cause=Escalation.Cause.AGENT, note=note)


def tier_above(ticket: Ticket, wanted: EscalationTier | None) -> EscalationTier:
    """The ``wanted`` tier, or else the next one; raises NotAllowed where that is not above the ticket's."""
    above = EscalationTier.objects.filter(level__gt=ticket.tier.level).order_by("level")
    tier = wanted or above.first()
    if tier is None or tier.level <= ticket.tier.level:
        raise NotAllowed(_("There is no higher tier to hand this to."))
    return tier


def hand_back(ticket: Ticket, *, to: EscalationTier, note: HandOver, by: Actor, at: datetime) -> Escalation:
    """The case comes down to a lower tier. Raises NotAllowed when ``to`` is not lower, or without what is known."""
    if not note.known.strip():
        raise NotAllowed(_("Write down what we know, so that nobody has to ask again."))
    with happening(ticket, by=by, at=at) as case:
        if case.ticket.is_done or to.level >= case.ticket.tier.level:
            raise NotAllowed(_("Choose a tier below the present one."))
        return move(case, to, cause=Escalation.Cause.AGENT, note=note)


def move(
    case: Case,
    tier: EscalationTier,
    *,
    cause: str,
    note: HandOver,
    rule: EscalationRule | None = None,
    clock: SLAClock | None = None,
    pool: Pool | None = None,
    tell_customer: bool = True,
) -> Escalation:
    """The part of an event that changes the tier: new assignee, update cadence, followers, record, mails.

    Without ``tell_customer`` the caller tells them who has it now.
    """
    ticket = case.ticket
    before_tier, before_agent = ticket.tier, ticket.assignee
    upwards = tier.level > before_tier.level
    case.set(tier=tier)
    if before_agent is not None:
        case.new_followers.add(before_agent.pk)
    route(case, pool, [team.pk for team in tier.teams.all()] or [ticket.category.team_id])
    retarget(case, cause="tier")
    if ticket.status == Status.PENDING and upwards:
        # Whoever takes over has to act first; the customer is no longer the one we wait for.
        case.change_status(Status.OPEN)
    case.clocks.react(Event.ESCALATED, status=Status(ticket.status), at=case.at)
    escalation = Escalation(
        ticket=ticket,
        at=case.at,
        cause=cause,
        rule=rule,
        clock=clock,
        by_kind=case.by.kind,
        by_id=case.by.user_id,
        from_tier=before_tier,
        to_tier=tier,
        from_agent=before_agent,
        to_agent=ticket.assignee,
        known=note.known,
        tried=note.tried,
        expected=note.expected,
        promised=note.promised,
    )
    case.escalations.append(escalation)
    if upwards:
        _went_up(case, escalation, tell_customer=tell_customer)
    else:
        case.note("came_down", **_facts(escalation))
    case.tell_agent("handed_over", escalation.to_agent, cause=escalation.cause, from_agent=_name(escalation.from_agent))
    return escalation


def _went_up(case: Case, escalation: Escalation, *, tell_customer: bool) -> None:
    due = case.clocks.answer_due(at=case.at)
    next_update = due.isoformat() if due else None
    case.note("escalated", cause=escalation.cause, next_update=next_update, **_facts(escalation))
    if tell_customer:
        told: dict[str, Any] = {"tier": escalation.to_tier_id, "agent": _name(escalation.to_agent)}
        case.tell_customer("escalated", cause=escalation.cause, next_update=next_update, **told)
    # Whoever had the case follows it from now on, and learns why it left them.
    tell_followers(case, "escalated", and_also=escalation.from_agent)


def _facts(escalation: Escalation) -> dict[str, Any]:
    return {
        "from_tier": escalation.from_tier_id,
        "to_tier": escalation.to_tier_id,
        "agent": escalation.to_agent_id,
    }


def _name(agent: Agent | None) -> str:
    return str(agent.user) if agent else ""
