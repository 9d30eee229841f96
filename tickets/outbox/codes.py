"""Short codes that let anybody ask whether a mail really came from us."""

import secrets
from typing import Final

from tickets.desk.references import ALPHABET, normalise

LENGTH: Final = 8


def generate() -> str:
    """Such as ``7XKD-2M4Q``; same alphabet as ticket references, but never a reference's value on purpose."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{drawn[:4]}-{drawn[4:]}"


def read(text: str) -> str:
    """A code as typed by somebody; "" if it cannot be one."""
    return normalise(text)
