"""Bytes to text, whatever character set they claim to be in.

The claim is often wrong, so it is tried first and not believed blindly. The order: what is declared (with the aliases
that mail needs), UTF-8, what the rest of the message says, a guess by statistics where there is enough to guess from,
Windows-1252. A replacement character appears only if the sender wrote one.
"""

import codecs
import re
from collections.abc import Iterable
from itertools import chain

from tickets.inbox.parse import guessing, limits

UTF_8 = "utf-8"

# What the names mean in mail: nearly always the larger set of the vendor who wrote the program.
_ALIASES = {
    "ansi_x3.110-1983": "cp1252",
    "ansi": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "x-ansi": "cp1252",
    "cp-1252": "cp1252",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8",
    "iso-8859-9": "cp1254",
    "latin5": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "euc-cn": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big-5": "big5hkscs",
    "x-big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "ksc_5601": "cp949",
    "euc-kr": "cp949",
    "x-windows-949": "cp949",
    "windows-949": "cp949",
    "uhc": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ms_kanji": "cp932",
    "windows-31j": "cp932",
    "x-ms-cp932": "cp932",
    "x-euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-2022-jp-1": "iso2022_jp_ext",
    "iso-2022-jp-2": "iso2022_jp_2",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-2-0-utf-7": "utf-7",
    "unicode-1-1-utf-8": UTF_8,
    "x-unicode-2-0-utf-7": "utf-7",
    "utf-8mb4": UTF_8,
    "utf8mb4": UTF_8,
    "unicode": UTF_8,
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-ce": "mac_latin2",
}
# Python knows more codecs than character sets; and some that read any bytes at all without meaning them.
_NOT_TEXT = frozenset(
    ("idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem", "charmap")
)
_MULTIBYTE = frozenset({"gb18030", "big5hkscs", "cp949", "cp932", "euc_jp", "johab", "euc_jis_2004", "hz"})
_JIS = frozenset({"iso2022_jp_ext", "iso2022_jp_2"})
# Of the bytes beyond ASCII, one in so many may be damaged before a character set is given up. UTF-8 is hardly ever valid by
# chance, the double-byte sets of East Asia often are.
_UTF_8_DAMAGE = 3
_DAMAGE = 8

_HIGH = re.compile(rb"[\x80-\xff]")
_META = re.compile(rb"<meta[^<>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]*")


def codec(name: str) -> str | None:
    """The Python codec for a character set as mail names it; None if there is none, or if it is none for text."""
    found = _NAME.search(name)
    if not found:
        return None
    plain = found[0].rstrip(":.-_").lower()
    plain = _ALIASES.get(plain, plain)
    try:
        known = codecs.lookup(plain)
    except (LookupError, ValueError, UnicodeError):
        return None
    # Python's spelling has its aliases too: "iso8859-1" for every way to write Latin-1. Codecs from bytes to bytes are
    # not encodings of text, which it says in this attribute only.
    is_text = known._is_text_encoding and known.name.replace("_", "-") not in _NOT_TEXT
    return _ALIASES.get(known.name, known.name) if is_text else None


def decode(data: bytes, declared: str = "", others: Iterable[str] = ()) -> tuple[str, bool]:
    """``data`` as text, and whether it was in the character set that it declared.

    ``others`` are the character sets that the rest of the message declares, for text that declares none or a wrong one.
    Never raises; the text may still hold control characters.
    """
    wanted = codec(declared) if declared else None
    if b"\x1b$" in data and wanted not in _JIS and not _HIGH.search(data):
        # Seven-bit Japanese and Korean, from programs that leave it to the reader to notice.
        text = _escaped(data)
        if text is not None:
            return text, not declared
    if wanted is None or wanted == "ascii":
        if not _HIGH.search(data):
            return data.decode("ascii"), not declared or wanted is not None
        return _undeclared(data, others), not declared
    if wanted != UTF_8 and _is_really_utf_8(data, wanted):
        return data.decode(UTF_8), False
    if wanted == guessing.WINDOWS_1252 and guessing.is_not_latin(data):
        return _guess(data) or _last_resort(data), False
    text = _strictly(data, wanted)
    if text is not None:
        return text, True
    return _damaged(data, wanted, others), False


def html_charset(data: bytes) -> str:
    """The character set that an HTML page declares in its head, or an empty string."""
    found = _META.search(data, 0, limits.GUESSED_BYTES)
    return found[1].decode("ascii") if found else ""


def _strictly(data: bytes, name: str) -> str | None:
    if name in _JIS:
        return _jis(data, name)
    try:
        return data.decode(name)
    except (UnicodeError, ValueError, LookupError):
        return None


def _is_really_utf_8(data: bytes, declared: str) -> bool:
    """Whether these are several bytes a letter in UTF-8, whatever they are called.

    Text that is called UTF-16 and has no zero in it is hardly ever that. Two-byte sequences happen by chance in the
    double-byte sets of East Asia, but not three-byte ones that all hold.
    """
    if declared.startswith(("utf-16", "utf-32")):
        return b"\0" not in data and _strictly(data, UTF_8) is not None
    if not _HIGH.search(data) or declared == "utf-7":
        return False
    text = _strictly(data, UTF_8)
    return text is not None and (declared not in _MULTIBYTE or max(text) >= "\u0800")


def _undeclared(data: bytes, others: Iterable[str]) -> str:
    text = _strictly(data, UTF_8)
    if text is None:
        text = _leniently(data, UTF_8)
    if text is not None:
        return text
    for other in others:
        name = codec(other)
        if name and name not in {"ascii", UTF_8}:
            text = _strictly(data, name)
            if text is not None:
                return text
    return _guess(data) or _last_resort(data)


def _damaged(data: bytes, wanted: str, others: Iterable[str]) -> str:
    """Text that is not wholly in the character set it declares."""
    text = _strictly(data, UTF_8)
    if text is None:
        text = _leniently(data, wanted)
    return _undeclared(data, others) if text is None else text


def _guess(data: bytes) -> str | None:
    found = guessing.charset(data)
    name = codec(found) if found else None
    return _leniently(data, name) if name else None


def _leniently(data: bytes, name: str) -> str | None:
    """``data`` in a character set with some bytes damaged, those read as Windows-1252; None if there are too many."""
    decoder = codecs.getincrementaldecoder(name)(_SET_ASIDE)
    pieces, damage, seen = [], 0, 0
    for start in range(0, len(data), _PIECE):
        piece = data[start : start + _PIECE]
        seen += len(piece) - len(piece.translate(None, _HIGH_BYTES))
        try:
            text = decoder.decode(piece, start + _PIECE >= len(data))
        except (UnicodeError, ValueError, LookupError):
            # Codecs with a state may give up altogether.
            return None
        text, damaged = _ASIDE.subn(lambda byte: _WINDOWS[ord(byte[0]) & 0xFF], text)
        damage += damaged
        if damage * (_UTF_8_DAMAGE if name == UTF_8 else _DAMAGE) > seen:
            return None
        pieces.append(text)
    return "".join(pieces)


def _last_resort(data: bytes) -> str:
    return codecs.charmap_decode(data, "strict", _WINDOWS)[0]


def _set_aside(error: UnicodeError) -> tuple[str, int]:
    """One damaged byte as a lone surrogate, and on with the next: it may begin a letter again."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return chr(0xDC00 + error.object[error.start]), error.start + 1


_SET_ASIDE = "tickets.inbox.set_aside"
codecs.register_error(_SET_ASIDE, _set_aside)
_ASIDE = re.compile("[\udc00-\udcff]")
_HIGH_BYTES = bytes(range(0x80, 0x100))
_PIECE = 64 * 1024
# Windows-1252, with the five bytes that it leaves open as Latin-1 has them: every byte means something.
_WINDOWS = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))


def _escaped(data: bytes) -> str | None:
    for name in ("iso2022_jp_ext", "iso2022_jp_2", "iso2022_kr"):
        text = _strictly(data, name)
        if text is not None:
            return text
    return None


_PAIRS = re.compile(rb"(?:[\x21-\x7e]{2})*")
_JIS_ESCAPE = re.compile(rb"\x1b(\$[@AB]|\$\([A-DO-Q]|\([A-Z]|\.[AF]|\$\)C)")


def _jis(data: bytes, name: str) -> str | None:
    """ISO-2022-JP as Japanese programs write it: with the vendors' characters (①, ㈱, 髙) that the standard lacks.

    Python's codecs refuse those, so the two-byte runs are moved into Shift JIS, whose Windows form has them.
    """
    try:
        return data.decode(name)
    except (UnicodeError, ValueError):
        pass
    if len(data) > limits.JIS_BYTES:
        return None
    pieces, kind, position = [], b"(B", 0
    for escape in chain(_JIS_ESCAPE.finditer(data), [None]):
        run = data[position : escape.start() if escape else len(data)]
        text = _jis_run(run, kind)
        if text is None:
            return None
        pieces.append(text)
        if escape:
            kind, position = escape[1], escape.end()
    return "".join(pieces)


def _jis_run(run: bytes, kind: bytes) -> str | None:
    if kind in {b"$B", b"$@"}:
        # A line that ends without its escape is back in ASCII (RFC 1468).
        body, newline, rest = run.partition(b"\n")
        if not _PAIRS.fullmatch(body.rstrip(b"\r")):
            return None
        return _strictly(_shifted(body.rstrip(b"\r")) + newline + rest, "cp932")
    if kind == b"(I":
        return _strictly(bytes(byte | 0x80 for byte in run), "cp932")
    return _strictly(run, "cp932") if kind in {b"(B", b"(J"} else None


def _shifted(pairs: bytes) -> bytes:
    """JIS row and cell to Shift JIS."""
    shifted = bytearray()
    for row, cell in zip(pairs[::2], pairs[1::2], strict=False):
        shifted.append((row - 0x21 >> 1) + (0x81 if row < 0x5F else 0xC1))
        shifted.append(cell + (0x1F if row % 2 and cell < 0x60 else 0x20 if row % 2 else 0x7E))
    return bytes(shifted)
