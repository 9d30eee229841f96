"""Many rows in one transaction; or, when one of them breaks it, each in a transaction of its own."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, transaction
from django.db.models import QuerySet

from tickets.desk.models import Ticket
from tickets.sla import failures

logger = logging.getLogger(__name__)

Work = Callable[[list[int]], int]
"""Gets keys, locks the rows, asks again whether they are due; returns how many it did."""


def all_or_each(due: QuerySet[Any], work: Work, *, at: datetime, limit: int) -> int:
    """Do what is due, the first ``limit`` in its order; returns how many rows ``work`` says it did.

    ``due`` are tickets, or rows of tickets. What fails alone as well is recorded, and its ticket left alone for a while.
    """
    link = "" if due.model is Ticket else "ticket__"
    rows = due.exclude(failures.put_off(link, at=at)).values_list("pk", f"{link}pk")[:limit]
    tickets = dict(rows)
    if not tickets:
        return 0
    try:
        done = in_a_transaction(work, list(tickets))
    except SoftTimeLimitExceeded:
        # The task's time is used up, which is no row's fault.
        raise
    except Exception:
        logger.exception("sweep batch failed; trying its rows one by one")
        return sum(alone(work, key, ticket, at=at) or 0 for key, ticket in tickets.items())
    return done


def alone(work: Work, key: int, ticket_id: int, *, at: datetime) -> int | None:
    """One row in a transaction of its own; None when it failed, which is on record then."""
    try:
        return in_a_transaction(work, [key])
    except SoftTimeLimitExceeded:
        raise
    except OperationalError:
        # The database could not, and not the ticket: a lock that was waited for too long, a connection that broke.
        logger.exception("sweep failed", extra={"ticket": ticket_id})
    except Exception as error:
        logger.exception("sweep failed", extra={"ticket": ticket_id})
        failures.record(ticket_id, error, at=at)
    return None


@transaction.atomic
def in_a_transaction(work: Work, keys: Iterable[int]) -> int:
    return work(list(keys))
