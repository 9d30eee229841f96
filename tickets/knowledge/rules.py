"""Help articles as readers get them: in which language, and as which HTML."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SOURCE: Final = "en"
"""The language that every article is written in first, and shown in where there is no other."""

_NUMBERED: Final = re.compile(r"\d+[.)]\s+")
_MARKS: Final = {"## ": "h2", "### ": "h3", "- ": "ul", "* ": "ul"}


@dataclass(frozen=True, slots=True)
class Edition:
    """An article in one language."""

    language: str
    title: str
    summary: str
    body: str


def complete(editions: Iterable[Edition]) -> dict[str, Edition]:
    """What can be shown: a title without a text, or a text without a title, is still being translated."""
    return {edition.language: edition for edition in editions if edition.title.strip() and edition.body.strip()}


def for_reader(editions: Mapping[str, Edition], language: str) -> Edition | None:
    """The reader's own language, else the source language, else any; None when there is nothing to show."""
    for wanted in (language, SOURCE):
        if wanted in editions:
            return editions[wanted]
    return next(iter(editions.values()), None)


def as_html(body: str) -> SafeString:
    """The text of an article as HTML that is safe whatever stands in it.

    A blank line ends a paragraph. ``## `` and ``### `` start headings, ``- `` and ``1. `` the lines of a list; a line
    break inside of a paragraph stays one.
    """
    blocks = re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip())
    return format_html_join("\n", "{}", ((part,) for block in blocks for part in _parts(block)))


def _parts(block: str) -> Iterator[SafeString]:
    """The elements of one block: lines of the same kind belong together."""
    lines = [_line(line.strip()) for line in block.split("\n") if line.strip()]
    for element, group in groupby(lines, key=lambda line: line[0]):
        texts = [text for _element, text in group]
        if element in ("ul", "ol"):
            yield format_html(
                "<{}>{}</{}>", element, format_html_join("", "<li>{}</li>", ((text,) for text in texts)), element
            )
        elif element == "p":
            yield format_html("<p>{}</p>", format_html_join(SafeString("<br>"), "{}", ((text,) for text in texts)))
        else:
            yield format_html_join("\n", f"<{element}>{{}}</{element}>", ((text,) for text in texts))


def _line(line: str) -> tuple[str, str]:
    """The element that a line belongs to, and what it says."""
    for mark, element in _MARKS.items():
        if line.startswith(mark):
            return element, line.removeprefix(mark).strip()
    if number := _NUMBERED.match(line):
        return "ol", line[number.end() :].strip()
    return "p", line
