from celery import shared_task
from django.utils import timezone

from tickets.inbox.imap import polling
from tickets.inbox.imap.mailboxes import addresses


@shared_task(name="tickets.poll_mailboxes", ignore_result=True)
def poll_mailboxes() -> None:
    """Each in a task of its own, so that one that is slow keeps no other waiting."""
    for name in addresses():
        poll_mailbox.apply_async((name,), retry=False)


@shared_task(name="tickets.poll_mailbox", ignore_result=True)
def poll_mailbox(name: str) -> None:
    """One poll; what is left of a backlog follows in a task of its own, so that none runs longer than a task may."""
    if name in addresses() and polling.poll(name, at=timezone.now()):
        poll_mailbox.apply_async((name,), retry=False)
