"""Which character set bytes are in, where nothing says it or what says it is wrong.

Each candidate reads a sample, and the one whose letters are those that people write wins: small Cyrillic letters and not
capitals within words, kana and not half-width kana, the frequent half of the Chinese characters. Mail is short, and for
a line or two this is right far more often than statistics made for pages. Those are asked last.
"""

import codecs
import re
from collections.abc import Mapping

from charset_normalizer import from_bytes

from tickets.inbox.parse import limits

WINDOWS_1252 = "cp1252"

# Below this a guess by statistics is a coin toss.
_ENOUGH = 24
# The share of characters that must be expected ones.
_PLAUSIBLE = 0.6

_CENTRAL = "ěščřžýáíéůúóąćęłńśźżőűöüä„”“…", "ťďňôľĺŕăâîşţđßŠČŘŽÝÁÍÉÚŤĎÓĆŁŃŚŹŻĄĘÖÜÄ–§°€\u00a0"
_CYRILLIC = "оеаинтсрвлкмдпуяыь", "гзбчйхжшюцщэфъёіїєґОЕАИНТСРВЛКМДПУЯЫЬГЗБЧЙХЖШЮЦЩЭФЪЁІЇЄҐ«»“”„–—…№\u00a0"

# What is expected in text of a single-byte set: letters that every line has, and others. The more common set comes first.
_ALPHABETS: Mapping[str, tuple[str, str]] = {
    "cp1252": ("äöüßéèàçêâîôûñóíáúåøæãõœëïìòùÄÖÜÉÀÅØ“”‘’–—…€«»°¿¡\u00a0", "ÈÇÑÓÁÍÚÆŒÊ§£®™"),
    "cp1250": _CENTRAL,
    "iso8859_2": _CENTRAL,
    "cp1254": ("şğıçöüŞĞİÇÖÜâî’“”", "ûÂ‘–…€\u00a0"),
    "cp1251": _CYRILLIC,
    "koi8_r": _CYRILLIC,
    "cp1253": ("αειονσςτηρκμπλάέήίόύώ", "υθγδφχωβζξψϊϋΐΰΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏ«»“”–…\u00a0"),
    "cp1255": ("יוהלאמרתבשנ", "גדזחטכסעפצקםןךףץ“”–\u00a0"),
    "cp1256": ("ابتجحدرسعفقكلمنهويىةأ،", "ثخذزشصضطظغءآؤإئپچژگ؟ًٌٍَُِّْـ“”–\u00a0"),
    "cp874": ("านรอกเงมยลวดทสตปะิี่้ัไคบหุแใ็จขพชผ์ู", "ฉซฌญฎฏฐฑฒณถธฝฟภฤศษฬฮฯาำึืโๆ“”–\u00a0"),
}
_WORTH = {
    name: {**dict.fromkeys(others, 0.4), **dict.fromkeys(common, 1.0)} for name, (common, others) in _ALPHABETS.items()
}
_LATIN = frozenset({"cp1252", "cp1250", "iso8859_2", "cp1254"})
_DOUBLE = ("gb18030", "big5hkscs", "cp949", "euc_jp", "cp932")
_FULL_WIDTH = frozenset("，。、？！：；「」『』（）《》“”・ー～〜　…")

_LOW = re.compile(r"[\x00-\x7f]+")
_RUN = re.compile(rb"[\x80-\xff]{3,}")
_HIGH = re.compile(rb"[\x80-\xff]+")


def charset(data: bytes) -> str | None:
    """The codec of ``data``, or None if none makes sense of it."""
    sample = data[: limits.GUESSED_BYTES]
    names = [name for name in (*_WORTH, *_DOUBLE) if name not in _LATIN or not is_not_latin(sample)]
    scores = {name: _score(sample, name) for name in names}
    best = max(scores, key=scores.__getitem__)
    if scores[best] >= _PLAUSIBLE:
        return best
    if len(data) < _ENOUGH:
        return None
    found = from_bytes(sample).best()
    return found.encoding if found else None


def is_not_latin(data: bytes) -> bool:
    """Whether text is in another script than Latin: no language that is written in it has its accents three in a row."""
    sample = data[: limits.GUESSED_BYTES]
    runs = sum(map(len, _RUN.findall(sample)))
    return runs > _ENOUGH // 2 and runs * 3 > sum(map(len, _HIGH.findall(sample))) * 2


def _score(sample: bytes, name: str) -> float:
    """From 1, where every character beyond ASCII is one that people write in this set, down to less than 0."""
    try:
        # Not to the end: the sample may stop within a letter.
        text = codecs.getincrementaldecoder(name)().decode(sample)
    except (UnicodeError, ValueError):
        return -1
    letters = _LOW.sub("", text)
    if not letters:
        return -1
    worth = _double if name in _DOUBLE else _single
    return sum(worth(letter, name) for letter in letters) / len(letters)


def _single(letter: str, name: str) -> float:
    return _WORTH[name].get(letter, -1)


def _double(letter: str, name: str) -> float:
    if letter in _FULL_WIDTH:
        return 1
    if "\uac00" <= letter <= "\ud7a3":
        return _of_rows(letter, name, 0xB0, 0xC8) if name == "cp949" else -1
    if "\u3040" <= letter <= "\u30ff":
        return 1 if name in {"euc_jp", "cp932"} else -0.5
    if "\u4e00" <= letter <= "\u9fff":
        rows = {"gb18030": (0xB0, 0xD7), "big5hkscs": (0xA4, 0xC6), "euc_jp": (0xB0, 0xCF), "cp932": (0x88, 0x98)}
        return _of_rows(letter, name, *rows[name]) * 0.9 if name in rows else -0.5
    return -1


def _of_rows(letter: str, name: str, first: int, last: int) -> float:
    """Whether a character stands in the rows that its set begins with: those in daily use."""
    return 1 if first <= letter.encode(name)[0] <= last else -0.3
