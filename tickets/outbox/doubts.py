"""What people tell us about mail in our name that is not right."""

from datetime import datetime
from typing import Any

from tickets.outbox.models import Doubt, OutgoingMail


def report(*, kind: str, code: str, address: str, text: str, language: str, at: datetime) -> Doubt:
    """Keep what somebody told us. ``code`` may be none of ours: then the mail that bears it is false."""
    mail = OutgoingMail.objects.filter(code=code, sent_at__isnull=False).first() if code else None
    return Doubt.objects.create(kind=kind, code=code, mail=mail, address=address, text=text, language=language, at=at)


def settle(doubt: Doubt, *, by: Any, at: datetime) -> bool:
    """Somebody at the desk has seen to it; False when somebody else already had."""
    return bool(Doubt.objects.waiting().filter(pk=doubt.pk).update(settled_at=at, settled_by=by))
