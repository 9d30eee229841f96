"""Long work, handed to the workers batch by batch. The row is the record of it; the sweep starts again what was lost."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from tickets.lifecycle.batchwork import hand_over
from tickets.lifecycle.deadlines import due_times, replaying
from tickets.sla.models import Recomputation, WhatIf


@shared_task(name="tickets.recompute", ignore_result=True)
def recompute(pk: int) -> None:
    """One batch; the next is a task of its own, so that none runs longer than a task may."""
    if due_times.recompute(pk, at=timezone.now()):
        hand_over(recompute, [pk])


@shared_task(name="tickets.replay", ignore_result=True)
def replay(pk: int) -> None:
    if replaying.replay(pk, at=timezone.now()):
        hand_over(replay, [pk])


def resume(*, at: datetime) -> int:
    """Start what nobody is at; returns how much. Part of the sweep."""
    due_times.look_again(at=at)
    deadlines = list(Recomputation.objects.waiting(at=at).values_list("pk", flat=True))
    replays = list(WhatIf.objects.waiting(at=at).values_list("pk", flat=True))
    hand_over(recompute, deadlines)
    hand_over(replay, replays)
    return len(deadlines) + len(replays)
