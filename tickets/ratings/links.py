"""The signed link to rate a resolution without signing in."""

from typing import Final

from django.core import signing

SALT: Final = "tickets.ratings"
VALID_DAYS: Final = 28


def token(reference: str, cycle: int) -> str:
    return signing.dumps([reference, cycle], salt=SALT, compress=True)


def read(token: str) -> tuple[str, int]:
    """Reference and resolution of a link; raises ``django.core.signing.BadSignature`` when forged or too old."""
    reference, cycle = signing.loads(token, salt=SALT, max_age=VALID_DAYS * 24 * 3600)
    return reference, cycle
