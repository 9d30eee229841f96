"""Priorities, and how they follow from what a customer cannot do. Customers never choose a priority themselves."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Priority(StrEnum):
    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


LABELS: Final[dict[str, Promise]] = {
    Priority.URGENT: pgettext_lazy("ticket priority", "Urgent"),
    Priority.HIGH: pgettext_lazy("ticket priority", "High"),
    Priority.NORMAL: pgettext_lazy("ticket priority", "Normal"),
    Priority.LOW: pgettext_lazy("ticket priority", "Low"),
}


@dataclass(frozen=True, slots=True)
class Impact:
    code: str
    sentence: Promise
    priority: Priority


IMPACTS: Final[dict[str, Impact]] = {
    impact.code: impact
    for impact in (
        Impact("danger", _("Something is dangerous: smoke, sparks, an injury"), Priority.URGENT),
        Impact("blocked", _("I cannot use it at all"), Priority.HIGH),
        Impact("limited", _("I can use it, but not the way it should work"), Priority.NORMAL),
        Impact("question", _("Nothing, I only have a question"), Priority.LOW),
    )
}

RANK: Final = {priority: rank for rank, priority in enumerate(Priority)}


def derive(impact: str, category_default: str) -> str:
    """The more urgent of what the customer's sentence means and what the category asks for at least."""
    stated = IMPACTS[impact].priority if impact in IMPACTS else Priority.NORMAL
    return min(Priority(stated), Priority(category_default), key=RANK.__getitem__)


def choices() -> list[tuple[str, Promise]]:
    return [(code.value, LABELS[code]) for code in Priority]


def impact_choices() -> list[tuple[str, Promise]]:
    return [(impact.code, impact.sentence) for impact in IMPACTS.values()]
