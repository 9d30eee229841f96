"""Who our mail is from, and where answers to it go."""

from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings


def sender() -> str:
    return settings.DEFAULT_FROM_EMAIL


def replies() -> str:
    """The address whose variants (``reply+…@``) answers go to: the desk's own, never that of the agent who wrote."""
    return settings.REPLY_ADDRESS or f"reply@{domain()}"


def are_ours() -> frozenset[str]:
    """The addresses that we write from and are written to, in lower case; without the variants for answers."""
    return frozenset({parseaddr(sender())[1].lower(), replies().lower()})


def domain() -> str:
    """The domain of the address that we write from; it stands in our Message-IDs."""
    return _domain(sender())


@lru_cache
def _domain(address: str) -> str:
    return parseaddr(address)[1].rpartition("@")[2]
