"""The customer told us something: from then on it is our turn."""

from tickets.desk.statuses import Status
from tickets.escalation.models import Trigger
from tickets.escalation.rules import Occasion
from tickets.lifecycle.case import Case
from tickets.lifecycle.ladder.triggers import happens
from tickets.lifecycle.reopening import open_again
from tickets.sla.rules import Event


def hear(case: Case) -> None:
    """Start the clock for an answer. A ticket that was solved opens again, one that waited for somebody is Open."""
    was_solved = case.ticket.status == Status.RESOLVED
    if was_solved:
        open_again(case)
    case.clocks.react(Event.CUSTOMER_MESSAGE, status=Status(case.ticket.status), at=case.at)
    if case.ticket.status in (Status.PENDING, Status.ON_HOLD):
        case.change_status(Status.OPEN)
    if was_solved:
        count_reopening(case)


def count_reopening(case: Case) -> None:
    """What is done when a case comes back too often; at the end of the event that opened it again."""
    happens(case, Occasion(Trigger.REOPENED, "reopened", number=case.ticket.reopened_count))
