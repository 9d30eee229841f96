from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tickets import lifecycle
from tickets.outbox import deliver


class Command(BaseCommand):
    help = "Takes all that is due now: clock steps, broken promises, tickets to close, old drafts, waiting answers and mail."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        swept = lifecycle.sweep(at=now)
        answered = lifecycle.send_pending_replies(at=now)
        sent = deliver.deliver_waiting(at=now)
        self.stdout.write(
            f"{swept.steps} clock steps, {swept.failed} failures, {swept.promises_broken} promises broken,"
            f" {swept.closed} tickets closed, {swept.forgotten} drafts forgotten, {answered} answers and {sent} mails sent."
        )
