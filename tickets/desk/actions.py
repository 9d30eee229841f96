from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from tickets.attachments import actions as attachments
from tickets.attachments.models import Attachment
from tickets.desk.models import IntakeDraft

KEPT_FOR: Final = timedelta(days=30)
"""How long an unfinished request waits for its writer after the last change."""

ORPHANED_AFTER: Final = timedelta(days=1)
"""How long a file may lie around that came with a message which was refused, and then given up."""


def forget_drafts(*, at: datetime, limit: int = 500) -> int:
    """Remove drafts that nobody touched for thirty days, with their files; returns how many."""
    with transaction.atomic():
        given_up = IntakeDraft.objects.select_for_update(of=("self",), skip_locked=True).filter(
            updated_at__lte=at - KEPT_FOR
        )
        drafts = list(given_up.order_by("updated_at")[:limit])
        for draft in drafts:
            for file in draft.attachments.all():
                attachments.erase(file)
            draft.delete()
    return len(drafts)


def forget_orphans(*, at: datetime, limit: int = 500) -> int:
    """Remove files that never became part of a message, of an answer that waits, or of a draft; returns how many."""
    with transaction.atomic():
        orphans = Attachment.objects.select_for_update(of=("self",), skip_locked=True).filter(
            message=None, draft=None, pending_replies=None, created_at__lte=at - ORPHANED_AFTER
        )
        files = list(orphans.order_by("created_at")[:limit])
        for file in files:
            attachments.erase(file)
            file.delete()
    return len(files)
