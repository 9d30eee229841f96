"""The value of Content-Type and Content-Disposition, with parameters in all the ways they come.

RFC 2231 is what the standard says (character sets, languages, pieces); RFC 2047 within quotes, raw UTF-8 and raw
Latin-1 are what programs do. A starred parameter beats a plain one of the same name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from tickets.inbox.parse import headers, limits, words

# Programs forget the first semicolon.
_MAIN = re.compile(rb"\s*([^\s;]*)\s*;?")
_PARAMETER = re.compile(rb"\s*([^=;\"\s]+)\s*=\s*")
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_SECTION = re.compile(r"(.+?)(?:\*(\d{1,4}))?(\*)?\Z")
# Windows programs write paths; only these two may be escaped.
_ESCAPED = re.compile(rb'\\(["\\])')


@dataclass(slots=True)
class Value:
    """``main`` in lower case; ``parameters`` decoded, by their names in lower case."""

    main: str = ""
    parameters: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.parameters.get(name, "")


@dataclass(slots=True)
class _Piece:
    index: int
    is_encoded: bool
    content: bytes


def read(value: bytes | None, others: tuple[str, ...] = ()) -> Value:
    """A header's value taken apart. ``others`` are character sets to try for raw bytes."""
    if not value:
        return Value()
    found = _MAIN.match(value)
    main, rest = (found[1], value[found.end() :]) if found else (b"", value)
    pieces: dict[str, list[_Piece]] = {}
    for name, content in _pairs(rest):
        section = _SECTION.match(name)
        if section:
            index = int(section[2]) if section[2] else -1
            pieces.setdefault(section[1], []).append(_Piece(index, bool(section[3]), content))
    return Value(
        headers.as_text(main).partition("(")[0].strip().strip('"').lower(),
        {name: _joined(found, others) for name, found in pieces.items()},
    )


def _pairs(rest: bytes) -> Iterator[tuple[str, bytes]]:
    position = 0
    for _ in range(limits.PARAMETERS):
        found = _PARAMETER.match(rest, position)
        if found:
            content, position = _content(rest, found.end())
            yield found[1].decode("latin-1").lower(), content
        position = rest.find(b";", position) + 1
        if not position:
            return


def _content(rest: bytes, start: int) -> tuple[bytes, int]:
    """What a parameter is set to, and where it ends."""
    if rest.startswith(b'"', start):
        found = _QUOTED.match(rest, start)
        if found:
            return _ESCAPED.sub(rb"\1", found[1]), found.end()
        # The quote never closes.
        start += 1
    end = rest.find(b";", start)
    end = len(rest) if end < 0 else end
    return rest[start:end].strip(), end


def _joined(pieces: list[_Piece], others: tuple[str, ...]) -> str:
    whole = next((piece for piece in pieces if piece.is_encoded and piece.index < 0), None)
    numbered = {piece.index: piece for piece in reversed(pieces) if piece.index >= 0}
    if whole:
        return _decoded([whole], others)
    if numbered:
        return _decoded([numbered[index] for index in sorted(numbered)], others)
    return words.decode(headers.as_text(pieces[0].content, others))


def _decoded(pieces: list[_Piece], others: tuple[str, ...]) -> str:
    """Pieces of one value, of which the first says the character set."""
    charset = ""
    if pieces[0].is_encoded and pieces[0].content.count(b"'") >= 2:
        name, _, rest = pieces[0].content.split(b"'", 2)
        charset = name.decode("latin-1")
        pieces = [_Piece(pieces[0].index, True, rest), *pieces[1:]]
    content = b"".join(unquote_to_bytes(piece.content) if piece.is_encoded else piece.content for piece in pieces)
    return words.decode(headers.as_text(content, (charset, *others) if charset else others, charset))
