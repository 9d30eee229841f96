"""Filling a canned reply. A fixed list of variables: a template never reaches into the ticket by itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import pgettext_lazy

VARIABLES: Final = {
    "first_name": pgettext_lazy("variable of a canned reply", "customer’s first name"),
    "name": pgettext_lazy("variable of a canned reply", "customer’s whole name"),
    "reference": pgettext_lazy("variable of a canned reply", "reference of the ticket"),
    "order": pgettext_lazy("variable of a canned reply", "order number"),
    "product": pgettext_lazy("variable of a canned reply", "product"),
    "agent": pgettext_lazy("variable of a canned reply", "name of who answers"),
    "next_due": pgettext_lazy("variable of a canned reply", "by when we answer next, in the customer’s time"),
    "shop": pgettext_lazy("variable of a canned reply", "name of the shop"),
}

_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_IN_BRACES: Final = re.compile(r"\{([^{}\n]*)\}")


def unknown_variables(text: str) -> list[str]:
    """What stands in braces that nobody could fill in, in the order of its first appearance."""
    return [name for name in dict.fromkeys(_IN_BRACES.findall(text)) if name not in VARIABLES]


@dataclass(frozen=True, slots=True)
class Filled:
    """``empty`` names the variables that had no value: the agent is warned before sending."""

    text: str
    empty: tuple[str, ...]


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put the values in; a variable without a value stays visible as ``{name}``, so that it cannot be overlooked."""
    empty = tuple(name for name in dict.fromkeys(_PLACEHOLDER.findall(text)) if not values.get(name))
    return Filled(_PLACEHOLDER.sub(lambda match: values.get(match[1]) or match[0], text), empty)
