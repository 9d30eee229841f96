"""Asking for new due times: what was changed is in force at once, the open cases follow in the background."""

from datetime import datetime

from django.db import transaction

from tickets.audit.actor import Actor
from tickets.calendars.models import Calendar
from tickets.escalation.models import EscalationTier
from tickets.lifecycle.batchwork import hand_over
from tickets.lifecycle.deadlines import tasks as long_work
from tickets.lifecycle.deadlines.due_times import concerned
from tickets.sla.models import Recomputation, SLAPolicyVersion


def ask(
    *,
    cause: str,
    by: Actor,
    at: datetime,
    version: SLAPolicyVersion | None = None,
    calendar: Calendar | None = None,
    tier: EscalationTier | None = None,
) -> Recomputation:
    """Compute the deadlines of all open cases anew, from the commit on: only those that go by ``calendar``, or only the
    rhythm of updates of ``tier``, where one is given. Call it in the transaction that changes what they follow from.
    """
    row = Recomputation(cause=cause, version=version, calendar=calendar, tier=tier, by_id=by.user_id, at=at)
    row.total = concerned(row).count()
    row.save()
    transaction.on_commit(lambda: hand_over(long_work.recompute, [row.pk]), robust=True)
    return row
