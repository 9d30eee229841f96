"""One mail instead of many: what somebody at the desk is told is gathered in a mail that waits before it is sent.

Until it leaves, whoever has more to tell adds it, in the transaction in which it happened. So a worker that is killed
leaves nothing out of it, and nothing in it twice.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tickets import rows
from tickets.outbox import actions as outbox
from tickets.outbox.actions import Letter
from tickets.outbox.models import MailState, OutgoingMail
from tickets.outbox.tallies import LISTED
from tickets.people.models import User


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter to a user that goes into their next summary instead, which leaves at ``leaves_at`` at the latest."""

    user_id: int
    letter: Letter
    leaves_at: datetime


def gather(kind: str, entries: Iterable[Entry], *, at: datetime) -> None:
    """Add to each user's waiting summary of this kind, or begin one. Five statements, for any number of entries."""
    by_user: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_user[entry.user_id].append(entry)
    if not by_user:
        return
    _take_turns(by_user)
    waiting = _waiting(kind, {entries[0].letter.recipient for entries in by_user.values()}, at)
    changed, new = [], []
    for theirs in by_user.values():
        leaves_at = min(entry.leaves_at for entry in theirs)
        first = theirs[0].letter
        mail = waiting.get(first.recipient)
        if mail is None:
            new.append(Letter(kind, first.recipient, first.language, _added({}, theirs), not_before=leaves_at))
        else:
            mail.data = _added(mail.data, theirs)
            mail.next_try_at = min(mail.next_try_at, leaves_at)
            changed.append(mail)
    rows.update(changed, ["data", "next_try_at"])
    outbox.put(new, at=at)


def _take_turns(user_ids: Iterable[int]) -> None:
    """Two workers would each begin a summary for the same person."""
    people = User.objects.select_for_update(no_key=True).filter(pk__in=list(user_ids)).order_by("pk")
    list(people.values_list("pk"))


def _waiting(kind: str, recipients: set[str], at: datetime) -> dict[str, OutgoingMail]:
    """Summaries that nobody has begun to send."""
    mails = OutgoingMail.objects.select_for_update().filter(
        kind=kind, recipient__in=recipients, state=MailState.QUEUED, rendered_at=None, next_try_at__gt=at
    )
    return {mail.recipient: mail for mail in mails}


def _added(data: dict[str, Any], entries: Sequence[Entry]) -> dict[str, Any]:
    counts = Counter(data.get("counts", {}))
    counts.update(entry.letter.kind for entry in entries)
    tickets = dict.fromkeys([*data.get("tickets", []), *(entry.letter.ticket_id for entry in entries)])
    return {"counts": dict(counts), "tickets": list(tickets)[:LISTED]}
