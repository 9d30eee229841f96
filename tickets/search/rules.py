"""From text to the words that are stored, and from what somebody typed to the words that are looked for.

All folding happens here, the same for every database and every language: a reader's language says nothing about the
language of what they type, so nothing in here depends on one.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# A word longer than this is a pasted key or an encoded file. PostgreSQL refuses a lexeme of more than 2046 bytes.
MAX_WORD = 64
MAX_TERMS = 16

# Scripts written without spaces between words, and Hangul, whose words carry their particles: Thai, Lao, Myanmar,
# Khmer, kana, Han, Hangul. The katakana middle dot (30FB) separates words and is left out, the iteration marks are in.
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecf\u1000-\u103f\u1050-\u109d\u1780-\u17d3"
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
# Vowel signs and the like belong to the word in Indic scripts, although Python does not count them as letters.
_VOWEL_SIGNS = (
    "\u0900-\u0903\u093a-\u094f\u0951-\u0963\u0981-\u0983\u09bc-\u09e3\u0a01-\u0a75\u0a81-\u0ae3\u0b01-\u0d63"
)
_LETTERS = rf"(?:[^\W_{_UNSPACED}]|[{_VOWEL_SIGNS}])+"
# A dot or comma between digits is part of the number or version: 2.4.1, 12,50.
_WORD = rf"{_LETTERS}(?:(?<=\d)[.,](?=\d){_LETTERS})*"
_PIECES = re.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|(?P<word>{_WORD}(?:[-_/]{_WORD})*)")

# Marks that readers leave out when they type: accents, Hebrew points, Arabic vowels. Elsewhere a mark is a letter's
# other half.
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06ed]"
)
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x0640, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
_LETTER_FOLDS = str.maketrans(
    {
        # Latin letters that Unicode does not take apart.
        "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th",
        # Arabic: one alef, one ya, one kaf; ta marbuta as ha, the way it is typed in a hurry.
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ء": "",
        "\u2010": "-", "\u2011": "-",
    }
)  # fmt: skip
_ARABIC_ARTICLE = "ال"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing looked for: any of the alternatives, each a set of words that must all be there.

    ``prefix`` says that the last word of each alternative may go on.
    """

    alternatives: tuple[tuple[str, ...], ...]
    prefix: bool = False


def tokens(text: str) -> list[str]:
    """The words of ``text`` in its order, folded: no case, no accents, one spelling of letters that have several.

    Scripts without spaces give overlapping pairs of characters. Codes, compounds and versions stay whole
    (``K7Q4-9M2X`` gives ``k7q4``, ``9m2x`` and ``k7q49m2x``; ``2.4.1`` stays as it is).
    """
    found: list[str] = []
    for run, parts in _pieces(text):
        if run:
            found += _pairs(run)
            # The last character begins no pair, and somebody may look for it alone.
            if len(run) > 1:
                found.append(run[-1])
        else:
            found += parts
            if len(parts) > 1:
                found.append(_whole(parts))
    return found


def query_tokens(text: str) -> list[Term]:
    """What somebody typed, as terms; the last one may be half a word. At most ``MAX_TERMS``, never an error.

    >>> query_tokens("Wi-Fi rout")
    [Term(alternatives=(('wifi',), ('wi', 'fi')), prefix=False), Term(alternatives=(('rout',),), prefix=True)]
    """
    terms: list[Term] = []
    for run, parts in _pieces(text):
        if run:
            terms.append(Term((tuple(_pairs(run)),), prefix=len(run) == 1))
        elif len(parts) > 1:
            terms.append(Term(((_whole(parts),), tuple(parts))))
        else:
            terms.append(Term((tuple(parts),)))
    terms = _without_elisions(list(dict.fromkeys(terms)))[:MAX_TERMS]
    if terms:
        terms[-1] = Term(terms[-1].alternatives, prefix=True)
    return terms


def fold(text: str) -> str:
    """``text`` with everything taken away that two people may write differently."""
    text = unicodedata.normalize("NFKD", text.translate(_INVISIBLE)).casefold()
    # Case folding brings back letters with marks in a few cases (İ), so they are taken apart once more.
    text = _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_LETTER_FOLDS)
    # Together again, for Hangul and for kana with their voice marks.
    return _ascii_digits(unicodedata.normalize("NFC", text))


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(character)) if character.isdecimal() else character for character in text)


def _pieces(text: str) -> Iterator[tuple[str, list[str]]]:
    """Runs of an unspaced script, or the parts of a word, whichever comes next; the other one is empty."""
    for match in _PIECES.finditer(fold(text)):
        if run := match["unspaced"]:
            yield run, []
        else:
            yield "", [_word(part) for part in re.split("[-_/]", match["word"])]


def _word(part: str) -> str:
    part = part.replace(",", ".")
    if part.startswith(_ARABIC_ARTICLE) and len(part) >= len(_ARABIC_ARTICLE) + 2:
        part = part.removeprefix(_ARABIC_ARTICLE)
    return part[:MAX_WORD]


def _whole(parts: list[str]) -> str:
    return "".join(parts)[:MAX_WORD]


def _pairs(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(len(run) - 1)] or [run]


def _without_elisions(terms: list[Term]) -> list[Term]:
    """Drop single letters (l'ordine, d'accord, customer's) unless nothing else was typed."""
    kept = [
        term
        for term in terms
        if not all(len(word) == 1 and word.isalpha() for word in term.alternatives[0]) or term.prefix
    ]
    return kept or terms
