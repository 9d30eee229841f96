"""The line above a quote: who wrote it, and when.

Programs write it in some sixty languages and break it where they like, so no list of sentences covers it. What they share
is made of: a word for "wrote", a date, a time of day, an address in brackets, a colon at the end. How much of it must be
there depends on what follows: above lines marked with ">" little is enough; without marks everything below would go, so it
must be something that a person does not type.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tickets.inbox.parse.quotes.lines import LONGEST_LINE, folded, is_blank, is_quoted
from tickets.inbox.parse.quotes.words import OPENERS, PERSONS, QUOTING, WROTE

# Programs wrap at 70 to 80 characters: name, address and date need four lines at most.
MOST_LINES: Final = 4

# The last word for "wrote" may stand on a line of its own; the shortest is Korean, with its colon.
SHORTEST: Final = 3

_ENDS: Final = re.compile(r"(?:[:：﹕︰]|\w\s?-{2,}|\w\s?—)[\W_]*$")
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\"',;:、，：@]+@[^\s<>()\[\]\"',;:、，：@]+\.[^\s<>()\[\]\"',;:、，：@]+")
_IN_BRACKETS: Final = re.compile(
    r"[<(\[＜（«‹]\s?(?:mailto:)?[^\s<>()\[\]@]{1,200}@[^\s<>()\[\]@]{1,200}(?:\s?<mailto:[^<>]{1,200}>)?\s?[>)\]＞）»›]"
)
_CLOCK: Final = re.compile(
    r"(?<!\d)\d{1,2}\s?(?:[:：h時时시]|uhr)\s?\d{2}(?!\d)(?![./-]\d)"
    r"|(?<!\d)\d{1,2}\s?(?:am|pm|a\.\s?m|p\.\s?m|uhr)\b"
    r"|\d{1,2}\s?[時时시点點]"
    # A full stop in a time looks like a date, but for the word before it.
    r"|(?<!\w)(?:kl|klo|pukul|jam|ore|alle|om|um|at|à|o|ob|v|u)\.?\s\d{1,2}\.\d{2}(?![.\d])"
)
_YEAR: Final = re.compile(r"(?<!\d)(?:1[39]|2[05])\d{2}(?!\d)|(?<![0-9\W])\d{4}(?!\d)", re.ASCII)
_NUMBERS: Final = re.compile(r"\d+")
_SHORT_DATE: Final = re.compile(r"(?<!\d)\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}(?!\d)")


# Scripts that are written without blanks between words.
_JOINED: Final = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def _either(forms: Iterable[str]) -> str:
    return "|".join(sorted(forms, key=len, reverse=True))


def _verbs() -> re.Pattern[str]:
    """Any word for "wrote"."""
    forms = {form.casefold() for language in WROTE.values() for form in language}
    joined = {form for form in forms if _JOINED.match(form)}
    return re.compile(rf"(?<!\w)(?:{_either(forms - joined)})(?!\w)|{_either(joined)}|^(?:{_either(QUOTING)})(?!\w)")


_WROTE: Final = _verbs()
_OPENERS: Final = frozenset(word.casefold() for words in OPENERS.values() for word in words.split())
_PERSONS: Final = frozenset(word.casefold() for words in PERSONS.values() for word in words.split())
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# What may stand between the word for "wrote" and the colon where no date and no address say that it is one.
_TAIL: Final = re.compile(r"[^\w]*$")


# GroupWise writes ">>> Name <address> 11/11/2026 9:14 >>>", or a colon at the end, and marks nothing below.
_BETWEEN_MARKS: Final = re.compile(r"\s*>>>\s?(?P<text>[^\s<>][^>]*(?:>[^>]*){0,3}?)(?:>>>|(?P<colon>:))\s*$")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Lines ``start`` to ``end`` (both of them) say who wrote what follows.

    ``is_sure``: no person typed it, so it counts even if no mark follows. ``is_doubtful``: a person may well have typed it,
    since it says "you" or the like.
    """

    start: int
    end: int
    is_sure: bool
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class _Signs:
    """What is found in the words of one candidate."""

    wrote: bool
    wrote_last: bool
    address: bool
    bracketed: bool
    address_last: bool
    day: bool
    clock: bool
    ends: bool
    person: bool
    words: int

    def may_hold(self, *, followed: bool) -> bool:
        """Some of the last lines of the candidate may be an attribution, above marked lines or others."""
        return self.wrote or (self.bracketed and self.clock) or (followed and (self.bracketed or self.clock))

    @property
    def is_sure(self) -> bool:
        """No person types this: it holds even above lines without marks."""
        if not self.ends:
            return False
        if self.bracketed and (self.wrote or (self.day and self.clock and self.address_last)):
            return True
        if self.address and self.wrote and self.day:
            return True
        return self.wrote and self.day and self.clock and not self.person

    @property
    def is_likely(self) -> bool:
        """Enough above lines that are marked as a quote."""
        if self.is_sure:
            return True
        if self.wrote and self.person and not self.clock and not self.address:
            return False
        if self.wrote and (self.day or self.clock or self.address):
            return True
        if self.ends and self.clock and (self.day or self.address):
            return True
        if self.address_last and (self.ends or self.day):
            return True
        return self.ends and self.wrote_last and not self.person and 2 <= self.words <= 8


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for match in pattern.finditer(text):
        found = match
    return found


def _signs(text: str) -> _Signs:
    """What the folded text of a candidate holds."""
    wrote = _last(_WROTE, text)
    bracketed = _last(_IN_BRACKETS, text)
    bare = _ADDRESS.sub(" ", _IN_BRACKETS.sub(" ", text))
    numbers = len(_NUMBERS.findall(bare))
    words = _WORD.findall(bare)
    return _Signs(
        wrote=wrote is not None,
        wrote_last=wrote is not None and _TAIL.match(text, wrote.end()) is not None,
        address=bracketed is not None or _ADDRESS.search(text) is not None,
        bracketed=bracketed is not None,
        address_last=bracketed is not None and len(text) - bracketed.end() <= 30,
        day=_SHORT_DATE.search(bare) is not None or (numbers >= 2 and _YEAR.search(bare) is not None),
        clock=_CLOCK.search(bare) is not None,
        ends=_ENDS.search(text) is not None,
        person=not _PERSONS.isdisjoint(words[1:]) or (bool(words) and words[0] in _PERSONS - _OPENERS),
        words=len(words),
    )


def attribution_ending_at(lines: Sequence[str], end: int, first: int) -> Attribution | None:
    """The attribution whose last line is ``end``, or None; it begins at the line ``first`` or below.

    ``lines`` may be followed by marked lines or not: both are looked at. A line that something is said on after the colon
    is nobody's but the sender's.
    """
    followed = _is_followed_by_quote(lines, end)
    if len(lines[end]) < SHORTEST or not (followed or _ENDS.search(lines[end][-20:])):
        return None
    last = folded(lines[end])
    if not last:
        return None
    paragraph = [last]
    for line in reversed(lines[max(first, end - MOST_LINES + 1) : end]):
        text = "" if is_quoted(line) else folded(line)
        if not text:
            break
        paragraph.insert(0, text)
    if not _signs(" ".join(paragraph)).may_hold(followed=followed):
        return None
    for size in range(1, len(paragraph) + 1):
        signs = _signs(" ".join(paragraph[-size:]))
        if signs.is_sure or (followed and signs.is_likely):
            size += _lines_above(paragraph, size)
            signs = _signs(" ".join(paragraph[-size:]))
            return Attribution(
                end + 1 - size, end, is_sure=signs.is_sure, is_doubtful=signs.person and not signs.is_sure
            )
    return None


def attribution_between_marks(lines: Sequence[str], at: int) -> Attribution | None:
    """The attribution that the one line ``at`` is, between marks that elsewhere begin a quote."""
    found = _BETWEEN_MARKS.match(lines[at]) if len(lines[at]) < LONGEST_LINE else None
    if found is None:
        return None
    signs = _signs(folded(found["text"]))
    if not (signs.day and signs.clock and (signs.wrote or not found["colon"])):
        return None
    return Attribution(at, at, is_sure=True, is_doubtful=False)


# The words before the first figure of a line: "On Wed, ", "ke ", "2025" has none.
_BEFORE_DATE: Final = re.compile(r"[\s*_\"“-]*(?P<words>[^\d]{0,32}?)[\s-]*\d")
# A sentence that ended on the line above is the sender's; "a." of "10:23 a. m." is not the end of one.
_SENTENCE_END: Final = re.compile(r"(?:\w{3,}[.!?]|[!?:：。！？])$")


def _lines_above(paragraph: Sequence[str], size: int) -> int:
    """How many lines above the last ``size`` belong to the attribution too: its date or its name may stand there."""
    signs = _signs(" ".join(paragraph[-size:]))
    whole = size
    for larger in range(size + 1, len(paragraph) + 1):
        line = paragraph[-larger]
        if _SENTENCE_END.search(line):
            break
        more = _signs(line)
        if (more.bracketed and not signs.address) or (not signs.day and (more.day or more.clock) and _begins(line)):
            whole = larger
            signs = _signs(" ".join(paragraph[-whole:]))
    if whole < len(paragraph) and _is_opener(paragraph[-whole - 1]):
        whole += 1
    return whole - size


def _begins(line: str) -> bool:
    """The line begins as dates above quotes do; people put more words before a date."""
    found = _BEFORE_DATE.match(line)
    if found is None:
        return False
    words = found["words"].split()
    if len(words) <= 1:
        return True
    return len(words) <= 3 and (words[0] in _OPENERS or words[-1].endswith((".", ",", "،", "，")))


def _is_opener(line: str) -> bool:
    """Nothing but "On", or "On Wed,": what a program leaves on the line above when it breaks before the date."""
    words = line.split(" ")
    return words[0] in _OPENERS and (len(words) == 1 or (len(words) <= 3 and words[-1].endswith((",", ".", "،", "，"))))


def _is_followed_by_quote(lines: Sequence[str], end: int) -> bool:
    """Marked lines come next, after two blank ones at most."""
    written = (line for line in lines[end + 1 : end + 4] if not is_blank(line))
    return is_quoted(next(written, ""))
