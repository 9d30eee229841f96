"""The signed link by which a customer says from a mail, without signing in, whether a proposed solution worked."""

from typing import Final

from django.core import signing

SALT: Final = "tickets.attempts"
VALID_DAYS: Final = 28


def token(reference: str, number: int) -> str:
    return signing.dumps([reference, number], salt=SALT, compress=True)


def read(token: str) -> tuple[str, int]:
    """Reference and number of a link; raises ``django.core.signing.BadSignature`` when forged or too old."""
    reference, number = signing.loads(token, salt=SALT, max_age=VALID_DAYS * 24 * 3600)
    return reference, number
