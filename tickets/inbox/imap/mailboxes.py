"""Where to look for mail: what the settings say of each mailbox, and a connection to it."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from django.conf import settings
from imapclient import IMAPClient


@dataclass(frozen=True, slots=True)
class Address:
    """How to reach a mailbox. ``scheme`` is imaps (TLS from the start), imap+tls (STARTTLS) or imap (in the open).

    ``done`` is the folder that messages are moved to once we have them; "" leaves them where they are.
    """

    name: str
    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    done: str = ""


def addresses() -> dict[str, Address]:
    """Every mailbox of the settings (IMAP_MAILBOXES), by its name."""
    return {name: Address(name, **values) for name, values in settings.IMAP_MAILBOXES.items()}


@contextmanager
def connected(address: Address) -> Iterator[IMAPClient]:
    """A session that is signed in. Raises OSError or IMAPClient.Error; never sends the password in the open unless told to."""
    context = ssl.create_default_context()
    secure = address.scheme == "imaps"
    client = IMAPClient(
        address.host,
        port=address.port,
        ssl=secure,
        ssl_context=context if secure else None,
        timeout=settings.EMAIL_TIMEOUT,
    )
    try:
        if address.scheme == "imap+tls":
            client.starttls(context)
        client.login(address.user, address.password)
        yield client
    finally:
        # How the server says goodbye changes nothing about what we have.
        with suppress(OSError, IMAPClient.Error):
            client.logout()
