"""Whether a file may come in. Plain values in and out: no database, settings or clock.

A file is allowed when its ending is on the list and its content is what that ending promises. The ending alone says
what the recipient's computer will do with it, the content alone what it really is, and only together are they evidence.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from tickets.attachments import archives, names, sniffing
from tickets.attachments.codes import Code

_JPEG = frozenset({"image/jpeg"})
_HEIC = frozenset({"image/heic", "image/heif"})
_TEXT = frozenset({sniffing.TEXT})

ALLOWED: Mapping[str, frozenset[str]] = {
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "jfif": _JPEG,  # how Windows saves pictures from the web
    "png": frozenset({"image/png"}),
    "webp": frozenset({"image/webp"}),
    "heic": _HEIC,
    "heif": _HEIC,
    "gif": frozenset({"image/gif"}),
    "mp4": frozenset({"video/mp4"}),
    "mov": frozenset({"video/quicktime"}),
    "pdf": frozenset({sniffing.PDF}),
    "docx": frozenset({archives.DOCX}),
    "xlsx": frozenset({archives.XLSX}),
    "odt": frozenset({archives.ODT}),
    "txt": _TEXT,
    "csv": _TEXT,
    "log": _TEXT,
    "zip": frozenset({sniffing.ZIP}),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one message may carry. ``allowed`` maps an ending without its dot to the types its content may have."""

    max_files: int
    max_file_bytes: int
    max_total_bytes: int
    allowed: Mapping[str, frozenset[str]] = field(default_factory=lambda: ALLOWED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found out about one file.

    ``member`` names the file inside of an archive that spoke against it; ``sha256`` is empty for a file that is too
    large to be read.
    """

    accepted: bool
    code: Code
    detected_type: str
    extension: str
    safe_name: str
    size: int
    sha256: str
    member: str = ""


def verdict(name: str, content: BinaryIO, limits: Limits) -> Verdict:
    """Judge one file by its name and content. Never raises for either, and leaves ``content`` at its beginning.

    Reads piece by piece and unpacks no more than the beginnings of what is in an archive, so that memory and time stay
    bounded by ``limits`` whatever is sent. ``content`` has to be seekable.
    """
    size = content.seek(0, os.SEEK_END)
    shown = names.safe_name(name)
    digest, finding = "", archives.Finding(sniffing.UNKNOWN, _of_size(size, limits))
    if finding.code != Code.TOO_LARGE:
        digest = _digest(content)
    if finding.code is None:
        finding = _judge(shown, content, size, limits)
    content.seek(0)
    return Verdict(
        accepted=finding.code is None,
        code=finding.code or Code.ACCEPTED,
        detected_type=finding.media_type,
        extension=names.extension(shown),
        safe_name=shown,
        size=size,
        sha256=digest,
        member=finding.member,
    )


def check_batch(sizes: Iterable[int], count_existing: int, limits: Limits, bytes_existing: int = 0) -> Code:
    """``ACCEPTED``, ``TOO_MANY`` or ``TOO_LARGE_TOGETHER``: whether the files may join those that are there."""
    sizes = list(sizes)
    if count_existing + len(sizes) > limits.max_files:
        return Code.TOO_MANY
    if bytes_existing + sum(sizes) > limits.max_total_bytes:
        return Code.TOO_LARGE_TOGETHER
    return Code.ACCEPTED


def _digest(content: BinaryIO) -> str:
    content.seek(0)
    digest = hashlib.sha256()
    while chunk := content.read(sniffing.CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _of_size(size: int, limits: Limits) -> Code | None:
    if size == 0:
        return Code.EMPTY
    return Code.TOO_LARGE if size > limits.max_file_bytes else None


def _judge(name: str, content: BinaryIO, size: int, limits: Limits) -> archives.Finding:
    """The first thing that speaks against the file, the most dangerous things first."""
    head = sniffing.head_of(content)
    found = sniffing.media_type(content, head)
    if danger := names.danger(name) or sniffing.danger(head):
        return archives.Finding(found, danger)
    finding = _look_inside(content, head, found, size)
    if finding.code:
        return finding
    ending = names.extension(name)
    if ending not in limits.allowed:
        return archives.Finding(finding.media_type, Code.TYPE_NOT_ALLOWED if ending else Code.NO_EXTENSION)
    if finding.media_type not in limits.allowed[ending]:
        return archives.Finding(finding.media_type, Code.MISMATCH)
    return finding


def _look_inside(content: BinaryIO, head: bytes, found: str, size: int) -> archives.Finding:
    if found == sniffing.ZIP:
        return archives.inspect(content, size)
    if found == sniffing.OLE:
        return archives.Finding(found, _of_ole(content))
    if _may_be_mixed(found) and sniffing.is_mixed(content, head, found, size):
        return archives.Finding(found, Code.MIXED)
    return archives.Finding(found)


def _of_ole(content: BinaryIO) -> Code | None:
    for pattern, code in ((sniffing.OLE_MACROS, Code.MACROS), (sniffing.OLE_ENCRYPTED, Code.ENCRYPTED)):
        content.seek(0)
        if sniffing.holds(content, pattern):
            return code
    return None


def _may_be_mixed(found: str) -> bool:
    return found == sniffing.PDF or found.startswith(("image/", "video/"))
