"""A ticket's record as people read it: each entry a sentence in the reader's language and time zone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise as LazyText
from django.utils.translation import pgettext_lazy

from tickets import moments
from tickets.audit.actor import ActorKind
from tickets.audit.kinds import kind
from tickets.audit.models import AuditEntry
from tickets.desk import priorities, statuses
from tickets.desk.models import Category, Ticket
from tickets.escalation.models import EscalationTier
from tickets.people.models import Agent
from tickets.promises.models import Promise
from tickets.sla.models import MetricName

NOBODY = pgettext_lazy("instead of an agent's name", "nobody")
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
    """The record as it reads at a moment, oldest first. Customers read what concerns them.

    ``names`` are those of a sort (agent, tier, category) by id that the caller has looked up already.
    """
    entries = AuditEntry.objects.filter(ticket=ticket).select_related("actor").order_by("sequence")
    words = {**_words(at), **{sort: partial(_name, known) for sort, known in (names or {}).items()}}
    lines = []
    for entry in entries:
        known = kind(entry.code)
        if for_customer and not known.for_customers:
            continue
        who = str(entry.actor) if entry.actor else str(ActorKind(entry.actor_kind).label)
        lines.append(Line(entry.at, who, entry.actor_kind, entry.code, known.label, known.read(entry.data, words)))
    return lines


def _words(at: datetime) -> dict[str, Callable[[Any], str]]:
    """How each sort of code reads now; names are looked up once a page, and only when an entry needs them."""
    words: dict[str, Callable[[Any], str]] = {
        "moment": partial(_moment, at),
        "status": lambda code: str(statuses.MEANINGS[code].label),
        "priority": lambda code: str(priorities.LABELS[code]),
        "metric": lambda code: str(MetricName(code).label),
        "promise": lambda code: str(Promise.Kind(code).label),
        "agent": _names(Agent, "user"),
        "tier": _names(EscalationTier),
        "category": _names(Category),
    }
    return words


def _moment(at: datetime, value: str | None) -> str:
    return moments.moment(datetime.fromisoformat(value), at) if value else str(NO_DATE)


def _names(model: type[Model], *related: str) -> Callable[[int | None], str]:
    @cache
    def all_names() -> dict[int, str]:
        return {row.pk: str(row) for row in model._default_manager.select_related(*related)}

    return lambda pk: _name(all_names(), pk) if pk else str(NOBODY)


def _name(names: Names, pk: int | None) -> str:
    return names.get(pk, str(pk)) if pk else str(NOBODY)
