from celery import shared_task
from django.utils import timezone

from tickets.inbox import process


@shared_task(name="tickets.read_mail", ignore_result=True)
def read_mail(raw_mail_id: int) -> None:
    process.process(raw_mail_id, at=timezone.now())


@shared_task(name="tickets.read_waiting_mail", ignore_result=True)
def read_waiting_mail() -> None:
    """One batch; what is left over follows in a task of its own, so that none runs longer than a task may."""
    if process.process_waiting(at=timezone.now()) >= process.BATCH:
        read_waiting_mail.apply_async(retry=False)


def hand_over(raw_mail_id: int) -> None:
    """Tell the workers. Never waits for a broker that does not answer: the sweep finds the row."""
    read_mail.apply_async((raw_mail_id,), retry=False)
