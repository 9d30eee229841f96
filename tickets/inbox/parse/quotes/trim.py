"""What of a mail is the sender's own, line by line, and what of the rest a reader needs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tickets.inbox.parse.quotes.attributions import Attribution, attribution_between_marks, attribution_ending_at
from tickets.inbox.parse.quotes.headings import header_block_at, is_rule, opens_forward, opens_original
from tickets.inbox.parse.quotes.lines import folded, is_blank, is_quoted
from tickets.inbox.parse.quotes.signatures import LONGEST_SIGNATURE, is_signature, may_open_signature, without_sent_from
from tickets.inbox.parse.quotes.words import SEE_BELOW

# Nobody types as much. What is longer is looked at so far, and cut only where everything below is quoted.
MOST_CHARACTERS: Final = 250_000

# What is left may end in a signature that a quote stood below; more than a few layers nobody's mail has.
MOST_ROUNDS: Final = 4

_SEE_BELOW: Final = re.compile(rf"(?<!\w)(?:{'|'.join(form for forms in SEE_BELOW.values() for form in forms)})")


class Kind(Enum):
    """What a run of lines is."""

    OWN = "own"
    ATTRIBUTION = "attribution"
    QUOTE = "quote"
    BELOW = "below"
    """Everything from here to the end is quoted, marked or not."""
    FORWARD = "forward"
    """Everything from here to the end is passed on."""


@dataclass(frozen=True, slots=True)
class Run:
    """Lines ``start`` up to ``end`` of one kind."""

    kind: Kind
    start: int
    end: int
    attribution: Attribution | None = None


def newest_reply(text: str) -> str:
    """What the sender of a mail wrote themselves: ``text`` without what it quotes and without its signature.

    The answer's lines are lines of the text, in their order. Answers between quoted lines keep the lines that they answer.
    What is passed on is kept whole. Where it is not sure that lines are quoted they stay, and where nothing would be left
    everything stays: the answer is blank only if the text is. It never raises, and takes time in proportion to the text.
    """
    text = _stripped(text.replace("\r\n", "\n").replace("\r", "\n"))
    for _round in range(MOST_ROUNDS):
        shorter = _trimmed(text)
        if shorter == text:
            break
        text = shorter
    return text


def _trimmed(text: str) -> str:
    """The text without what is certainly not the sender's, looked at once."""
    lines = text[:MOST_CHARACTERS].split("\n")
    runs = list(_runs(lines))
    if len(text) > MOST_CHARACTERS and runs[-1].kind is not Kind.BELOW:
        return text
    kept = _own_lines(lines, runs)
    if all(is_blank(lines[index]) for index in kept):
        return text
    return _stripped("\n".join(lines[index] for index in _without_gaps(lines, kept)))


def _without_gaps(lines: Sequence[str], kept: Sequence[int]) -> Iterator[int]:
    """The indices, but of blank lines above and below a cut only one."""
    last = -1
    for index in kept:
        if not (last >= 0 and index > last + 1 and not lines[last].strip() and not lines[index].strip()):
            yield index
            last = index


def _stripped(text: str) -> str:
    """The text without the blank lines around it."""
    if not text.strip():
        return ""
    first = text.rfind("\n", 0, len(text) - len(text.lstrip())) + 1
    last = text.find("\n", len(text.rstrip()))
    return text[first:] if last < 0 else text[first:last]


def _runs(lines: Sequence[str]) -> Iterator[Run]:
    """The lines, cut into runs without gaps."""
    begun = position = 0
    kind = Kind.OWN
    while position < len(lines):
        found = _found_at(lines, position, begun)
        if found is None:
            position += 1
            continue
        if begun < found[0].start:
            yield Run(kind, begun, found[0].start)
        yield from found
        begun = position = found[-1].end
        kind = Kind.OWN
    if begun < len(lines):
        yield Run(kind, begun, len(lines))


def _found_at(lines: Sequence[str], position: int, begun: int) -> list[Run] | None:
    """The runs that begin at or end with the line at ``position`` and are not the sender's; None if it may be theirs."""
    line = lines[position]
    if not line or line.isspace():
        return None
    if opens_forward(line):
        return [Run(Kind.FORWARD, position, len(lines))]
    if is_quoted(line):
        if attribution_between_marks(lines, position) is not None:
            return [Run(Kind.BELOW, position, len(lines))]
        return [Run(Kind.QUOTE, position, _end_of_quote(lines, position))]
    if opens_original(line) or header_block_at(lines, position) is not None:
        return [Run(Kind.BELOW, _above_rule(lines, position, begun), len(lines))]
    attribution = attribution_ending_at(lines, position, begun)
    if attribution is not None:
        quote = position + 1
        while quote < len(lines) and is_blank(lines[quote]):
            quote += 1
        if quote < len(lines) and is_quoted(lines[quote]):
            return [
                Run(Kind.ATTRIBUTION, attribution.start, quote, attribution),
                Run(Kind.QUOTE, quote, _end_of_quote(lines, quote)),
            ]
        return [Run(Kind.BELOW, attribution.start, len(lines))]
    return None


def _end_of_quote(lines: Sequence[str], start: int) -> int:
    """The line after the last marked one; blank lines between marked ones belong to them."""
    end = position = start
    while position < len(lines):
        if is_quoted(lines[position]):
            end = position + 1
        elif not is_blank(lines[position]):
            break
        position += 1
    return end


def _above_rule(lines: Sequence[str], position: int, begun: int) -> int:
    """The first line of what opens a quoted mail: the rule above it, if there is one."""
    above = position
    while above > begun and is_blank(lines[above - 1]):
        above -= 1
    return above - 1 if above > begun and is_rule(lines[above - 1]) else position


def _own_lines(lines: Sequence[str], runs: Sequence[Run]) -> list[int]:
    """The indices of the lines to keep."""
    if any(run.kind is Kind.FORWARD for run in runs) or _is_led_up_to(lines, runs):
        return list(range(len(lines)))
    below = [run.kind for run in runs[1:]] + [None]
    own = {
        run.start: _without_signature(lines, run, kind)
        for run, kind in zip(runs, below, strict=True)
        if run.kind is Kind.OWN
    }
    spoken = [bool(own.get(run.start)) for run in runs]
    last_spoken = max((place for place, said in enumerate(spoken) if said), default=-1)
    between = _is_answered_between(runs, spoken)
    first_spoken = spoken.index(True) if last_spoken >= 0 else len(runs)
    kept: list[int] = []
    for place, run in enumerate(runs):
        if run.kind is Kind.OWN:
            kept += own[run.start]
        elif run.kind is not Kind.QUOTE:
            continue
        elif place > last_spoken:
            if place == last_spoken + 1 and _is_shown_on_purpose(lines, runs, place):
                kept += range(run.start, run.end)
        elif between or _is_needed(runs, place, after_own=first_spoken < place):
            above = runs[place - 1].attribution if place else None
            attributed = above is not None and (above.is_doubtful or not between)
            kept += range(runs[place - 1].start if attributed else run.start, run.end)
    return kept


def _is_led_up_to(lines: Sequence[str], runs: Sequence[Run]) -> bool:
    """The sender's own words say that what is quoted without marks to the end is to be read: answers may hide in it."""
    if runs[-1].kind is not Kind.BELOW or len(runs) < 2 or runs[-2].kind is not Kind.OWN:
        return False
    written = [
        folded(line) for line in lines[runs[-2].start : runs[-2].end] if not is_blank(line) and not is_rule(line)
    ]
    if not written:
        return False
    # Whoever wrote no more than "Dear Sirs," wrote the rest below.
    if len(written) == 1 and written[0].endswith((",", "，", "、", "،")):
        return True
    return written[-1].endswith((":", "：")) or any(_SEE_BELOW.search(line) for line in written)


def _is_answered_between(runs: Sequence[Run], spoken: Sequence[bool]) -> bool:
    """The sender wrote between two quotes."""
    quotes = [place for place, run in enumerate(runs) if run.kind is Kind.QUOTE]
    return bool(quotes) and any(spoken[quotes[0] : quotes[-1]])


def _is_needed(runs: Sequence[Run], place: int, *, after_own: bool) -> bool:
    """A quote above words of the sender's is what they answer, unless it is the whole mail and they wrote below it."""
    above = runs[place - 1].attribution if place else None
    return above is None or above.is_doubtful or (after_own and not above.is_sure)


def _is_shown_on_purpose(lines: Sequence[str], runs: Sequence[Run], place: int) -> bool:
    """A quote at the end that the sender's own words lead up to: "You promised this:"."""
    if place == 0:
        return False
    run = runs[place]
    above = run.start - 1
    if not is_blank(lines[above]) and run.end - run.start == 1:
        return True
    while above > runs[place - 1].start and is_blank(lines[above]):
        above -= 1
    return folded(lines[above]).endswith((":", "："))


def _without_signature(lines: Sequence[str], run: Run, below: Kind | None) -> list[int]:
    """The indices of a run of own lines without the signature at its end; none if only blank lines remain."""
    kept = without_sent_from(lines, list(range(run.start, _signature_start(lines, run))))
    if below in {Kind.ATTRIBUTION, Kind.BELOW}:
        kept = kept[: _before_rules(lines, kept)]
    return kept if any(not is_blank(lines[index]) for index in kept) else []


def _before_rules(lines: Sequence[str], kept: Sequence[int]) -> int:
    """How many of the lines stand above the rules at their end, which belong to what follows."""
    size = position = len(kept)
    while position and (is_blank(lines[kept[position - 1]]) or is_rule(lines[kept[position - 1]])):
        position -= 1
        if is_rule(lines[kept[position]]):
            size = position
    return size


def _signature_start(lines: Sequence[str], run: Run) -> int:
    """Where the signature at the end of a run begins; the end of the run if there is none."""
    start = run.end
    written = 0
    for index in range(run.end - 1, max(run.start, run.end - 3 * LONGEST_SIGNATURE) - 1, -1):
        if may_open_signature(lines[index]) and is_signature(lines, index, run.end):
            start = index
        written += not is_blank(lines[index])
        if written > LONGEST_SIGNATURE + 1:
            break
    return start
