from celery import shared_task
from django.utils import timezone

from tickets.outbox import deliver

BURST = 200
"""More new mails than this at once are left to one sweep, instead of a message to the broker for each."""


@shared_task(name="tickets.deliver_mail", ignore_result=True)
def deliver_mail(mail_id: int) -> None:
    deliver.deliver(mail_id, at=timezone.now())


@shared_task(name="tickets.deliver_waiting_mail", ignore_result=True)
def deliver_waiting_mail() -> None:
    """One batch; what is left over follows in a task of its own, so that none runs longer than a task may."""
    if deliver.deliver_waiting(at=timezone.now()) >= deliver.BATCH:
        deliver_waiting_mail.apply_async(retry=False)


def hand_over(mail_ids: list[int]) -> None:
    """Tell the workers about new rows. Never waits for a broker that does not answer: the sweep finds the rows."""
    if len(mail_ids) > BURST:
        deliver_waiting_mail.apply_async(retry=False)
        return
    for mail_id in mail_ids:
        deliver_mail.apply_async((mail_id,), retry=False)
