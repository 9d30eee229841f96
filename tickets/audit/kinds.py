"""The vocabulary of the record: which kinds of entry exist, how each reads, and what an erasure takes out of it.

A kind stores codes and values, never sentences: the sentence is made when somebody reads it, in the reader's language.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise as LazyText

from tickets.errors import UnknownKind


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry.

    ``label`` names it in lists. ``sentence`` is a whole translatable sentence with named placeholders, filled from the
    entry's data; ``readers`` says which sort of code a value is (``due`` is a ``moment``), so that whoever shows the
    record can turn it into words, all entries of a page with one look-up a sort. ``erases`` lists the data keys that
    hold something personal: an erasure removes the payload when there is any. ``for_customers`` says whether the
    customer sees the entry, in words of its own where ``customer_sentence`` gives them.
    """

    code: str
    label: str | LazyText
    sentence: str | LazyText
    erases: frozenset[str]
    for_customers: bool = False
    customer_sentence: str | LazyText = ""
    readers: Mapping[str, str] = field(default_factory=dict)

    def read(
        self, data: Mapping[str, Any], words: Mapping[str, Callable[[Any], str]], *, for_customer: bool = False
    ) -> str:
        """The entry as a sentence in the active language; ``words`` has a function for every sort of code."""
        values = {key: words[self.readers[key]](value) if key in self.readers else value for key, value in data.items()}
        sentence = self.customer_sentence if for_customer and self.customer_sentence else self.sentence
        return str(sentence) % _Forgiving(values)


class _Forgiving(dict[str, Any]):
    """After an erasure the values are gone; the sentence still has to read."""

    def __missing__(self, key: str) -> str:
        return "…"


_kinds: dict[str, Kind] = {}


def register(kinds: Iterable[Kind]) -> None:
    """Make kinds known; a code can be registered only once."""
    for kind in kinds:
        if kind.code in _kinds:
            raise UnknownKind(f"The audit kind {kind.code!r} is registered twice.")
        _kinds[kind.code] = kind


def kind(code: str) -> Kind:
    """The kind behind a code; raises :class:`UnknownKind` when nobody registered it."""
    try:
        return _kinds[code]
    except KeyError:
        raise UnknownKind(code) from None


def all_kinds() -> list[Kind]:
    return list(_kinds.values())
