"""When a customer hears from us next about a ticket, and who has it, as the pages say it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tickets.audit.actor import ActorKind
from tickets.desk.models import Ticket


@dataclass(frozen=True, slots=True)
class Outlook:
    """``label`` goes with ``at`` ("We will answer by", "Next update by"); both are empty when it is not our turn."""

    label: str = ""
    at: datetime | None = None
    late: bool = False


def outlook(ticket: Ticket, *, at: datetime) -> Outlook:
    """Reads the ticket's ``last_message``: whoever waits for an answer is promised one, and not just an update."""
    due = ticket.next_update_at
    if due is None:
        return Outlook()
    if due <= at:
        return Outlook(_("We promised an answer by"), due, late=True)
    if ticket.last_message is None or ticket.last_message.author_kind == ActorKind.CUSTOMER:
        return Outlook(_("We will answer by"), due)
    return Outlook(_("Next update by"), due)
