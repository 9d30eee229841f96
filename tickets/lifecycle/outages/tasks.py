"""Work about outages, handed to the workers. A row is the record of it: the sweep starts again what a broker lost."""

from datetime import datetime

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from tickets.escalation.models import Outage, OutageUpdate
from tickets.lifecycle.batchwork import hand_over
from tickets.lifecycle.outages import work as outage_work


@shared_task(name="tickets.link_outage", ignore_result=True)
def link_outage(pk: int) -> None:
    """One batch; the next is a task of its own, so that none runs longer than a task may."""
    if outage_work.link_open_cases(pk, at=timezone.now()):
        hand_over(link_outage, [pk])


@shared_task(name="tickets.send_outage_update", ignore_result=True)
def send_outage_update(pk: int) -> None:
    if outage_work.send_update(pk, at=timezone.now()):
        hand_over(send_outage_update, [pk])


def start_linking(pk: int) -> None:
    transaction.on_commit(lambda: hand_over(link_outage, [pk]), robust=True)


def start_sending(pk: int) -> None:
    transaction.on_commit(lambda: hand_over(send_outage_update, [pk]), robust=True)


def resume(*, at: datetime) -> int:
    """Hand over what waits and nobody is at; returns how much. Part of the sweep."""
    outage_work.look_again(at=at)
    cases = list(Outage.objects.waiting(at=at).values_list("pk", flat=True))
    updates = list(OutageUpdate.objects.waiting(at=at).values_list("pk", flat=True))
    hand_over(link_outage, cases)
    hand_over(send_outage_update, updates)
    return len(cases) + len(updates)
