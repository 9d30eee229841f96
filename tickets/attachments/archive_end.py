"""The "end of central directory" record of a ZIP file (APPNOTE 4.3.16), by which every reader finds the rest."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

_SIGNATURE = b"PK\x05\x06"
_FIELDS = struct.Struct("<4s4H2LH")
_MAX_COMMENT = 0xFFFF


@dataclass(frozen=True, slots=True)
class EndOfArchive:
    position: int
    directory_size: int
    directory_offset: int
    comment_size: int

    @property
    def end(self) -> int:
        """Where the archive ends, and with it the file."""
        return self.position + _FIELDS.size + self.comment_size

    @property
    def start(self) -> int:
        """Where the archive begins; before it stands something else."""
        return self.position - self.directory_size - self.directory_offset


def end_of_archive(content: BinaryIO, size: int) -> EndOfArchive | None:
    """The last record that makes sense, or None. Bytes before the archive and after it do not matter."""
    beginning = max(0, size - _FIELDS.size - _MAX_COMMENT)
    content.seek(beginning)
    tail = content.read(size - beginning)
    at = tail.rfind(_SIGNATURE)
    while at >= 0:
        if record := _record(tail, at, beginning):
            return record
        at = tail.rfind(_SIGNATURE, 0, at)
    return None


def _record(tail: bytes, at: int, beginning: int) -> EndOfArchive | None:
    if at + _FIELDS.size > len(tail):
        return None
    _signature, disk, first_disk, entries_here, entries, size, offset, comment = _FIELDS.unpack_from(tail, at)
    # By chance the four bytes stand in many large files; a directory of one disk that fits in before them does not.
    if disk or first_disk or entries_here != entries or size + offset > beginning + at:
        return None
    return EndOfArchive(beginning + at, size, offset, comment)
