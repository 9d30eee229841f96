"""Message-IDs that only we can make, so that a reply can prove which of our mails it answers."""

import hmac
import secrets

from django.conf import settings

from tickets.outbox import addresses


def message_id(ticket_id: int | None) -> str:
    """A new Message-ID (RFC 5322, section 3.6.4) that carries the ticket and a signature."""
    core = f"{ticket_id or 0}.{secrets.token_hex(8)}"
    return f"<{core}.{_signature(core)}@{addresses.domain()}>"


def _signature(core: str) -> str:
    key = f"outbox.message_id:{settings.SECRET_KEY}".encode()
    return hmac.digest(key, core.encode(), "sha256").hex()[:24]
