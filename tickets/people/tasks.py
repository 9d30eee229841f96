from celery import shared_task
from django.utils import timezone

from tickets.people import sign_ins


@shared_task(name="tickets.forget_sign_ins", ignore_result=True)
def forget_sign_ins() -> None:
    sign_ins.forget(at=timezone.now())
