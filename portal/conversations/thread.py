"""A ticket's conversation as the customer reads it: what was written, and quietly between it what happened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Prefetch, QuerySet

from tickets.attachments.models import Attachment
from tickets.audit.actor import ActorKind
from tickets.desk.models import Attempt, Message
from tickets.lifecycle.history import Line
from tickets.people.models import User

# The messages say this themselves, and the top of the page says the status. The record below has all of it.
SAID_ELSEWHERE: Final = frozenset(
    {"announced", "customer_wrote", "replied", "attempted", "expected", "file_added", "status_changed"}
)
# These name who has it now; that it was routed there says the same again.
NAME_THE_NEXT: Final = frozenset({"escalated", "came_down"})


@dataclass(frozen=True, slots=True)
class Entry:
    """Either a message or an event of the record."""

    at: datetime
    message: Message | None = None
    event: Line | None = None

    @property
    def is_customers(self) -> bool:
        return self.message is not None and self.message.author_kind == ActorKind.CUSTOMER


def messages_of(ticket_id: int, user: User) -> QuerySet[Message]:
    """What this user may read of a ticket, with everything that the page shows about it: three statements."""
    files = Prefetch("attachments", Attachment.objects.order_by("created_at", "pk"))
    messages = Message.objects.visible_to(user).filter(ticket=ticket_id)
    attempts = Prefetch("attempts", Attempt.objects.select_related("article"))
    return messages.select_related("author__agent__tier").prefetch_related(files, attempts)


def interleaved(messages: Iterable[Message], record: Sequence[Line]) -> list[Entry]:
    """Messages and events in the order in which they happened; what a message caused stands below it."""
    moved = {line.at for line in record if line.code in NAME_THE_NEXT}
    entries = [Entry(message.at, message=message) for message in messages]
    entries += [
        Entry(line.at, event=line)
        for line in record
        if line.code not in SAID_ELSEWHERE and not (line.code == "routed" and line.at in moved)
    ]
    return sorted(entries, key=lambda entry: entry.at)
