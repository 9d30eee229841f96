"""What sets off the escalation rules, and what a rule then does to the case. Each fires once per ticket and cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tickets.desk.models import Ticket
from tickets.desk.statuses import Status
from tickets.escalation.models import Escalation, EscalationRule, EscalationTier, Notify, RuleFiring, Trigger
from tickets.escalation.rules import Conditions, Occasion
from tickets.lifecycle.case import Case
from tickets.lifecycle.deadlines import retarget
from tickets.lifecycle.escalation import HandOver, move
from tickets.lifecycle.reopening import open_again
from tickets.people import actions as people
from tickets.people.models import Agent, User
from tickets.routing import actions as routing
from tickets.routing.actions import Pool
from tickets.sla.clockwork import Fired
from tickets.sla.models import SLAClock


@dataclass
class Ladder:
    """Rules, tiers and people, each looked up once for all ``tickets`` and only when something needs them."""

    tickets: Sequence[Ticket]

    def step(self, case: Case, fired: Fired) -> None:
        """A clock took a step. What was answered or solved in the meantime keeps its missed deadline on record, but nobody
        has to take it over.
        """
        clock = fired.clock
        if case.ticket.is_done or clock.stopped_at is not None:
            return
        occasion = Occasion(Trigger.CLOCK, f"clock:{clock.pk}", metric=clock.metric, step=fired.kind)
        self.happens(case, occasion, clock=clock)

    def happens(self, case: Case, occasion: Occasion, *, clock: SLAClock | None = None) -> list[EscalationRule]:
        """Let every rule do its work that the occasion sets off and that has not fired for it; returns those rules."""
        fired = []
        for rule, conditions in self.rules:
            if not conditions.met_by(occasion, priority=case.ticket.priority):
                continue
            key = (rule.pk, case.ticket.pk, occasion.cause)
            if key in self.fired_before:
                continue
            self.fired_before.add(key)
            case.firings.append(RuleFiring(rule=rule, ticket=case.ticket, cause=occasion.cause, at=case.at))
            self._apply(case, rule, occasion, clock)
            fired.append(rule)
        return fired

    def _apply(self, case: Case, rule: EscalationRule, occasion: Occasion, clock: SLAClock | None) -> None:
        ticket = case.ticket
        case.note("rule_fired", rule=rule.pk, name=rule.name, trigger=occasion.trigger.value)
        if rule.set_priority and rule.set_priority != ticket.priority:
            case.note("priority_changed", before=ticket.priority, after=rule.set_priority)
            case.set(priority=rule.set_priority)
            retarget(case, cause="priority")
        if rule.update_minutes and rule.update_minutes != ticket.update_minutes:
            case.set(update_minutes=rule.update_minutes)
            retarget(case, cause="cadence")
        if rule.raise_tier and (tier := self._tier_for(case, rule)):
            if ticket.status == Status.RESOLVED:
                open_again(case)
            cause = Escalation.Cause(occasion.trigger.value)
            move(case, tier, cause=cause, note=HandOver(), rule=rule, clock=clock, pool=self.pool)
        self._notify(case, rule, occasion)

    def _tier_for(self, case: Case, rule: EscalationRule) -> EscalationTier | None:
        """Where the rule sends the case; None at its end of the ladder, for one that is closed, and for one that
        moved already: nobody is handed through the house at once.
        """
        level = case.ticket.tier.level
        if case.escalations or case.ticket.status == Status.CLOSED:
            return None
        if rule.to_tier is not None:
            return rule.to_tier if rule.to_tier.level > level else None
        top = rule.highest_tier.level if rule.highest_tier else self.tiers[-1].level
        return next((tier for tier in self.tiers if level < tier.level <= top), None)

    def _notify(self, case: Case, rule: EscalationRule, occasion: Occasion) -> None:
        facts = {"rule": rule.name, "trigger": occasion.trigger.value}
        told: set[int] = set()
        agents: list[Agent] = []
        if Notify.ASSIGNEE in rule.notify and case.ticket.assignee is not None:
            agents.append(case.ticket.assignee)
        if Notify.FOLLOWERS in rule.notify:
            agents += case.ticket.followers.select_related("user", "calendar").exclude(pk__in=case.new_followers)
        for agent in agents:
            if agent.user_id not in told:
                told.add(agent.user_id)
                case.tell_agent("rule_fired", agent, **facts)
        if Notify.LEADS in rule.notify:
            for user in self.leads:
                if user.pk not in told:
                    case.tell_user("rule_fired", user, **facts)

    @cached_property
    def rules(self) -> list[tuple[EscalationRule, Conditions]]:
        rules = EscalationRule.objects.filter(active=True).select_related("highest_tier", "to_tier").order_by("pk")
        return [(rule, _conditions(rule)) for rule in rules]

    @cached_property
    def fired_before(self) -> set[tuple[int, int, str]]:
        firings = RuleFiring.objects.filter(ticket__in=[ticket.pk for ticket in self.tickets])
        return set(firings.values_list("rule", "ticket", "cause"))

    @cached_property
    def tiers(self) -> list[EscalationTier]:
        return list(EscalationTier.objects.order_by("level"))

    @cached_property
    def leads(self) -> list[User]:
        return people.leads()

    @cached_property
    def pool(self) -> Pool:
        return routing.pool([tier.level for tier in self.tiers])


def happens(case: Case, occasion: Occasion) -> list[EscalationRule]:
    """One occasion in one business event."""
    return Ladder([case.ticket]).happens(case, occasion)


def _conditions(rule: EscalationRule) -> Conditions:
    return Conditions(rule.trigger, rule.metric, rule.step, rule.threshold, frozenset(rule.priorities))
