"""The state of the translators' catalogues, and what in them would break a page or mislead a reader."""

import gettext
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import polib
from django.conf import settings

COMPLETE: Final = ("it", "ar")
"""Languages that are released without a gap. The others show English where a sentence is missing."""

_PLACEHOLDER: Final = re.compile(r"%\(\w+\)[a-z]|(?<!\{)\{\w*\}(?!\})|%%")
_TAG: Final = re.compile(r"</?[a-z][^<>]*>")
_EDGES: Final = re.compile(r"^(\s*).*?(\s*)$", re.DOTALL)

# How sentences of ours name the number that their plural form goes by.
_COUNTS: Final = frozenset({"%(number)s", "%(count)s"})

# Every remainder that a rule looks at comes by more than once, and so do the round millions that Spanish counts apart.
_NUMBERS: Final = (*range(400), 1_000_000, 2_000_000)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one sentence of a catalogue."""

    sentence: str
    reason: str

    def __str__(self) -> str:
        return f"“{self.sentence}”: {self.reason}"


class Catalogue:
    """One language's ``django.po``. ``language`` is as the settings name it."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.language = source.parent.parent.name.replace("_", "-").lower()
        self.file = polib.pofile(str(source), encoding="utf-8")

    @cached_property
    def entries(self) -> list[polib.POEntry]:
        return [entry for entry in self.file if not entry.obsolete]

    @property
    def translated(self) -> list[polib.POEntry]:
        return [entry for entry in self.entries if entry.translated()]

    @property
    def fuzzy(self) -> list[polib.POEntry]:
        """Translated by a machine's guess or before the source changed; shown to nobody until somebody confirms them."""
        return [entry for entry in self.entries if entry.fuzzy]

    @property
    def missing(self) -> list[polib.POEntry]:
        return [entry for entry in self.entries if not entry.translated() and not entry.fuzzy]

    @property
    def is_complete(self) -> bool:
        return len(self.translated) == len(self.entries)

    @property
    def plural_rule(self) -> str:
        """The ``Plural-Forms`` header: ``nplurals=2; plural=(n != 1);``."""
        return self.file.metadata.get("Plural-Forms", "")

    def numbers_by_form(self) -> list[list[int]]:
        """Which whole numbers each plural form stands for, the forms in their order; none for Polish fractions."""
        match = re.fullmatch(r"\s*nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*(.+?);?\s*", self.plural_rule)
        if match is None:
            return []
        form_of = gettext.c2py(match[2])
        return [[number for number in _NUMBERS if form_of(number) == form] for form in range(int(match[1]))]

    def faults(self) -> Iterator[Fault]:
        """Of what is translated; a gap is no fault, it is counted."""
        forms = self.numbers_by_form()
        if not forms:
            yield Fault(self.plural_rule, "the header Plural-Forms is missing or cannot be read")
            return
        for entry in self.translated:
            yield from (Fault(entry.msgid, reason) for reason in _reasons(entry, forms))


def catalogues() -> list[Catalogue]:
    """Every catalogue of ours, in the order of the settings' languages."""
    order = [code for code, _name in settings.LANGUAGES]
    found = (Catalogue(path) for folder in settings.LOCALE_PATHS for path in Path(folder).glob("*/LC_MESSAGES/*.po"))
    return sorted(
        (catalogue for catalogue in found if catalogue.language in order), key=lambda c: order.index(c.language)
    )


def _reasons(entry: polib.POEntry, forms: list[list[int]]) -> Iterator[str]:
    if not entry.msgid_plural:
        placeholders = _placeholders(entry.msgid)
        yield from _differences(entry.msgid, entry.msgstr, wanted=placeholders, allowed=placeholders)
        return
    if len(entry.msgstr_plural) != len(forms):
        yield f"has {len(entry.msgstr_plural)} plural forms where the language has {len(forms)}"
        return
    singular, plural = _placeholders(entry.msgid), _placeholders(entry.msgid_plural)
    for form, numbers in enumerate(forms):
        # "One file" is right for a form that stands for one number only; French's first stands for 0 and for 1.
        wanted = (singular & plural) - _COUNTS if len(numbers) == 1 else plural
        text = entry.msgstr_plural[form]
        reasons = _differences(entry.msgid_plural, text, wanted=wanted, allowed=singular | plural)
        yield from (f"plural form {form} {reason}" for reason in reasons)


def _differences(source: str, text: str, *, wanted: set[str], allowed: set[str]) -> Iterator[str]:
    """What ``text`` lost or made up: of the placeholders, the tags of ``source``, the spaces around it."""
    got = _placeholders(text)
    if lost := wanted - got:
        yield f"lost {', '.join(sorted(lost))}"
    if invented := got - allowed:
        yield f"made up {', '.join(sorted(invented))}"
    if Counter(_TAG.findall(source)) != Counter(_TAG.findall(text)):
        yield "has other tags"
    if _edges(source) != _edges(text):
        yield "begins or ends with other spaces or line breaks"


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def _edges(text: str) -> tuple[str, ...]:
    match = _EDGES.match(text)
    return match.groups() if match else ()
