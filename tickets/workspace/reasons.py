"""Why a ticket is with whom it is, in sentences."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

GAVE_UP: Final = {
    "skill": gettext_lazy("Nobody who was free has the skill that the category asks for."),
    "team": gettext_lazy("Nobody who was free belongs to the category’s team."),
    "capacity": gettext_lazy("Everybody who fits has as many cases as they can take."),
    "fluency": gettext_lazy("Nobody who was free writes the customer’s language well."),
}


def routing(decision: Mapping[str, Any]) -> list[str]:
    """Sentences for what ``tickets.routing.rules.Decision`` put on record; none for a ticket that was never routed."""
    if not decision:
        return []
    if decision.get("by_hand"):
        return [_("Somebody assigned it by hand.")]
    if not decision.get("agent"):
        return [_("Nobody on this tier takes new cases at the moment. It waits in the tier’s queue.")]
    considered = decision.get("considered", 0)
    chosen = ngettext(
        "The desk chose the only agent of the tier who takes new cases.",
        "The desk chose the best of %(number)s agents of the tier who take new cases.",
        considered,
    ) % {"number": number_format(considered)}
    known = _("Level %(level)s of 5 in the customer’s language; %(load)s open cases at that moment.") % {
        "level": number_format(decision.get("language_level", 0)),
        "load": number_format(decision.get("load", 0)),
    }
    return [chosen, known, *(str(GAVE_UP[code]) for code in decision.get("gave_up", ()) if code in GAVE_UP)]
