"""Message-IDs and reply addresses that only we can make, so that an answer proves which of our mails it answers.

Both carry the ticket and a signature. They are believed in whatever case they come back, because servers on the way may
change it; and for as long as the key, or one of its predecessors (SECRET_KEY_FALLBACKS), is known.
"""

import base64
import hmac
import re
import secrets
from collections.abc import Iterable
from typing import Final

from django.conf import settings

from tickets.outbox import addresses

_MESSAGE_ID = re.compile(r"<?([0-9]{1,19}\.[0-9a-f]{16})\.([0-9a-f]{24})@[^<>@\s]+>?", re.IGNORECASE)
_TOKEN = re.compile(r"([0-9a-z]{1,13}-[0-9a-z]{1,13})-([a-z2-7]{16})")
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def message_id(ticket_id: int | None) -> str:
    """A new Message-ID (RFC 5322, section 3.6.4) that carries the ticket and a signature."""
    core = f"{ticket_id or 0}.{secrets.token_hex(8)}"
    return f"<{core}.{_signed('message_id', core, settings.SECRET_KEY).hex()[:24]}@{addresses.domain()}>"


def ticket_of(message_id: str) -> int | None:
    """The ticket that a Message-ID of ours names; 0 for a mail of ours about none, None for what is not ours."""
    match = _MESSAGE_ID.fullmatch(message_id.strip())
    if match is None:
        return None
    core = match[1].lower()
    signatures = (_signed("message_id", core, key).hex()[:24] for key in _keys())
    return int(core.partition(".")[0]) if _is_one_of(match[2].lower(), signatures) else None


def reply_address(ticket_id: int | None, mail_id: int) -> str:
    """Where answers to a mail go, and where it comes back to: ``reply+<token>@…`` (RFC 5233)."""
    core = f"{_short(ticket_id or 0)}-{_short(mail_id)}"
    local, _at, domain = addresses.replies().rpartition("@")
    return f"{local}+{core}-{_code(core, settings.SECRET_KEY)}@{domain}"


def mail_of(address: str) -> tuple[int, int] | None:
    """The ticket (0: none) and the mail that an address of ours names; None for every other address.

    The domain is not compared: an alias of the desk may have rewritten it, and the signature says enough.
    """
    local = address.strip().lower().rpartition("@")[0]
    match = _TOKEN.fullmatch(local.rpartition("+")[2])
    if match is None or not _is_one_of(match[2], (_code(match[1], key) for key in _keys())):
        return None
    ticket, _dash, mail = match[1].partition("-")
    return int(ticket, 36), int(mail, 36)


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _is_one_of(given: str, expected: Iterable[str]) -> bool:
    return any(hmac.compare_digest(given.encode(), one.encode()) for one in expected)


def _code(core: str, key: str) -> str:
    """80 bits, in letters and digits that survive a change of case."""
    return base64.b32encode(_signed("reply", core, key)[:10]).decode().lower()


def _signed(purpose: str, core: str, key: str) -> bytes:
    return hmac.digest(f"outbox.{purpose}:{key}".encode(), core.encode(), "sha256")


def _short(number: int) -> str:
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
        if not number:
            return digits
