"""The way out of single notifications that mail programs offer beside a mail (RFC 2369 and RFC 8058)."""

from typing import Final

from django.conf import settings
from django.core import signing

from tickets.outbox.kinds import address, kind_of
from tickets.outbox.models import OutgoingMail
from tickets.people.models import Digest, User

SALT: Final = "tickets.notifications"
VALID_DAYS: Final = 90


def token(user_id: int) -> str:
    return signing.dumps(user_id, salt=SALT, compress=True)


def read(token: str) -> int:
    """The user's key of a link; raises ``django.core.signing.BadSignature`` when forged or too old."""
    user_id: int = signing.loads(token, salt=SALT, max_age=VALID_DAYS * 24 * 3600)
    return user_id


def headers(mail: OutgoingMail) -> dict[str, str]:
    """For mail that the link really stops: what staff are told and can wait, and the hourly summary of that.

    Nothing for what cannot wait, nor for the daily summary, below which the desk has nothing to offer; and nothing at all
    for customers, who wrote to us and are answered.
    """
    if not kind_of(mail).can_wait:
        return {}
    reader = User.objects.filter(email__iexact=mail.recipient, is_staff=True).exclude(digest=Digest.DAILY).first()
    if reader is None:
        return {}
    found = {"List-Unsubscribe": f"<{address('notifications:stop', token(reader.pk))}>"}
    if settings.HTTPS:
        # RFC 8058, section 3.1: one click is for https alone.
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return found
