"""A customer gets another plan, and with it other promises on every case that is open."""

from datetime import datetime

from django.db import transaction

from tickets.audit.actor import Actor
from tickets.desk.models import Ticket
from tickets.desk.statuses import ACTIVE
from tickets.lifecycle import case as cases
from tickets.lifecycle.deadlines.retargeting import retarget
from tickets.people.models import Customer, Plan


def change_plan(customer: Customer, *, plan: Plan, by: Actor, at: datetime) -> None:
    """Deadlines of the customer's open cases follow at once; a solved one takes the plan of the day if it is reopened."""
    with transaction.atomic():
        # Not its key: who holds a ticket's lock writes rows that point to the customer, and we wait for tickets below.
        before = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk).plan
        customer.plan = plan
        if before == plan:
            return
        customer.save(update_fields=["plan"])
        open_cases = Ticket.objects.filter(customer=customer, status__in=ACTIVE).order_by("pk")
        locked = open_cases.select_for_update(of=("self",)).select_related(*cases.RELATED)
        loaded = cases.load(list(locked), by=by, at=at)
        for case in loaded:
            case.note("plan_changed", before=before, after=plan)
            retarget(case, cause="plan")
        if loaded:
            cases.save(loaded)
