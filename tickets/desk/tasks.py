from celery import shared_task
from django.utils import timezone

from tickets.desk import measuring


@shared_task(name="tickets.measure_topics", ignore_result=True)
def measure_topics() -> None:
    measuring.measure_topics(at=timezone.now())
