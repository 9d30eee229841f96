"""A ticket's record, read back as what moved its clocks: from it, any policy can be tried on what really happened.

What no record says is taken as it is now: a customer's plan, where it changed while the case was solved.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self

from tickets.audit.models import AuditEntry
from tickets.desk.models import Category, Ticket
from tickets.desk.statuses import Status
from tickets.escalation.models import EscalationRule, EscalationTier
from tickets.lifecycle.case import STATUS_EVENTS
from tickets.sla.replay import Happened
from tickets.sla.rules import OVER, Event

EVENTS: Final[Mapping[str, Event]] = {
    "opened": Event.CUSTOMER_MESSAGE,
    "customer_wrote": Event.CUSTOMER_MESSAGE,
    "attempt_failed": Event.CUSTOMER_MESSAGE,
    "replied": Event.STAFF_REPLY,
    "request_answered": Event.STAFF_REPLY,
    "announced": Event.ANNOUNCED,
    "escalated": Event.ESCALATED,
    "came_down": Event.ESCALATED,
}
"""What an entry of the record was to the clocks."""

BECAME: Final[Mapping[str, Status]] = {
    "resolved": Status.RESOLVED,
    "confirmed_solved": Status.RESOLVED,
    "closed": Status.CLOSED,
}
"""Entries that are a change of status by another name."""

# What an entry changed, and which of its values say so: before and after.
CHANGES: Final[Mapping[str, tuple[str, str, str]]] = {
    "priority_changed": ("priority", "before", "after"),
    "category_changed": ("category", "before", "after"),
    "escalated": ("tier", "from_tier", "to_tier"),
    "came_down": ("tier", "from_tier", "to_tier"),
    "plan_changed": ("customer", "before", "after"),
}

CODES: Final = frozenset({*EVENTS, *BECAME, *CHANGES, "status_changed", "reopened", "rule_fired"})


@dataclass(frozen=True, slots=True)
class Rows:
    """What entries name by id."""

    category: Mapping[int, Category]
    tier: Mapping[int, EscalationTier]
    cadences: Mapping[int, int]

    @classmethod
    def read(cls) -> Self:
        rules = EscalationRule.objects.exclude(update_minutes=None)
        return cls(
            Category.objects.in_bulk(),
            EscalationTier.objects.in_bulk(),
            {rule.pk: rule.update_minutes for rule in rules if rule.update_minutes},
        )


@dataclass(slots=True)
class Retelling:
    """One ticket's entries, oldest first."""

    ticket: Ticket
    rows: Rows
    entries: list[tuple[str, datetime, Mapping[str, Any]]] = field(default_factory=list)

    def as_it_came_in(self) -> Ticket:
        """A ticket to try things on; it is not the one in the database."""
        now = self.ticket
        first = {"priority": now.priority, "category": now.category, "tier": now.tier, "customer": now.customer}
        for code, _at, data in reversed(self.entries):
            if code in CHANGES:
                name, before, _after = CHANGES[code]
                first[name] = self._value(name, data[before])
        return Ticket(pk=now.pk, language=now.language, channel=now.channel, status=Status.NEW, **first)

    def story(self) -> Iterator[Happened]:
        status, heard_at = Status.NEW, None
        for code, at, data in self.entries:
            if EVENTS.get(code) == Event.CUSTOMER_MESSAGE and status in OVER:
                # Words on a case that is solved are an answer to wait for only if they opened it again.
                heard_at = at
            elif code == "reopened":
                status = Status.OPEN
                yield Happened(at, status, Event.REOPENED)
                if heard_at == at:
                    yield Happened(at, status, Event.CUSTOMER_MESSAGE)
            elif code == "status_changed" or code in BECAME:
                before, status = status, BECAME.get(code) or Status(data["after"])
                if status != before:
                    yield Happened(at, status, STATUS_EVENTS[status])
            else:
                yield Happened(at, status, EVENTS.get(code), self._changes(code, data))

    def _changes(self, code: str, data: Mapping[str, Any]) -> dict[str, Any]:
        if code == "rule_fired":
            minutes = self.rows.cadences.get(data["rule"])
            return {"update_minutes": minutes} if minutes else {}
        if code not in CHANGES:
            return {}
        name, _before, after = CHANGES[code]
        return {name: self._value(name, data[after])}

    def _value(self, name: str, stored: Any) -> Any:
        match name:
            case "category":
                return self.rows.category[stored]
            case "tier":
                return self.rows.tier[stored]
            case "customer":
                customer = copy(self.ticket.customer)
                customer.plan = stored
                return customer
        return stored


def retell(tickets: Sequence[Ticket], *, until: datetime) -> list[Retelling]:
    """What happened to these tickets up to a moment: four statements, whatever their number."""
    rows = Rows.read()
    told = {ticket.pk: Retelling(ticket, rows) for ticket in tickets}
    entries = AuditEntry.objects.filter(ticket__in=told, code__in=CODES, at__lte=until).order_by("ticket", "sequence")
    for ticket_id, code, at, data in entries.values_list("ticket", "code", "at", "data"):
        told[ticket_id].entries.append((code, at, data))
    return list(told.values())
