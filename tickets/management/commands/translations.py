from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tickets.management import content
from tickets.management.catalogues import COMPLETE, Catalogue, catalogues

HEADINGS = ("language", "sentences", "translated", "fuzzy", "missing", "the shop's texts", "translated", "missing")

# Of a long text, the beginning tells which one it is.
SHOWN = 80


class Command(BaseCommand):
    help = (
        "Show how far each language is: the program's sentences (the catalogues) and the shop's own texts (the admin)."
        " With a language, list what it lacks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        translated_to = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        parser.add_argument("language", nargs="?", choices=translated_to, help="list what this language lacks")
        parser.add_argument(
            "--check",
            action="store_true",
            help=f"end with 1 if {' or '.join(COMPLETE)} has a gap, or any catalogue a sentence that would break a page;"
            " needs no database",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = catalogues()
        if options["check"]:
            self._check(found)
        elif options["language"]:
            self._list(options["language"], found)
        else:
            self._show(found)

    def _check(self, found: list[Catalogue]) -> None:
        complaints = [
            f"{language}: there is no catalogue" for language in COMPLETE if language not in _languages(found)
        ]
        for catalogue in found:
            complaints += [f"{catalogue.language}: {fault}" for fault in catalogue.faults()]
            gaps = len(catalogue.entries) - len(catalogue.translated)
            if gaps and catalogue.language in COMPLETE:
                complaints.append(f"{catalogue.language}: {gaps} sentences are missing or fuzzy")
        for complaint in complaints:
            self.stdout.write(complaint)
        if complaints:
            raise CommandError(f"Faults found: {len(complaints)}.")
        self.stdout.write(f"Catalogues in order: {len(found)}.")

    def _list(self, language: str, found: list[Catalogue]) -> None:
        for catalogue in found:
            if catalogue.language == language:
                for entry in catalogue.missing:
                    self.stdout.write(f"missing: {_beginning(entry.msgid)}")
                for entry in catalogue.fuzzy:
                    self.stdout.write(f"fuzzy: {_beginning(entry.msgid)}")
        for text in content.texts():
            if language not in text.languages:
                self.stdout.write(f"missing: {_beginning(str(text))}")

    def _show(self, found: list[Catalogue]) -> None:
        texts = list(content.texts())
        rows: list[Sequence[str]] = [HEADINGS]
        for catalogue in found:
            in_language = sum(catalogue.language in text.languages for text in texts)
            counts = (
                len(catalogue.entries),
                len(catalogue.translated),
                len(catalogue.fuzzy),
                len(catalogue.missing),
                len(texts),
                in_language,
                len(texts) - in_language,
            )
            rows.append((catalogue.language, *map(str, counts)))
        for line in _aligned(rows):
            self.stdout.write(line)


def _languages(found: list[Catalogue]) -> set[str]:
    return {catalogue.language for catalogue in found}


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines of a table: the first column to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
