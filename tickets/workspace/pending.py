"""Buttons on answers that have not left: take one back, or discard it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.models import PendingReply, Ticket
from tickets.errors import NotAllowed
from tickets.workspace.access import working
from tickets.workspace.outcomes import back_to, tickets_to_change, to_composer
from tickets.workspace.ticket import find


@require_POST
@working
def take_back(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Its text is in its author's composer again. A second press finds it there, too."""
    ticket = find(reference, tickets_to_change(request))
    if not _press(request, lifecycle.take_back_reply, ticket, pk):
        return back_to(request, ticket)
    messages.success(request, _("The answer was taken back. The customer has not seen it."))
    return to_composer(ticket)


@require_POST
@working
def discard(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    ticket = find(reference, tickets_to_change(request))
    if _press(request, lifecycle.discard_reply, ticket, pk):
        messages.success(request, _("The answer was discarded. The customer has not seen it."))
    return back_to(request, ticket)


def _press(request: HttpRequest, act: Callable[..., object], ticket: Ticket, pk: int) -> bool:
    """Whether the desk's rules let it happen; if not, the page says why."""
    try:
        act(PendingReply(pk=pk, ticket=ticket), by=Actor.of(request.user))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return False
    return True
