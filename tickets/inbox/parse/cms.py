"""The message inside an opaque S/MIME signature (RFC 8551, section 3.5.2): readable by anybody, but wrapped.

Only as much of CMS (RFC 5652) as leads to the content; nothing is verified. BER, not only DER: programs that sign while
they send write lengths that are not known yet as indefinite ones (X.690, section 8.1.3.6), and the content in pieces.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
"""1.2.840.113549.1.7.2"""

_OBJECT_IDENTIFIER: Final = 0x06
_OCTET_STRING: Final = 0x04
_OCTET_STRING_IN_PIECES: Final = 0x24
_SEQUENCE: Final = 0x30
_CONTENT: Final = 0xA0
_CONSTRUCTED: Final = 0x20
_INDEFINITE: Final = 0x80

MOST_ELEMENTS: Final = 200_000
"""A piece holds a kilobyte or more in what programs write, so this is hundreds of megabytes."""

MOST_LEVELS: Final = 20


class NotSigned(ValueError):
    """No signed content in it: encrypted, certificates only, or no CMS at all."""


@dataclass(frozen=True, slots=True)
class _Element:
    """``start`` and ``end`` are those of the contents; ``after`` is where the next element begins."""

    tag: int
    start: int
    end: int
    after: int


def signed_content(data: bytes) -> bytes:
    """The bytes that were signed. Raises NotSigned."""
    try:
        return _Reader(data).signed_content()
    except IndexError:
        raise NotSigned from None


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.left = MOST_ELEMENTS

    def signed_content(self) -> bytes:
        info = self._element(0, len(self.data))
        kind, content = self._first(info, _SEQUENCE, 2)
        if kind.tag != _OBJECT_IDENTIFIER or self.data[kind.start : kind.end] != SIGNED_DATA:
            raise NotSigned
        (signed,) = self._first(content, _CONTENT, 1)
        # Version and digest algorithms come before what is signed.
        _version, _algorithms, encapsulated = self._first(signed, _SEQUENCE, 3)
        # Where the signature lies beside the message, there is no content here.
        _kind, wrapped = self._first(encapsulated, _SEQUENCE, 2)
        (octets,) = self._first(wrapped, _CONTENT, 1)
        return b"".join(self._pieces(octets))

    def _first(self, parent: _Element, tag: int, number: int) -> list[_Element]:
        if parent.tag != tag:
            raise NotSigned
        found = []
        for child in self._children(parent):
            found.append(child)
            if len(found) == number:
                return found
        raise NotSigned

    def _children(self, parent: _Element) -> Iterator[_Element]:
        at = parent.start
        while at < parent.end:
            child = self._element(at, parent.end)
            yield child
            at = child.after

    def _pieces(self, octets: _Element, level: int = 0) -> Iterator[bytes]:
        if octets.tag == _OCTET_STRING:
            yield self.data[octets.start : octets.end]
        elif octets.tag == _OCTET_STRING_IN_PIECES and level < MOST_LEVELS:
            for piece in self._children(octets):
                yield from self._pieces(piece, level + 1)
        else:
            raise NotSigned

    def _element(self, at: int, end: int, level: int = 0) -> _Element:
        self.left -= 1
        if self.left < 0 or level > MOST_LEVELS:
            raise NotSigned
        tag, length = self.data[at], self.data[at + 1]
        start = at + 2
        if length == _INDEFINITE:
            if not tag & _CONSTRUCTED:
                raise NotSigned
            close = self._close_of(start, end, level)
            return _Element(tag, start, close, close + 2)
        if length > _INDEFINITE:
            digits = length - _INDEFINITE
            length = int.from_bytes(self.data[start : start + digits])
            start += digits
        # A file that was cut off ends its last element early.
        if start + length > end:
            raise NotSigned
        return _Element(tag, start, start + length, start + length)

    def _close_of(self, at: int, end: int, level: int) -> int:
        """Where an element of indefinite length ends: at two zero bytes, which its own elements are passed over to find."""
        while self.data[at : at + 2] != b"\0\0":
            at = self._element(at, end, level + 1).after
            if at >= end:
                raise NotSigned
        return at
