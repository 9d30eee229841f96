"""Mail on a ticket from somebody nobody vouches for: an agent who found out says that the customer wrote it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.models import Message
from tickets.errors import DeskError
from tickets.workspace.access import working
from tickets.workspace.outcomes import back_to, tickets_to_change
from tickets.workspace.ticket import find


@require_POST
@working
def confirm(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Leads to where the customer's words now stand: on a closed ticket, that is the one that follows it."""
    ticket = find(reference, tickets_to_change(request))
    message = get_object_or_404(Message, ticket=ticket, pk=pk)
    try:
        written = lifecycle.confirm_contribution(message, by=Actor.of(request.user), at=timezone.now())
    except DeskError as refusal:
        messages.error(request, str(refusal))
        return back_to(request, ticket)
    messages.success(request, _("These are now the customer’s own words, and they wait for an answer."))
    return back_to(request, written.ticket)
