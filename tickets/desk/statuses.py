"""What each status means. Querysets, badges, clocks and filters read this one table."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(StrEnum):
    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Meaning:
    """``group`` is active (somebody has to act) or done; ``turn`` says whose move it is: ours, the customer's, a third party's.

    ``tone`` and ``customer_tone`` name shape and colour in the style sheets; they only repeat what the words say.
    """

    label: Promise
    customer_label: Promise
    explanation: Promise
    group: str
    turn: str
    tone: str
    customer_tone: str


MEANINGS: Final[dict[str, Meaning]] = {
    Status.NEW: Meaning(
        pgettext_lazy("ticket status", "New"),
        pgettext_lazy("ticket status, for the customer", "We have it"),
        _("Nobody has answered yet."),
        "active", "ours", "new", "work",
    ),
    Status.OPEN: Meaning(
        pgettext_lazy("ticket status", "Open"),
        pgettext_lazy("ticket status, for the customer", "We are working on it"),
        _("The desk has to act next."),
        "active", "ours", "open", "work",
    ),
    Status.PENDING: Meaning(
        pgettext_lazy("ticket status", "Pending"),
        pgettext_lazy("ticket status, for the customer", "Your turn"),
        _("The customer has to act next; the clock for solving it stands still."),
        "active", "customer", "plain", "act",
    ),
    Status.ON_HOLD: Meaning(
        pgettext_lazy("ticket status", "On hold"),
        pgettext_lazy("ticket status, for the customer", "On hold: we wait for somebody else"),
        _("A third party has to act next, such as a carrier. The customer still gets updates."),
        "active", "third_party", "hold", "hold",
    ),
    Status.RESOLVED: Meaning(
        pgettext_lazy("ticket status", "Resolved"),
        pgettext_lazy("ticket status, for the customer", "Solved"),
        _("Answered for good, unless the customer writes again within seven days."),
        "done", "nobody", "done", "good",
    ),
    Status.CLOSED: Meaning(
        pgettext_lazy("ticket status", "Closed"),
        pgettext_lazy("ticket status, for the customer", "Closed"),
        _("Over. A new message opens a new ticket that is linked to this one."),
        "done", "nobody", "done", "done",
    ),
}  # fmt: skip

ACTIVE: Final = tuple(code for code, meaning in MEANINGS.items() if meaning.group == "active")
DONE: Final = tuple(code for code, meaning in MEANINGS.items() if meaning.group == "done")


def choices() -> list[tuple[str, Promise]]:
    return [(code.value, MEANINGS[code].label) for code in Status]
