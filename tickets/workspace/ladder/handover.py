"""A hand-over note as it is begun for whoever hands a case on: what the desk knows already need not be typed again."""

from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tickets.desk.models import Ticket
from tickets.escalation.models import EscalationRequest
from tickets.lifecycle.attempts import as_text
from tickets.lifecycle.expectations import days_of_customer
from tickets.promises.models import Promise
from tickets.promises.words import promise_in_words


def begun(ticket: Ticket, at: datetime) -> dict[str, str]:
    """``tried``, ``expected`` and ``promised``, each "" where nothing is on record."""
    return {"tried": _tried(ticket), "expected": _expected(ticket, at), "promised": _promised(ticket, at)}


def _tried(ticket: Ticket) -> str:
    """What the customer tried before they wrote, then what we proposed, and how each of it went."""
    own = ticket.answers.filter(field__key="tried").values_list("value", flat=True)
    proposed = as_text(ticket, get_language() or ticket.language)
    return "\n".join(part for part in (*own, proposed) if part)


def _expected(ticket: Ticket, at: datetime) -> str:
    lines = []
    if ticket.expected_from and ticket.expected_until:
        told = {"days": days_of_customer(ticket, ticket.expected_from, ticket.expected_until, at)}
        # Translators: days is a span such as "27 November to 1 December".
        lines.append(_("They were told to expect a solution: %(days)s.") % told)
    asked = EscalationRequest.objects.filter(ticket=ticket, answered_at=None).first()
    if asked is not None:
        lines.append(_("They asked for somebody more senior: %(reason)s.") % {"reason": asked.get_reason_display()})
        lines.append(asked.words)
    return "\n".join(line for line in lines if line)


def _promised(ticket: Ticket, at: datetime) -> str:
    owed = Promise.objects.owed().filter(ticket=ticket).order_by("due_at")
    return "\n".join(promise_in_words(promise, at) for promise in owed)
