"""Many rows in one transaction; or, when one of them breaks it, each in a transaction of its own."""

import logging
from collections.abc import Callable, Iterable

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

logger = logging.getLogger(__name__)


def all_or_each(keys: Iterable[int], work: Callable[[list[int]], int]) -> int:
    """Returns how many rows ``work`` says it did. It gets keys, locks the rows, and asks again whether they are due.

    What fails alone as well is logged and left as it is: the next sweep meets it again, and all others are done.
    """
    keys = list(keys)
    if not keys:
        return 0
    try:
        return _in_a_transaction(work, keys)
    except SoftTimeLimitExceeded:
        # The task's time is used up, which is no row's fault.
        raise
    except Exception:
        logger.exception("sweep batch failed; trying its rows one by one")
    return sum(_alone(work, key) for key in keys)


def _alone(work: Callable[[list[int]], int], key: int) -> int:
    try:
        return _in_a_transaction(work, [key])
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("sweep failed on one row")
        return 0


@transaction.atomic
def _in_a_transaction(work: Callable[[list[int]], int], keys: list[int]) -> int:
    return work(keys)
