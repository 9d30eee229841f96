"""The chain of a ticket's record: whatever is changed, dropped or reordered is found; an erasure is not a fault."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tickets.audit.rules import START, Fault, digest, faults, link


@dataclass
class Kept:
    sequence: int
    data: Mapping[str, Any]
    previous_hash: str = START
    ticket_id: int = 1
    at: datetime = datetime(2026, 11, 23, tzinfo=UTC)
    actor_kind: str = "agent"
    actor_id: int | None = 7
    code: str = "replied"
    salt: str = "salt"
    payload_digest: str = ""
    hash: str = ""
    erased_at: datetime | None = field(default=None)


def sealed(entry: Kept) -> Kept:
    payload = digest(entry.salt, entry.data)
    made = link(
        previous=entry.previous_hash,
        ticket_id=entry.ticket_id,
        sequence=entry.sequence,
        at=entry.at,
        actor_kind=entry.actor_kind,
        actor_id=entry.actor_id,
        code=entry.code,
        payload=payload,
    )
    return replace(entry, payload_digest=payload, hash=made)


def chain(length: int) -> list[Kept]:
    entries: list[Kept] = []
    for number in range(1, length + 1):
        previous = entries[-1].hash if entries else START
        entries.append(sealed(Kept(number, {"number": number}, previous)))
    return entries


lengths = st.integers(2, 12)


@given(lengths)
def test_an_untouched_chain_has_no_faults(length: int) -> None:
    assert faults(chain(length)) == []


@given(lengths, st.data())
def test_a_changed_payload_is_found_where_it_is(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    spot = data.draw(st.integers(0, length - 1))
    entries[spot] = replace(entries[spot], data={"number": 999})
    assert faults(entries) == [Fault(spot + 1, "changed")]


@given(lengths, st.data())
def test_an_entry_sealed_anew_does_not_fit_the_one_after_it(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    spot = data.draw(st.integers(0, length - 2))
    entries[spot] = sealed(replace(entries[spot], data={"number": 999}))
    assert faults(entries) == [Fault(spot + 2, "unlinked")]


@given(lengths, st.data())
def test_another_actor_is_found(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    spot = data.draw(st.integers(0, length - 1))
    entries[spot] = replace(entries[spot], actor_id=8)
    assert faults(entries) == [Fault(spot + 1, "changed")]


@given(lengths, st.data())
def test_a_dropped_entry_is_found(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    spot = data.draw(st.integers(0, length - 2))
    del entries[spot]
    assert faults(entries) == [Fault(spot + 1, "missing"), Fault(spot + 2, "unlinked")]


@given(lengths, st.data())
def test_swapped_entries_are_found(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    spot = data.draw(st.integers(0, length - 2))
    entries[spot], entries[spot + 1] = entries[spot + 1], entries[spot]
    assert faults(entries)


@given(lengths, st.data())
def test_an_erased_payload_is_no_fault(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    spot = data.draw(st.integers(0, length - 1))
    entries[spot] = replace(entries[spot], data={}, salt="", erased_at=datetime(2026, 12, 1, tzinfo=UTC))
    assert faults(entries) == []
