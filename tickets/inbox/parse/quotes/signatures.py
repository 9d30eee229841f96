"""What stands below somebody's words without being theirs to say: the signature, and what their phone adds."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tickets.inbox.parse.quotes.devices import DEVICES, PROGRAMS, SENT_FROM
from tickets.inbox.parse.quotes.headings import is_rule
from tickets.inbox.parse.quotes.lines import folded, is_blank

# The usual mark is "-- " (RFC 3676, section 4.3). Some programs lose its blank: then it may as well be a rule that somebody
# drew, and only what looks like a signature goes.
LONGEST_SIGNATURE: Final = 40
LONGEST_DOUBTFUL_SIGNATURE: Final = 8
WIDEST_DOUBTFUL_LINE: Final = 100

_SENTENCE: Final = re.compile(r"\w[^.!?。？！]{20,}[.!?。？！]\s*$|[?？]\s*$")
_POSTSCRIPT: Final = re.compile(r"\s*(?:p\.?\s?s\.?|n\.\s?b\.)\s*[:.]", re.IGNORECASE)
_DECORATION: Final = re.compile(r"^[\s*_<(\[\"“„~•·-]+|[\s*_>)\]\"”~•·.!。-]+$")
_LINK: Final = re.compile(
    r"[(<]{0,2}\s?https?://[^\s<>]{1,300}\s?[)>]{0,2}|\[https?://[^\s\]]{1,300}\]|<[^<>\s]{1,300}>"
)
_APOLOGY: Final = re.compile(
    r"[,.;–-]\s?(?:please |bitte |merci |por favor )?(?:excuse|forgive|pardon|apolog|sorry|entschuldig|excusez|disculp).{0,60}$"
)


# A name may have an ending (iPhonesta, iPhone'umdan), and a few words around it; a sentence has more, or a comma.
_WORD: Final = r"[^\s,;:!?。、]+"
_LONG_NAME: Final = 5


def _named(names: Iterable[str]) -> str:
    """One of the names among a few words. Short ones only count whole: "mac" is in "pharmacy" too."""
    longest_first = [re.escape(name.casefold()) for name in sorted(names, key=len, reverse=True)]
    whole = "|".join(name for name in longest_first if len(name) < _LONG_NAME and name.isascii())
    begun = "|".join(name for name in longest_first if len(name) >= _LONG_NAME or not name.isascii())
    name = rf"(?<![a-zß-ÿ])(?:(?:{begun})[^\s,;:!?。、]{{0,12}}|(?:{whole})(?![^\W\d_]))"
    return rf"(?:{_WORD} ){{0,4}}?[^\s,;:!?。、]{{0,12}}?{name}(?: {_WORD}){{0,3}}?"


def _sent_from() -> re.Pattern[str]:
    device, program = _named(DEVICES), _named(PROGRAMS)
    forms = (form.casefold() for language in SENT_FROM.values() for form in language)
    return re.compile("|".join(form.replace("{device}", device).replace("{program}", program) for form in forms))


_SENT_FROM: Final = _sent_from()


def is_sent_from(line: str) -> bool:
    """The line is what a phone or a program writes below a mail."""
    if len(line) > 250:
        return False
    text = _DECORATION.sub("", _LINK.sub("", folded(line))).strip()
    text = _APOLOGY.sub("", text)
    return 0 < len(text) <= 100 and _SENT_FROM.fullmatch(text) is not None


def is_signature(lines: Sequence[str], start: int, end: int) -> bool:
    """The lines from ``start``, where a mark may stand, up to ``end`` are a signature, and have no afterthought in them."""
    written = [line for line in lines[start + 1 : end] if not is_blank(line)]
    if any(_POSTSCRIPT.match(line) for line in written):
        return False
    if lines[start] == "-- ":
        return len(written) <= LONGEST_SIGNATURE
    return len(written) <= LONGEST_DOUBTFUL_SIGNATURE and all(
        len(line) <= WIDEST_DOUBTFUL_LINE and not _SENTENCE.search(line) for line in written
    )


def may_open_signature(line: str) -> bool:
    """The line is the mark above a signature, or looks like it."""
    return len(line) < 10 and line.strip() == "--"


def without_sent_from(lines: Sequence[str], indices: list[int]) -> list[int]:
    """The indices without those of what a phone added at the end, and the rule above it."""
    kept = list(indices)
    found = False
    while kept:
        line = lines[kept[-1]]
        if is_blank(line) or is_sent_from(line):
            found = found or not is_blank(line)
        elif not (found and (is_rule(line) or may_open_signature(line))):
            break
        kept.pop()
    return kept if found else list(indices)
