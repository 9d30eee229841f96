"""Writing the record. Callers hold the ticket's row lock, so numbers follow each other without gaps."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from tickets import rows
from tickets.audit.actor import Actor
from tickets.audit.kinds import all_kinds, kind
from tickets.audit.models import AuditEntry
from tickets.audit.rules import START, digest, link


@dataclass(slots=True)
class Trail:
    """What one business event did to one ticket, collected first and written at its end.

    ``begins`` says that the ticket is new: there is no entry before to look for.
    """

    ticket_id: int
    by: Actor
    at: datetime
    begins: bool = False
    notes: list[tuple[str, Actor, dict[str, Any]]] = field(default_factory=list)

    def note(self, code: str, *, by: Actor | None = None, **data: Any) -> None:
        """Remember one entry; raises UnknownKind for a code that nobody registered.

        ``by`` is for what followed from the event without its actor deciding it, such as who got the case.
        """
        kind(code)
        self.notes.append((code, by or self.by, data))


def write(trails: Iterable[Trail]) -> list[AuditEntry]:
    """Append the collected entries: two statements, however many tickets and entries."""
    trails = [trail for trail in trails if trail.notes]
    if not trails:
        return []
    heads = _heads({trail.ticket_id for trail in trails if not trail.begins})
    entries = []
    for trail in trails:
        for code, by, data in trail.notes:
            sequence, previous = heads.get(trail.ticket_id, (0, START))
            entry = _entry(trail, by, code, data, sequence + 1, previous)
            heads[trail.ticket_id] = (entry.sequence, entry.hash)
            entries.append(entry)
    return rows.insert(entries)


def _heads(ticket_ids: set[int]) -> dict[int, tuple[int, str]]:
    if not ticket_ids:
        return {}
    newest = AuditEntry.objects.filter(ticket=OuterRef("ticket")).order_by("-sequence").values("sequence")[:1]
    rows = AuditEntry.objects.filter(ticket__in=ticket_ids, sequence=Subquery(newest))
    return {
        ticket_id: (sequence, sealed)
        for ticket_id, sequence, sealed in rows.values_list("ticket_id", "sequence", "hash")
    }


def _entry(trail: Trail, by: Actor, code: str, data: Mapping[str, Any], sequence: int, previous: str) -> AuditEntry:
    salt = secrets.token_hex(16)
    payload = digest(salt, data)
    sealed = link(
        previous=previous,
        ticket_id=trail.ticket_id,
        sequence=sequence,
        at=trail.at,
        actor_kind=by.kind,
        actor_id=by.user_id,
        code=code,
        payload=payload,
    )
    return AuditEntry(
        ticket_id=trail.ticket_id,
        sequence=sequence,
        at=trail.at,
        actor_kind=by.kind,
        actor_id=by.user_id,
        code=code,
        data=dict(data),
        salt=salt,
        payload_digest=payload,
        previous_hash=previous,
        hash=sealed,
    )


def erase(ticket_ids: Iterable[int], *, at: datetime) -> int:
    """Take the payload out of every entry whose kind says that it holds something personal; the chain stays whole."""
    personal = [known.code for known in all_kinds() if known.erases]
    entries = AuditEntry.objects.filter(ticket__in=list(ticket_ids), code__in=personal, erased_at=None)
    return entries.update(data={}, salt="", erased_at=at)
