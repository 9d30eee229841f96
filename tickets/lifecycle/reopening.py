"""A case that was solved is worked on again."""

from tickets.desk.statuses import Status
from tickets.lifecycle.case import Case
from tickets.sla.rules import Event


def open_again(case: Case) -> None:
    """A Resolved ticket is Open again: the clock for solving it goes on with what was used before."""
    case.set(reopened_count=case.ticket.reopened_count + 1)
    case.note("reopened")
    case.change_status(Status.OPEN, recorded=False, event=Event.REOPENED)
