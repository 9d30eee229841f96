"""Links from Django's pages to the desk's own."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tickets.desk.models import Ticket


def to_ticket(ticket: Ticket | None) -> SafeString | str:
    """The reference, which leads to the ticket's page; a dash where there is no ticket."""
    if ticket is None:
        return "–"
    return format_html(
        '<a href="{}"><bdi>{}</bdi></a>', reverse("admin:ticket", args=[ticket.reference]), ticket.reference
    )
