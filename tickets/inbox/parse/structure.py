"""The parts of a message (RFC 2046), found in one pass over its bytes.

Parts are where they begin and end; nothing is copied, so that a message within a message stays exactly what it was, and a
large one costs no memory. Python's own parser is not used for this: it recurses with the nesting, looks at each line
once for each level, and holds every line as an object.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tickets.inbox.parse import headers, limits, parameters
from tickets.inbox.parse.parsed import Problem

_DELIMITER = re.compile(rb"^--([^\r\n]*)", re.MULTILINE)
_LINE_END = re.compile(rb"\r*\n?")
_TYPE = re.compile(r"[!#$%&'*+.^_`{|}~0-9a-z-]+/[!#$%&'*+.^_`{|}~0-9a-z-]+")
# The first delimiter of a multipart that does not say its boundary, or says another one.
_LIKELY = re.compile(rb"^--([^\r\n]{1,200}?)[ \t]*\r*\n(?=content-)", re.MULTILINE | re.IGNORECASE)
_LIKELY_WITHIN = 64 * 1024
_STRAY = "text/plain"


@dataclass(slots=True, eq=False)
class Part:
    """A part with its header; ``start`` and ``end`` are those of its body. The message itself is a part without parent."""

    headers: headers.Headers
    content_type: str
    type: parameters.Value
    disposition: parameters.Value
    start: int
    end: int
    parent: "Part | None" = None
    parts: list["Part"] = field(default_factory=list)

    @property
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/")

    @property
    def name(self) -> str:
        return self.disposition.get("filename") or self.type.get("name")

    def leaves(self) -> Iterator["Part"]:
        waiting = [self]
        while waiting:
            part = waiting.pop()
            if part.parts:
                waiting.extend(reversed(part.parts))
            else:
                yield part

    def within(self, content_type: str) -> bool:
        """Whether any part around this one is of a type."""
        part = self.parent
        while part:
            if part.content_type == content_type:
                return True
            part = part.parent
        return False


def read(data: bytes) -> tuple[Part, list[Problem]]:
    """The message as a tree of parts, and what was odd about it."""
    scan = _Scan(data)
    return scan.message, scan.problems


class _Scan:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.problems: list[Problem] = []
        # Multiparts that are not closed, outermost first, and their boundaries.
        self.open: list[Part] = []
        self.boundaries: list[bytes] = []  # no more than the depth that is read
        self.known: frozenset[bytes] = frozenset()
        self.leaf: Part | None = None
        self.count = 0
        self.header_room = limits.ALL_HEADERS_BYTES
        self.message = self._begin(0, None)
        if self.open:
            self._scan()
        self._close(0, len(data))

    def _scan(self) -> None:
        candidates = _DELIMITER.finditer(self.data, self.message.start)
        for number, found in enumerate(candidates):
            if not self.boundaries:
                return
            if self.count > limits.PARTS or self.header_room <= 0 or number > limits.BOUNDARY_CANDIDATES:
                self.problems.append(Problem.PARTS_CUT)
                self._close(0, self._before_line_end(found.start()))
                return
            self._delimit(found)
        if self.open:
            self.problems.append(Problem.BAD_STRUCTURE)

    def _delimit(self, found: re.Match[bytes]) -> None:
        line = found[1].rstrip(b" \t")
        level, is_last = self._level(line), False
        if level is None and line.endswith(b"--"):
            level, is_last = self._level(line[:-2].rstrip(b" \t")), True
        if level is None:
            return
        self._close(level + (not is_last), self._before_line_end(found.start()))
        if not is_last:
            line_end = _LINE_END.match(self.data, found.end())
            self._begin(line_end.end() if line_end else found.end(), self.open[level])

    def _level(self, boundary: bytes) -> int | None:
        """Which open multipart a boundary belongs to: the innermost, where several share it."""
        if boundary not in self.known:
            return None
        return len(self.boundaries) - 1 - self.boundaries[::-1].index(boundary)

    def _close(self, level: int, end: int) -> None:
        """End the part that is being read, and the multiparts from ``level`` on."""
        for part in [*self.open[level:], *([self.leaf] if self.leaf else [])]:
            part.end = max(part.start, end)
        del self.open[level:], self.boundaries[level:]
        self.known = frozenset(self.boundaries)
        self.leaf = None

    def _before_line_end(self, position: int) -> int:
        """The line end before a delimiter belongs to it (section 5.1.1)."""
        if self.data[position - 1 : position] == b"\n":
            position -= 1
            # Servers double it now and then.
            for _ in range(2):
                position -= self.data[position - 1 : position] == b"\r"
        return position

    def _begin(self, start: int, parent: Part | None) -> Part:
        fields, body = headers.read(self.data, start, is_message=parent is None)
        self.header_room -= min(body - start, limits.HEADER_BYTES)
        if fields.is_cut:
            self.problems.append(Problem.HEADERS_CUT)
        kind = parameters.read(fields.first("content-type"))
        disposition = parameters.read(fields.first("content-disposition"))
        part = Part(fields, _content_type(kind.main, parent), kind, disposition, body, len(self.data), parent)
        self.count += 1
        if parent:
            parent.parts.append(part)
        boundary = self._boundary(part) if part.is_multipart else b""
        if boundary and len(self.open) < limits.DEPTH:
            self.open.append(part)
            self.boundaries.append(boundary)
            self.known = frozenset(self.boundaries)
        else:
            if boundary:
                self.problems.append(Problem.PARTS_CUT)
            self.leaf = part
        return part

    def _boundary(self, part: Part) -> bytes:
        """What a multipart says its boundary is; what it seems to be if that is missing or, in the message itself, wrong."""
        boundary = part.type.get("boundary").rstrip().encode("utf-8", "surrogatepass")
        if boundary and (part.parent or self.data.find(b"--" + boundary, part.start) >= 0):
            return boundary
        self.problems.append(Problem.BAD_STRUCTURE)
        likely = _LIKELY.search(self.data, part.start, part.start + _LIKELY_WITHIN)
        return likely[1] if likely else b""


def _content_type(main: str, parent: Part | None) -> str:
    if _TYPE.fullmatch(main):
        return main
    return "message/rfc822" if not main and parent and parent.content_type == "multipart/digest" else _STRAY
