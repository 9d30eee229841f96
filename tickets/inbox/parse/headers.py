"""A header block as the bytes it is made of: fields in order, unfolded, undecoded.

Nothing here raises and everything is linear in the block, which is cut before it is looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tickets.inbox.parse import charsets, limits

# RFC 5322 forbids blanks before the colon; programs write them.
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:[ \t]*(.*)", re.DOTALL)
_NOT_EMPTY = re.compile(rb"[^\r\n]|\Z")
# A server that writes its trace where the line before has lost its end.
_RUN_ON = re.compile(rb"(?<=\S)(?=Received: (?:from|by) )")
# What follows a line that is no field, where it belongs to the field before: the text has begun otherwise.
_FIELDS_AHEAD = re.compile(
    rb"(?i)(?:[^\r\n]{1,998}\r*\n){0,2}?(?:received|from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|reply-to"
    rb"|x-[a-z0-9-]+|return-path|references|in-reply-to|dkim-signature|list-[a-z]+)[ \t]*:"
)


@dataclass(slots=True)
class Headers:
    """The fields of one block. Names are matched in lower case; values are bytes as they came, unfolded."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    is_cut: bool = False

    def first(self, name: str) -> bytes | None:
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator[bytes]:
        return (value for other, value in self.fields if other == name)

    def text(self, name: str) -> str:
        """The first such field as text in which encoded words are left alone; empty if there is none."""
        return as_text(self.first(name) or b"")

    def __contains__(self, name: str) -> bool:
        return any(other == name for other, _ in self.fields)


def as_text(value: bytes, others: tuple[str, ...] = (), charset: str = "") -> str:
    """A field's value as one line of text. Bytes beyond ASCII are UTF-8 (RFC 6532), or what old programs took them for."""
    return _one_line(charsets.decode(value, charset, others)[0])


def read(data: bytes, start: int, *, is_message: bool) -> tuple[Headers, int]:
    """The header block that begins at ``start``, and where the body after it begins.

    A part of a message, unlike the message itself, may begin with the empty line: it has no header then.
    """
    start = _after_envelope(data, start) if is_message else start
    end = min(len(data), start + limits.HEADER_BYTES)
    headers = Headers()
    collected, body, is_whole = _collect(data, start, end, is_message=is_message)
    if not is_whole and end < len(data):
        headers.is_cut = True
        # The body of the message is wherever its header ends; a part ends with its boundary, which is looked for anyway.
        body = _after_empty_line(data, end) if is_message else end
    headers.is_cut |= len(collected) > limits.HEADER_FIELDS
    for name, pieces in collected[: limits.HEADER_FIELDS]:
        _add(headers, name, b" ".join(pieces))
    return headers, body


def _after_empty_line(data: bytes, start: int) -> int:
    ends = ((data.find(empty, start), len(empty)) for empty in (b"\n\n", b"\n\r\n"))
    return min((found + length for found, length in ends if found >= 0), default=len(data))


def _after_envelope(data: bytes, start: int) -> int:
    """Past a byte order mark, empty lines, and the line by which mailbox files part messages."""
    end = len(data)
    if data.startswith(b"\xef\xbb\xbf", start):
        start += 3
    start = _NOT_EMPTY.search(data, start).start()  # type: ignore[union-attr]  # matches at the end at the latest
    while data.startswith((b"From ", b">From "), start):
        line_end = data.find(b"\n", start)
        start = end if line_end < 0 else line_end + 1
    return start


def _collect(data: bytes, start: int, end: int, *, is_message: bool) -> tuple[list[tuple[str, list[bytes]]], int, bool]:
    """Fields with their lines, where the text after them begins, and whether that was reached."""
    collected: list[tuple[str, list[bytes]]] = []
    position = start
    while position < end:
        line_end = data.find(b"\n", position, end)
        following = end if line_end < 0 else line_end + 1
        line = data[position : end if line_end < 0 else line_end].rstrip(b"\r")
        # A boundary may look like a field ("--b:"), but no field begins like a boundary.
        found = None if line.startswith(b"--") else _FIELD.match(line)
        if not line:
            return collected, following, True
        if line[0] in b" \t" and collected:
            collected[-1][1].append(line.strip())
        elif found:
            collected.append((found[1].decode("ascii").lower(), [found[2].rstrip()]))
        elif (collected or is_message) and not line.startswith(b"--") and _FIELDS_AHEAD.match(data, following, end):
            # A fold that has lost its blank; before the first field, what servers say to each other ("+OK 512 octets").
            if collected:
                collected[-1][1].append(line.strip())
        elif not line.startswith((b">From ", b"From ")):
            # The text begins without an empty line before it.
            return collected, position, True
        position = following
    return collected, end, end == len(data)


def _add(headers: Headers, name: str, value: bytes) -> None:
    if len(value) > limits.FIELD_BYTES:
        value, headers.is_cut = value[: limits.FIELD_BYTES], True
    value = value.replace(b"\0", b"")
    run_on = _RUN_ON.search(value) if name != "received" else None
    if run_on:
        headers.fields.append((name, value[: run_on.start()]))
        headers.fields.append(("received", value[run_on.start() + len(b"Received: ") :]))
        return
    headers.fields.append((name, value))


def _one_line(text: str) -> str:
    return " ".join(text.replace("\0", "").splitlines()).strip()
