"""winmail.dat: the envelope that Outlook puts mail into for other Outlooks (MS-OXTNEF).

Read here, and not with a library: those that there are believe the counts that a file states, and a few bytes then keep
them busy for hours.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from tickets.inbox.parse import charsets, limits

SIGNATURE = b"\x78\x9f\x3e\x22"

_HEADER_LENGTH = 6
_OBJECT = struct.Struct("<BII")
_CHECKSUM_LENGTH = 2
_SHORT = struct.Struct("<H")
_LONG = struct.Struct("<I")

# Attributes (MS-OXTNEF section 2.1.3.1) without their types, in which programs differ.
_BODY = 0x800C
_ATTACH_DATA = 0x800F
_ATTACH_TITLE = 0x8010
_ATTACH_REND_DATA = 0x9002
_MESSAGE_PROPERTIES = 0x9003
_ATTACH_PROPERTIES = 0x9005
_OEM_CODE_PAGE = 0x9007

# Properties (MS-OXPROPS) of messages and attachments.
_P_BODY = 0x1000
_P_BODY_HTML = 0x1013
_P_CODE_PAGE = 0x3FDE
_P_DATA = 0x3701
_P_SHORT_NAME = 0x3704
_P_LONG_NAME = 0x3707
_P_MIME_TYPE = 0x370E
_P_CONTENT_ID = 0x3712

_FIXED_LENGTHS = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_OBJECT_TYPE = 0x0D
_STRING = 0x1E
_UNICODE = 0x1F
_BINARY = 0x102
_VARIABLE = frozenset({_OBJECT_TYPE, _STRING, _UNICODE, _BINARY})
_MULTIPLE = 0x1000
_NAMED = 0x8000
# An object's data begins with the identifier of its interface.
_INTERFACE_LENGTH = 16


class Unreadable(ValueError):
    """It is no TNEF, or it ends before what it says is in it."""


@dataclass(slots=True)
class File:
    name: str = ""
    content_type: str = ""
    content: bytes = b""
    content_id: str = ""


@dataclass(slots=True)
class Envelope:
    text: str = ""
    html: str = ""
    files: list[File] = field(default_factory=list)


def read(content: bytes) -> Envelope:
    """What is in a winmail.dat; raises ``Unreadable``."""
    try:
        return _Opened(memoryview(content)).envelope
    except (struct.error, UnicodeError, IndexError) as error:
        raise Unreadable from error


class _Opened:
    def __init__(self, data: memoryview) -> None:
        if bytes(data[: len(SIGNATURE)]) != SIGNATURE:
            raise Unreadable
        self.envelope = Envelope()
        self.code_page = ""
        for attribute, content in _objects(data):
            self._take(attribute, content)

    def _take(self, attribute: int, content: memoryview) -> None:
        files = self.envelope.files
        if attribute == _OEM_CODE_PAGE:
            self.code_page = _code_page(_LONG.unpack_from(content)[0])
        elif attribute == _BODY:
            self.envelope.text = self._text(content)
        elif attribute == _MESSAGE_PROPERTIES:
            self._message(content)
        elif attribute == _ATTACH_REND_DATA:
            files.append(File())
        elif files and attribute == _ATTACH_TITLE:
            files[-1].name = files[-1].name or self._text(content)
        elif files and attribute == _ATTACH_DATA:
            files[-1].content = bytes(content)
        elif files and attribute == _ATTACH_PROPERTIES:
            self._file(files[-1], content)

    def _message(self, content: memoryview) -> None:
        for name, kind, value in _properties(content):
            if name == _P_BODY:
                self.envelope.text = self._string(kind, value)
            elif name == _P_BODY_HTML:
                self.envelope.html = self._string(kind, value)
            elif name == _P_CODE_PAGE:
                self.code_page = _code_page(_LONG.unpack_from(value)[0])

    def _file(self, file: File, content: memoryview) -> None:
        short = ""
        for name, kind, value in _properties(content):
            if name == _P_LONG_NAME:
                file.name = self._string(kind, value)
            elif name == _P_SHORT_NAME:
                short = self._string(kind, value)
            elif name == _P_MIME_TYPE:
                file.content_type = self._string(kind, value).lower()
            elif name == _P_CONTENT_ID:
                file.content_id = self._string(kind, value).strip("<>")
            elif name == _P_DATA and not file.content:
                file.content = bytes(value[_INTERFACE_LENGTH:] if kind == _OBJECT_TYPE else value)
        file.name = file.name or short

    def _string(self, kind: int, value: memoryview) -> str:
        if kind == _UNICODE:
            return bytes(value).decode("utf-16-le", "replace").rstrip("\0")
        return self._text(value)

    def _text(self, value: memoryview) -> str:
        return charsets.decode(bytes(value).rstrip(b"\0"), self.code_page)[0]


def _objects(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    position, count = _HEADER_LENGTH, 0
    while position + _OBJECT.size <= len(data):
        _, attribute, length = _OBJECT.unpack_from(data, position)
        start = position + _OBJECT.size
        count += 1
        if start + length > len(data) or count > limits.TNEF_OBJECTS:
            raise Unreadable
        yield attribute & 0xFFFF, data[start : start + length]
        position = start + length + _CHECKSUM_LENGTH


def _properties(data: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Name, type and first value of each property. What the counts say ends where the bytes do."""
    (count,) = _LONG.unpack_from(data)
    position = _LONG.size
    for _ in range(min(count, limits.TNEF_OBJECTS)):
        kind, name = _SHORT.unpack_from(data, position)[0], _SHORT.unpack_from(data, position + 2)[0]
        position += 4
        if name >= _NAMED:
            position = _after_name(data, position)
        is_multiple = bool(kind & _MULTIPLE)
        kind &= ~_MULTIPLE
        values = 1
        if is_multiple or kind in _VARIABLE:
            values = _LONG.unpack_from(data, position)[0]
            position += _LONG.size
        first: memoryview | None = None
        for _ in range(values):
            value, position = _value(data, position, kind)
            first = value if first is None else first
        if first is not None:
            yield name, kind, first


def _value(data: memoryview, position: int, kind: int) -> tuple[memoryview, int]:
    if kind in _VARIABLE:
        length = _LONG.unpack_from(data, position)[0]
        position += _LONG.size
    elif kind in _FIXED_LENGTHS:
        length = _FIXED_LENGTHS[kind]
    else:
        # Where the next one begins nobody can say.
        raise Unreadable
    if position + length > len(data):
        raise Unreadable
    # Values fill up to four bytes.
    return data[position : position + length], position + (length + 3) // 4 * 4


def _after_name(data: memoryview, position: int) -> int:
    """Past the set and the identifier of a property that is known by name."""
    position += 16
    (is_string,) = _LONG.unpack_from(data, position)
    (number,) = _LONG.unpack_from(data, position + 4)
    return position + 8 + ((number + 3) // 4 * 4 if is_string else 0)


def _code_page(number: int) -> str:
    known = {65001: "utf-8", 20127: "ascii", 20866: "koi8-r", 28591: "iso-8859-1", 54936: "gb18030", 51949: "euc-kr"}
    return known.get(number, f"cp{number}")
