"""How patiently a mail is tried again, and what mail programs are told about it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

LEASE: Final = timedelta(minutes=5)
"""How long one worker has a mail to itself. Longer than a task may run (see portal/celery.py), so that only the dead lose it."""

PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 8 * 60, 12 * 60))
"""Between one attempt and the next: a mail server may be away for a day. After the last the mail has failed."""

SHORT_LIVED_PAUSES: Final = PAUSES[:2]
"""For mail with a sign-in code, which is worth nothing after a quarter of an hour."""

SPREAD: Final = 0.1
"""Pauses differ by up to this share, so that a server that comes back is not met by everything at once."""

REFERENCES: Final = 10
"""How many Message-IDs stand in References: long lists are cut by servers at places of their own choosing."""


def attempts_allowed(*, short_lived: bool = False) -> int:
    """How often a mail is tried before it has failed."""
    return len(SHORT_LIVED_PAUSES if short_lived else PAUSES) + 1


def pause_after(attempts: int, *, seed: int, short_lived: bool = False) -> timedelta | None:
    """How long to wait after so many attempts in vain; None when it is time to give up.

    ``seed`` spreads mails that failed together; the same one always gives the same pause.
    """
    pauses = SHORT_LIVED_PAUSES if short_lived else PAUSES
    if attempts > len(pauses):
        return None
    share = (seed * 37 % 101) / 100
    return pauses[attempts - 1] * (1 + SPREAD * share)


def thread(earlier: Sequence[str]) -> dict[str, str]:
    """The headers that let mail programs show a conversation (RFC 5322, section 3.6.4).

    ``earlier`` are its Message-IDs so far, oldest first. Of many, the first, which names the conversation, and the newest
    are kept.
    """
    if not earlier:
        return {}
    kept = earlier if len(earlier) <= REFERENCES else [earlier[0], *earlier[-(REFERENCES - 1) :]]
    return {"In-Reply-To": earlier[-1], "References": " ".join(kept)}


def automatic_headers(auto_submitted: str) -> dict[str, str]:
    """What asks other machines not to answer (RFC 3834, section 5; the second header is what Exchange knows)."""
    return {"Auto-Submitted": auto_submitted, "X-Auto-Response-Suppress": "All"}
