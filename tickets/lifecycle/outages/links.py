"""Which cases are about which outage, and what being linked to one does to a case."""

from functools import cached_property

from django.db.models import Q

from tickets.audit.actor import Actor
from tickets.desk.models import Ticket, TicketQuerySet
from tickets.escalation.models import EscalationRule, Outage, Trigger
from tickets.escalation.rules import Occasion
from tickets.lifecycle.case import Case
from tickets.lifecycle.ladder.triggers import Ladder
from tickets.people.models import User


def join_outage(case: Case) -> bool:
    """Link the case to the outage that it is about, if one goes on and nobody took the case out of it before."""
    ticket = case.ticket
    if ticket.outage_id is not None or ticket.is_done:
        return False
    of_its_topic = Outage.objects.going_on().filter(Q(category=None) | Q(category=ticket.category_id))
    for outage in of_its_topic.order_by("started_at", "pk"):
        if is_about(ticket, outage) and not outage.kept_out.filter(pk=ticket.pk).exists():
            link(case, outage, LadderForMany([ticket]), by=Actor.system())
            return True
    return False


def is_about(ticket: Ticket, outage: Outage) -> bool:
    line = ticket.order_line
    products = (line.product, line.sku) if line else ()
    return outage.scope.covers(category_id=ticket.category_id, products=products, opened_at=ticket.created_at)


def candidates(outage: Outage) -> TicketQuerySet:
    """Open cases that an outage may concern: as far as the database can tell, which knows no letters but ours."""
    tickets = Ticket.objects.active().filter(outage=None, created_at__gte=outage.started_at)
    if outage.category_id is not None:
        tickets = tickets.filter(category=outage.category_id)
    if outage.product:
        tickets = tickets.filter(order_line__isnull=False)
    return tickets.exclude(pk__in=outage.kept_out.values("pk")) if outage.pk else tickets


def link(case: Case, outage: Outage, ladder: Ladder, *, by: Actor) -> None:
    """The part of an event that links: the record, and whatever the rules say about critical outages."""
    case.set(outage=outage)
    case.note("outage_linked", by=by, outage=outage.pk)
    ladder.happens(case, Occasion(Trigger.OUTAGE, f"outage:{outage.pk}"))


class LadderForMany(Ladder):
    """The rules, for cases of an outage that a lead declared: priority, rhythm, and whoever has the case.

    There may be hundreds, and one person writes to all of them: no case is handed up for it, and no lead is told of each.
    """

    def _tier_for(self, case: Case, rule: EscalationRule) -> None:
        return None

    @cached_property
    def leads(self) -> list[User]:
        return []
