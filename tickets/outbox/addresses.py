"""Who our mail is from, and where answers to it go."""

from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings


def sender() -> str:
    return settings.DEFAULT_FROM_EMAIL


def reply_to() -> str:
    """The desk's own mailbox, never the address of the agent who wrote."""
    return sender()


def domain() -> str:
    """The domain of the address that we write from; it stands in our Message-IDs."""
    return _domain(sender())


@lru_cache
def _domain(address: str) -> str:
    return parseaddr(address)[1].rpartition("@")[2]
