"""The verifiable chain: how one entry of a ticket's record is tied to the entry before.

An entry's hash covers the *digest* of its salted payload, not the payload. So payload and salt can be erased (GDPR
article 17) and the chain still verifies, while a changed, dropped or reordered entry is found.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

START = "0" * 64
"""What the first entry of a ticket has instead of a predecessor's hash."""


def canonical(data: Mapping[str, Any]) -> bytes:
    """One byte string per payload, whatever the order of its keys."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(salt: str, data: Mapping[str, Any]) -> str:
    return hashlib.sha256(salt.encode() + b"\n" + canonical(data)).hexdigest()


def link(
    *,
    previous: str,
    ticket_id: int,
    sequence: int,
    at: datetime,
    actor_kind: str,
    actor_id: int | None,
    code: str,
    payload: str,
) -> str:
    """The hash of one entry. ``payload`` is the digest of the salted payload."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = [previous, str(ticket_id), str(sequence), moment, actor_kind, str(actor_id or ""), code, payload]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class Entry(Protocol):
    """What :func:`faults` reads of a stored entry."""

    ticket_id: int
    sequence: int
    at: datetime
    actor_kind: str
    actor_id: int | None
    code: str
    data: Mapping[str, Any]
    salt: str
    payload_digest: str
    previous_hash: str
    hash: str
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fault:
    """``code`` is one of missing, changed, unlinked; ``sequence`` says where."""

    sequence: int
    code: str


def faults(entries: Iterable[Entry]) -> list[Fault]:
    """Everything wrong with one ticket's chain, given its entries in the order of their sequence; empty when intact."""
    found: list[Fault] = []
    previous, expected = START, 1
    for entry in entries:
        if entry.sequence != expected:
            found.append(Fault(expected, "missing"))
        if entry.erased_at is None and digest(entry.salt, entry.data) != entry.payload_digest:
            found.append(Fault(entry.sequence, "changed"))
        sealed = link(
            previous=entry.previous_hash,
            ticket_id=entry.ticket_id,
            sequence=entry.sequence,
            at=entry.at,
            actor_kind=entry.actor_kind,
            actor_id=entry.actor_id,
            code=entry.code,
            payload=entry.payload_digest,
        )
        if sealed != entry.hash:
            found.append(Fault(entry.sequence, "changed"))
        if entry.previous_hash != previous:
            found.append(Fault(entry.sequence, "unlinked"))
        previous, expected = entry.hash, entry.sequence + 1
    return found
