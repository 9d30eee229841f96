"""Ticket references that people can read out on the telephone: Crockford base32, without I, L, O and U."""

import re
import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
PATTERN: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")


def generate() -> str:
    """A random reference such as ``K7Q4-9M2X``: 40 bits, so that nobody finds another one by counting."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


def normalise(text: str) -> str:
    """What somebody typed as the reference it means (any case, ``O`` for ``0``, with or without the dash); "" if none."""
    # Copied from a mail in Arabic it comes with the marks that kept it together there.
    compact = re.sub(r"[\s\u2066-\u2069\u200e\u200f-]", "", text).upper().translate(_MISREAD)
    candidate = f"{compact[:4]}-{compact[4:]}"
    return candidate if PATTERN.fullmatch(candidate) else ""
