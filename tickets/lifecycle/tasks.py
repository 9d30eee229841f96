from celery import shared_task
from django.utils import timezone

from tickets import lifecycle


@shared_task(name="tickets.sweep", ignore_result=True)
def sweep() -> None:
    lifecycle.sweep(at=timezone.now())
