"""A ticket's record as people read it: each entry a sentence in the reader's language and time zone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any, Final

from django.db.models import Model
from django.utils.functional import Promise as LazyText
from django.utils.translation import pgettext_lazy

from tickets import moments
from tickets.audit.actor import ActorKind
from tickets.audit.kinds import kind
from tickets.audit.models import AuditEntry
from tickets.desk import priorities, statuses
from tickets.desk.expectations import Reason
from tickets.desk.models import Category, Ticket
from tickets.escalation.models import Escalation, EscalationRequest, EscalationTier, Outage, Trigger
from tickets.lifecycle.expectations import days_of_customer
from tickets.people.models import Agent, Plan
from tickets.promises.models import Promise
from tickets.sla.models import MetricName

NOBODY = pgettext_lazy("instead of an agent's name", "nobody")
THE_TEAM = pgettext_lazy("instead of an agent's name, for the customer", "the team")
NO_DATE = pgettext_lazy("instead of a date", "none")


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    who: str
    actor_kind: str
    code: str
    label: LazyText | str
    sentence: str


Names = Mapping[int, str]


def history(
    ticket: Ticket, *, at: datetime, for_customer: bool, names: Mapping[str, Names] | None = None
) -> list[Line]:
    """The record as it reads at a moment, oldest first. Customers read what concerns them, in words of their own.

    ``names`` are those of a sort (agent, tier, category) by id that the caller has looked up already.
    """
    entries = AuditEntry.objects.filter(ticket=ticket).select_related("actor").order_by("sequence")
    words = _words(ticket, at, for_customer=for_customer, names=names or {})
    return [
        Line(
            at=entry.at,
            who=str(entry.actor or ActorKind(entry.actor_kind).label),
            actor_kind=entry.actor_kind,
            code=entry.code,
            label=kind(entry.code).label,
            sentence=kind(entry.code).read(entry.data, words, for_customer=for_customer),
        )
        for entry in entries
        if kind(entry.code).for_customers or not for_customer
    ]


def _words(
    ticket: Ticket, at: datetime, *, for_customer: bool, names: Mapping[str, Names]
) -> dict[str, Callable[[Any], str]]:
    """How each sort of code reads now; names are looked up once a page, and only when an entry needs them."""
    nobody = str(THE_TEAM if for_customer else NOBODY)
    return {
        "moment": partial(_moment, at),
        "status": partial(_status, for_customer),
        "priority": lambda code: str(priorities.LABELS[code]),
        "plan": lambda code: str(Plan(code).label),
        "metric": lambda code: str(MetricName(code).label),
        "trigger": lambda code: str(Trigger(code).label),
        "request_reason": lambda code: str(EscalationRequest.Reason(code).label),
        "request_decision": lambda code: str(EscalationRequest.Decision(code).label),
        "verdict": lambda code: str(Escalation.Verdict(code).label),
        "promise": lambda code: str(Promise.Kind(code).label),
        "expectation_reason": lambda code: str(Reason(code).label),
        "days": partial(_days, ticket, at),
        **{
            sort: partial(_name, nobody, cache(partial(names.__getitem__, sort) if sort in names else look_up))
            for sort, look_up in LOOK_UPS.items()
        },
    }


def _status(for_customer: bool, code: str) -> str:
    meaning = statuses.MEANINGS[code]
    return str(meaning.customer_label if for_customer else meaning.label)


def _moment(at: datetime, value: str | None) -> str:
    return moments.moment(datetime.fromisoformat(value), at) if value else str(NO_DATE)


def _days(ticket: Ticket, at: datetime, value: list[str] | None) -> str:
    if not value:
        return str(NO_DATE)
    first, last = map(datetime.fromisoformat, value)
    return days_of_customer(ticket, first, last, at)


def _name(nobody: str, names: Callable[[], Names], pk: int | None) -> str:
    return names().get(pk, str(pk)) if pk else nobody


def _all(model: type[Model], *related: str) -> Names:
    return {row.pk: str(row) for row in model._default_manager.select_related(*related)}


LOOK_UPS: Final[dict[str, Callable[[], Names]]] = {
    "agent": partial(_all, Agent, "user"),
    "tier": partial(_all, EscalationTier),
    "category": partial(_all, Category),
    "outage": partial(_all, Outage),
}
