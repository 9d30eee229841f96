"""Reading mail that came in: each message once, whatever happens to broker or worker.

A worker takes the row with one conditional UPDATE and has it to itself until the lease ends. The message is read outside
of any transaction, because that takes time; what follows from it happens in one transaction, together with the row that
says so. A worker that dies half way has done nothing, and the sweep takes the row again.
"""

import logging
from datetime import datetime
from typing import Any, Final

from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import F

from tickets.inbox import rules
from tickets.inbox.models import InboundState, RawMail, Reason
from tickets.inbox.reading import read
from tickets.inbox.settling import settle

logger = logging.getLogger(__name__)

BATCH: Final = 50
ERROR_LENGTH: Final = RawMail._meta.get_field("last_error").max_length

NEVER_FINISHED: Final = "Each worker that tried to read this died, or took too long."


def process(raw_mail_id: int, *, at: datetime) -> bool:
    """Read one message if it waits and nobody else has it; True when it is settled what becomes of it.

    Raises nothing for what a message is: the row says what went wrong, and when it is tried again. After several attempts
    it is set aside, where somebody sees it.
    """
    if not _take(raw_mail_id, at):
        return False
    raw = RawMail.objects.get(pk=raw_mail_id)
    if raw.attempts > rules.attempts_allowed():
        _put_off(raw, at, NEVER_FINISHED)
        return False
    try:
        return settle(raw, read(raw), at=at)
    except SoftTimeLimitExceeded:
        # The task's time is used up, whatever it was doing. The row waits like any other; the task ends.
        _put_off(raw, at, NEVER_FINISHED)
        raise
    except Exception as error:
        logger.exception("inbound mail could not be read", extra={"mail": raw.pk})
        _put_off(raw, at, f"{type(error).__name__}: {error}")
        return False


def process_waiting(*, at: datetime, limit: int = BATCH) -> int:
    """Read what a lost broker or a killed worker forgot, and what is due again, oldest first; returns how many were taken."""
    waiting = RawMail.objects.to_read(at).order_by("next_try_at", "pk").values_list("pk", flat=True)
    mail_ids = list(waiting[:limit])
    for mail_id in mail_ids:
        process(mail_id, at=at)
    return len(mail_ids)


def _take(raw_mail_id: int, at: datetime) -> bool:
    """The lease: of all who try, the database lets one through."""
    waiting = RawMail.objects.to_read(at).filter(pk=raw_mail_id)
    return bool(waiting.update(lease_until=at + rules.LEASE, attempts=F("attempts") + 1))


def _put_off(raw: RawMail, at: datetime, reason: str) -> None:
    pause = rules.pause_after(raw.attempts)
    values: dict[str, Any] = {"lease_until": None, "last_error": rules.fitting(reason, ERROR_LENGTH)}
    if pause is None:
        values |= {"state": InboundState.SET_ASIDE, "reason": Reason.TROUBLE}
    else:
        values |= {"next_try_at": at + pause}
    # Nothing, when our lease ran out meanwhile: whoever took the row after us knows better how it fared.
    RawMail.objects.filter(pk=raw.pk, state=InboundState.RECEIVED, lease_until=raw.lease_until).update(**values)
