"""Opening hours that move deadlines: which ones is shown before anything is written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets import lifecycle
from tickets.calendars.models import Calendar
from tickets.desk.models import Ticket
from tickets.lifecycle import Preview
from tickets.sla.models import MetricName
from tickets.workspace.pages import desk_page

REFUSED: Final = 422
"""The page comes back because something has to be put right."""

LISTED: Final = 20
OURS: Final = ("csrfmiddlewaretoken", "confirmed", "back")

Log = Callable[[Calendar, list[dict[str, Any]]], object]
"""Keeps in the admin's history who changed a calendar, and what."""


@dataclass(frozen=True, slots=True)
class MoveRow:
    ticket: Ticket
    clock: str
    before: datetime
    after: datetime


def ask_first(
    request: HttpRequest, calendar: Calendar, change: Callable[[Calendar], object], *, at: datetime
) -> HttpResponse | None:
    """The page that shows which open deadlines a change would move; None if none would, or if it was seen already.

    What was sent goes along in hidden fields, and comes back with either button.
    """
    if "confirmed" in request.POST:
        return None
    preview = lifecycle.deadlines_moved(calendar, change, at=at)
    if not preview.moves:
        return None
    context = {
        "calendar": calendar,
        "now": at,
        "sentence": _how_many(preview),
        "rows": _rows(request, preview),
        "sent": [(name, value) for name, values in request.POST.lists() for value in values if name not in OURS],
    }
    return desk_page(request, "admin/calendar_confirm.html", context, title=_("Deadlines that would move"))


def _how_many(preview: Preview) -> str:
    number = len(preview.moves)
    values = {"number": number_format(number)}
    if not preview.complete:
        return (
            ngettext(
                "At least %(number)s open clock would move.", "At least %(number)s open clocks would move.", number
            )
            % values
        )
    return ngettext("%(number)s open clock would move.", "%(number)s open clocks would move.", number) % values


def _rows(request: HttpRequest, preview: Preview) -> list[MoveRow]:
    """The first ones, of the cases that the reader may read."""
    moved = {move.ticket.pk for move in preview.moves}
    readable = set(Ticket.objects.visible_to(request.user).filter(pk__in=moved).values_list("pk", flat=True))
    return [
        MoveRow(move.ticket, str(MetricName(move.clock.metric).label), move.before, move.after)
        for move in preview.moves
        if move.ticket.pk in readable
    ][:LISTED]
