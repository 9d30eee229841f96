"""What stands above a whole mail that is quoted or passed on: dashes with a title, or its header fields."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tickets.inbox.parse.quotes.fields import FIELDS, Fields
from tickets.inbox.parse.quotes.lines import folded, is_blank, is_quoted, without_quote_marks
from tickets.inbox.parse.quotes.titles import FORWARD_BEGINS, FORWARDED, ORIGINAL

# Fields that fold on to a second line, and blank lines between them, are counted in.
MOST_LINES: Final = 14

_RULE: Final = re.compile(r"[\s*]*(?:[-_=—–─━]\s?){5,}[\s*]*$|\s*(?:\*\s){2,}\*\s*$")
_DASHED: Final = re.compile(
    r"[*_\s]*[-=_—–─━]{2,}\s*[*_]*(?P<title>[^-=_—–─━].{2,60}?)[*_]*\s*[:：]?\s*[-=_—–─━]{2,}[*_\s]*$"
)
_DASHES: Final = ("--", "==", "__", "—", "–", "━", "─")
_FIELD: Final = re.compile(r"[\s*_|]*(?P<name>[^\W\d][^:：*]{0,30}?)[\s*_]*[:：][\s*_]*(?P<value>.*)$")
_TITLE_TAIL: Final = re.compile(r"[\s:：.]+$")


def _titles(titles: Iterable[str]) -> frozenset[str]:
    return frozenset(title.casefold() for title in titles)


_ORIGINAL: Final = _titles(ORIGINAL)
_FORWARDED: Final = _titles(FORWARDED)
_FORWARD_BEGINS: Final = _titles(FORWARD_BEGINS)


def _kinds() -> dict[str, frozenset[str]]:
    """Which fields a folded name may be: in one language it is this, in another that."""
    kinds: dict[str, set[str]] = {}
    for fields in FIELDS.values():
        for kind, names in zip(Fields._fields, fields, strict=True):
            for name in names.split("|"):
                kinds.setdefault(name.casefold(), set()).add(kind)
    return {name: frozenset(found) for name, found in kinds.items()}


_KINDS: Final = _kinds()


def is_rule(line: str) -> bool:
    """A line of dashes or underscores, such as Outlook draws above what it quotes."""
    return len(line) <= 200 and _RULE.match(line) is not None


def _dashed_title(line: str) -> str:
    if not line.lstrip("* \t\xa0").startswith(_DASHES) or len(line) < 10:
        return ""
    found = _DASHED.match(folded(line))
    return _TITLE_TAIL.sub("", found["title"]).strip() if found else ""


def opens_original(line: str) -> bool:
    """The line says that the mail that is answered follows."""
    return _dashed_title(line) in _ORIGINAL


def opens_forward(line: str) -> bool:
    """The line says that a mail that is passed on follows."""
    line = without_quote_marks(line)
    if _dashed_title(line) in _FORWARDED:
        return True
    text = folded(line) if line.rstrip().endswith((":", "：")) else ""
    return _TITLE_TAIL.sub("", text) in _FORWARD_BEGINS


def field_name(line: str) -> str:
    """The folded name of the header field that the line may be, "" if it is none."""
    if ":" not in line and "：" not in line:
        return ""
    found = _FIELD.match(folded(line))
    name = found["name"].strip() if found else ""
    return name if name in _KINDS else ""


def header_block_at(lines: Sequence[str], start: int) -> int | None:
    """The line after the header fields that begin at ``start``; None if these are not the header of a mail.

    It takes who sent it, together with when and what about, or to whom: three fields that people do not write one below
    the other, with an address or a figure in them.
    """
    if not field_name(lines[start]):
        return None
    seen: set[str] = set()
    telling = False
    position = last = start
    unnamed = 0
    while position < min(len(lines), start + MOST_LINES):
        line = lines[position]
        if is_quoted(line):
            break
        name = field_name(line)
        if name:
            seen |= _KINDS[name]
            telling = telling or "@" in line
            unnamed, last = 0, position
        elif is_blank(line):
            # Mail made from HTML has blank lines between the fields; two end any header.
            if position + 1 < len(lines) and not field_name(lines[position + 1]):
                break
        else:
            unnamed += 1
            if unnamed > 2:
                break
            telling = telling or "@" in line
        position += 1
    return last + 1 if _is_header(seen, telling) else None


def _is_header(seen: set[str], telling: bool) -> bool:
    if "sender" not in seen:
        return False
    if {"sent", "subject"} <= seen or {"recipient", "subject"} <= seen:
        return True
    return telling and bool(seen & {"sent", "subject"})
