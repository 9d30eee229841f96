"""The ladder, what makes a case climb it, and outages. Index only."""

from tickets.escalation.ladder import EscalationRule, EscalationTier, Notify, RuleFiring, Trigger

from tickets.escalation.handovers import Escalation, EscalationRequest  # isort: skip
from tickets.escalation.outages import Outage, OutageUpdate  # isort: skip

__all__ = [
    "Escalation", "EscalationRequest", "EscalationRule", "EscalationTier", "Notify", "Outage", "OutageUpdate",
    "RuleFiring", "Trigger",
]  # fmt: skip
