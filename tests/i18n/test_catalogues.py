"""Our catalogues: whole where we promise it, and nowhere a sentence that would break a page."""

import re

import pytest
from django.conf import settings

from tickets.management.catalogues import COMPLETE, Catalogue, catalogues

CATALOGUES = {catalogue.language: catalogue for catalogue in catalogues()}

# No English sentence begins or ends so, only half of one. Prepositions do end labels: "Solved on", "Hand it to".
CUT = re.compile(r"^\s|\s$|^[,.;:!?]|\b(the|a|an|and|or|your|our|my|than|very)$", re.IGNORECASE)

every_language = pytest.mark.parametrize("catalogue", CATALOGUES.values(), ids=CATALOGUES)
complete_languages = pytest.mark.parametrize("catalogue", [CATALOGUES[code] for code in COMPLETE], ids=COMPLETE)


def test_every_language_but_the_source_has_a_catalogue() -> None:
    assert list(CATALOGUES) == [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


@every_language
def test_no_translation_breaks_its_page(catalogue: Catalogue) -> None:
    assert [str(fault) for fault in catalogue.faults()] == []


@every_language
def test_all_catalogues_have_the_same_sentences(catalogue: Catalogue) -> None:
    def keys(one: Catalogue) -> set[tuple[str | None, str, str]]:
        return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in one.entries}

    assert keys(catalogue) == keys(CATALOGUES[COMPLETE[0]])


@every_language
def test_a_catalogue_keeps_no_sentence_that_is_gone(catalogue: Catalogue) -> None:
    assert [entry.msgid for entry in catalogue.file.obsolete_entries()] == []


@every_language
def test_a_catalogue_names_no_source_lines(catalogue: Catalogue) -> None:
    assert [entry.msgid for entry in catalogue.entries if entry.occurrences] == []


@complete_languages
def test_a_complete_language_lacks_no_sentence(catalogue: Catalogue) -> None:
    assert [entry.msgid for entry in catalogue.missing] == []


@complete_languages
def test_a_complete_language_has_no_guesses(catalogue: Catalogue) -> None:
    assert [entry.msgid for entry in catalogue.fuzzy] == []


def test_sentences_are_whole() -> None:
    """Halves glued together can be put in no other order, and Japanese needs another."""
    entries = CATALOGUES[COMPLETE[0]].entries
    assert len(entries) > 1000
    assert [entry.msgid for entry in entries if CUT.search(entry.msgid)] == []
