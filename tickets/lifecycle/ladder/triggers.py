"""What sets off the escalation rules, and what a rule then does to the case. Each fires once per ticket and cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tickets.desk.models import Ticket
from tickets.desk.statuses import Status
from tickets.escalation.models import Escalation, EscalationRule, EscalationTier, Notify, RuleFiring, Trigger
from tickets.escalation.rules import Conditions, Occasion
from tickets.lifecycle.case import Case
from tickets.lifecycle.deadlines.retargeting import retarget
from tickets.lifecycle.ladder.following import know_followers
from tickets.lifecycle.ladder.moving import HandOver, move
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
    followers_known: bool = False

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
        tier = self._tier_for(case, rule) if rule.raise_tier else None
        if tier is not None:
            self._raise(case, tier, rule, occasion, clock)
        self._notify(case, rule, occasion, moved=tier is not None)

    def _raise(
        self, case: Case, tier: EscalationTier, rule: EscalationRule, occasion: Occasion, clock: SLAClock | None
    ) -> None:
        if case.ticket.status == Status.RESOLVED:
            # Opened by the rule, which is no occasion for other rules: none can set itself off again.
            open_again(case)
        self._know_followers()
        cause = Escalation.Cause(occasion.trigger.value)
        move(case, tier, cause=cause, note=HandOver(), rule=rule, clock=clock, pool=self.pool)

    def _tier_for(self, case: Case, rule: EscalationRule) -> EscalationTier | None:
        """Where the rule sends the case; None at its end of the ladder, for one that is closed, and for one that
        moved already: nobody is handed through the house at once.
        """
        level = case.ticket.tier.level
        if case.escalations or case.ticket.status == Status.CLOSED:
            return None
        if rule.to_tier_id is not None:
            return next((tier for tier in self.tiers if tier.pk == rule.to_tier_id and tier.level > level), None)
        top = rule.highest_tier.level if rule.highest_tier else self.tiers[-1].level
        return next((tier for tier in self.tiers if level < tier.level <= top), None)

    def _notify(self, case: Case, rule: EscalationRule, occasion: Occasion, *, moved: bool) -> None:
        """Who is told of the move itself needs no second mail about the rule."""
        facts = {"rule": rule.name, "trigger": occasion.trigger.value}
        told = set()
        for agent in [] if moved else self._agents_told(case, rule):
            told.add(agent.user_id)
            case.tell_agent("rule_fired", agent, **facts)
        for user in self.leads if Notify.LEADS in rule.notify else []:
            if user.pk not in told:
                case.tell_user("rule_fired", user, **facts)

    def _agents_told(self, case: Case, rule: EscalationRule) -> list[Agent]:
        agents = {}
        if Notify.ASSIGNEE in rule.notify and case.ticket.assignee is not None:
            agents[case.ticket.assignee.pk] = case.ticket.assignee
        if Notify.FOLLOWERS in rule.notify:
            self._know_followers()
            agents |= {agent.pk: agent for agent in case.ticket.followers.all()}
        return list(agents.values())

    def _know_followers(self) -> None:
        """Of all the tickets at once; a move tells them too."""
        if not self.followers_known:
            know_followers(self.tickets)
            self.followers_known = True

    @cached_property
    def rules(self) -> list[tuple[EscalationRule, Conditions]]:
        rules = EscalationRule.objects.filter(active=True).select_related("highest_tier").order_by("pk")
        return [(rule, _conditions(rule)) for rule in rules]

    @cached_property
    def fired_before(self) -> set[tuple[int, int, str]]:
        firings = RuleFiring.objects.filter(ticket__in=[ticket.pk for ticket in self.tickets])
        return set(firings.values_list("rule", "ticket", "cause"))

    @cached_property
    def tiers(self) -> list[EscalationTier]:
        return list(EscalationTier.objects.order_by("level").prefetch_related("teams"))

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
