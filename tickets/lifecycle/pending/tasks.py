"""Sending answers, handed to the workers. The row is the record of it: the sweep finds what a broker lost."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from tickets.lifecycle.pending import sending


@shared_task(name="tickets.send_reply", ignore_result=True)
def send_reply(pk: int) -> None:
    sending.send_pending_reply(pk, at=timezone.now())


@shared_task(name="tickets.send_waiting_replies", ignore_result=True)
def send_waiting_replies() -> None:
    """One batch; what is left over follows in a task of its own, so that none runs longer than a task may."""
    if sending.send_pending_replies(at=timezone.now()) >= sending.BATCH:
        send_waiting_replies.apply_async(retry=False)


def send_later(pk: int, seconds: int) -> None:
    """Tell the workers after the commit. Seconds are short enough for a countdown; what it loses, the sweep finds."""
    transaction.on_commit(lambda: send_reply.apply_async((pk,), countdown=seconds, retry=False), robust=True)
