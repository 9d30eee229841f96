"""One summary for each person of what the desk notices too late, such as after a night without workers.

It is a mail like any other, that waits a little before it is sent: until then each batch of the sweep adds what it found,
in the transaction in which it found it. So a worker that is killed leaves nothing out of it, and nothing in it twice.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from tickets import rows
from tickets.outbox import actions as outbox
from tickets.outbox.actions import Letter
from tickets.outbox.models import MailState, OutgoingMail
from tickets.people.models import User

KIND: Final = "catch_up"

LATE: Final = timedelta(minutes=30)
"""Sweeps come each half minute, and a restart takes some minutes. What is later than this, the desk was away for."""

GATHERS_FOR: Final = timedelta(minutes=5)
"""How long a summary waits for more."""

LISTED: Final = 20
"""So many cases are named; the queue has them all."""


def put(overdue: Iterable[tuple[int, Letter]], *, at: datetime) -> None:
    """Sum up letters by who would have got them: pairs of a user's key and a letter. Five statements, for any number."""
    by_user: dict[int, list[Letter]] = defaultdict(list)
    for user_id, letter in overdue:
        by_user[user_id].append(letter)
    if not by_user:
        return
    _take_turns(by_user)
    waiting = _waiting({letters[0].recipient for letters in by_user.values()}, at)
    changed, new = [], []
    for letters in by_user.values():
        mail = waiting.get(letters[0].recipient)
        if mail is None:
            new.append(_letter(letters, at))
        else:
            mail.data = _added(mail.data, letters)
            mail.next_try_at = min(mail.next_try_at, _not_before(letters, at))
            changed.append(mail)
    rows.update(changed, ["data", "next_try_at"])
    outbox.put(new, at=at)


def _take_turns(user_ids: Iterable[int]) -> None:
    """Two workers would each begin a summary for the same person."""
    people = User.objects.select_for_update(no_key=True).filter(pk__in=list(user_ids)).order_by("pk")
    list(people.values_list("pk"))


def _waiting(recipients: set[str], at: datetime) -> dict[str, OutgoingMail]:
    """Summaries that nobody has begun to send."""
    mails = OutgoingMail.objects.select_for_update().filter(
        kind=KIND, recipient__in=recipients, state=MailState.QUEUED, rendered_at=None, next_try_at__gt=at
    )
    return {mail.recipient: mail for mail in mails}


def _letter(letters: Sequence[Letter], at: datetime) -> Letter:
    first = letters[0]
    return Letter(KIND, first.recipient, first.language, _added({}, letters), not_before=_not_before(letters, at))


def _not_before(letters: Sequence[Letter], at: datetime) -> datetime:
    """When the first of them could have been sent, and not at once."""
    return max(min(letter.not_before or at for letter in letters), at + GATHERS_FOR)


def _added(data: dict[str, Any], letters: Sequence[Letter]) -> dict[str, Any]:
    counts = Counter(data.get("counts", {}))
    counts.update(letter.kind for letter in letters)
    tickets = dict.fromkeys([*data.get("tickets", []), *(letter.ticket_id for letter in letters)])
    return {"counts": dict(counts), "tickets": list(tickets)[:LISTED]}
