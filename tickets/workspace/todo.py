"""What waits for a lead: decisions that nobody else takes, and things at the desk that went wrong.

Each entry is a function that looks whether there is something to do, at the cost of one capped count. It answers None for
whoever may not do it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from tickets.workspace import requests, reviews
from tickets.workspace.due import of_moment
from tickets.workspace.paging import capped_count


@dataclass(frozen=True, slots=True)
class Todo:
    """``label`` says what there is to do, ``detail`` how much of it or by when. ``tone`` is fine, soon or late."""

    label: str
    detail: str
    address: str
    tone: str = "fine"


Entry = Callable[[Any, datetime], Todo | None]


def answer_requests(user: Any, at: datetime) -> Todo | None:
    """Customers were promised these answers by a date."""
    if not user.has_perm(requests.MAY_ANSWER):
        return None
    waiting = requests.waiting(user)
    first = waiting.first()
    if first is None:
        return None
    due = of_moment(first.answer_by, at)
    # Translators: number is how many, due is when the first of them is due, such as "Due in 2 hrs".
    detail = _("%(number)s; the first: %(due)s") % {"number": capped_count(waiting), "due": due.text}
    return Todo(_("Answer customers who ask for somebody more senior"), detail, reverse("admin:requests"), due.state)


def review_escalations(user: Any, at: datetime) -> Todo | None:
    if not user.has_perm(reviews.MAY_REVIEW):
        return None
    number = capped_count(reviews.to_review(user))
    return Todo(_("Review escalations of closed cases"), number, reverse("admin:reviews")) if number != "0" else None


# Put yours where it presses: the most urgent first.
ENTRIES: Final[tuple[Entry, ...]] = (answer_requests, review_escalations)


def todos(user: Any, at: datetime) -> list[Todo]:
    """What this user has to see to, the most urgent first."""
    found = (entry(user, at) for entry in ENTRIES)
    return [todo for todo in found if todo is not None]
