"""Finding a customer's own ticket by what stands in the address."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from tickets.desk import references
from tickets.desk.models import Ticket
from tickets.people.models import User

SHOWN = (
    "customer",
    "category",
    "tier",
    "assignee__user",
    "order",
    "order_line",
    "last_message",
    "follow_up_of",
    "outage",
)


def find_ticket(user: User, reference: str) -> Ticket:
    """However the reference was typed. Raises Http404 for what is none, unknown, or somebody else's."""
    meant = references.normalise(reference)
    if not meant:
        raise Http404
    return get_object_or_404(Ticket.objects.visible_to(user).select_related(*SHOWN), reference=meant)
