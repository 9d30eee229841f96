"""Looking into ZIP files, and into the documents that are ZIP files, without unpacking more than the beginnings.

What is refused inside is what is dangerous: programs, scripts, pages, macros, locked content, containers that cannot be
looked into. Kinds of files that are merely not on the list (a crash dump, a settings file) may come in an archive: that
is what people are told to do with them.
"""

import shutil
import stat
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO, cast

from tickets.attachments import names, sniffing
from tickets.attachments.archive_end import end_of_archive
from tickets.attachments.codes import Code

MAX_ENTRIES = 2000
MAX_UNPACKED = 500 << 20
# Deflate reaches 1032 : 1 with nothing but repetition. Logs and sheets stay below 100 : 1, small ones not always.
MAX_RATIO = 100
RATIO_MATTERS_FROM = 1 << 20
# A nested archive has to be unpacked to be looked into.
MAX_NESTED = 50 << 20
# An archive in an archive is somebody's habit, one more is somebody's intention. Documents with charts hold a sheet
# each.
MAX_DEPTH = 1
MAX_DOCUMENT_DEPTH = 2
# About 400 bytes of directory for each entry; names are rarely longer than 100.
_MAX_DIRECTORY = MAX_ENTRIES * 400
_MAX_XML = 1 << 20
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # APPNOTE 4.4.4: encrypted, strongly encrypted, encrypted directory

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"

_OFFICE_MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": DOCX,
    b"spreadsheetml.sheet.main+xml": XLSX,
    b"presentationml.presentation.main+xml": PPTX,
}
_READ_ERRORS = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, OverflowError, RuntimeError,
    ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What the archive is; ``code`` is None when nothing speaks against it. ``member`` is the name inside that does."""

    media_type: str
    code: Code | None = None
    member: str = ""


@dataclass(slots=True)
class _Budget:
    """What may be unpacked from one upload, archives inside of it included."""

    entries: int = MAX_ENTRIES
    unpacked: int = MAX_UNPACKED

    def take(self, infos: list[zipfile.ZipInfo]) -> bool:
        self.entries -= len(infos)
        self.unpacked -= sum(info.file_size for info in infos)
        return self.entries >= 0 and self.unpacked >= 0


class _RefusedError(Exception):
    def __init__(self, code: Code, member: str = "") -> None:
        self.code = code
        self.member = member


def inspect(content: BinaryIO, size: int) -> Finding:
    """Say what a file with a ZIP signature is, and what is wrong with it. Never raises for what is in the file."""
    return _inspect(content, size, 0, _Budget())


def _inspect(content: BinaryIO, size: int, depth: int, budget: _Budget) -> Finding:
    found = sniffing.ZIP
    try:
        _check_frame(content, size)
        with zipfile.ZipFile(content) as archive:
            infos = archive.infolist()
            _check_sizes(infos, size, budget)
            _check_entries(infos)
            found = _media_type(archive)
            if depth > (MAX_DEPTH if found == sniffing.ZIP else MAX_DOCUMENT_DEPTH):
                raise _RefusedError(Code.BOMB)
            _check_document(archive, found)
            for info in infos:
                _check_member(archive, info, found, depth, budget)
    except _RefusedError as refused:
        return Finding(found, refused.code, refused.member)
    except _READ_ERRORS:
        return Finding(found, Code.UNREADABLE)
    return Finding(found)


def _check_frame(content: BinaryIO, size: int) -> None:
    """The archive is all of the file, and its directory is small enough to be read. (64-bit archives are not needed
    here.)
    """
    end = end_of_archive(content, size)
    if end is None:
        raise _RefusedError(Code.UNREADABLE)
    if end.directory_size > _MAX_DIRECTORY:
        raise _RefusedError(Code.BOMB)
    content.seek(max(0, end.position - 20))
    if content.read(4) == b"PK\x06\x07":
        raise _RefusedError(Code.UNREADABLE)
    if end.start != 0 or end.end != size:
        raise _RefusedError(Code.MIXED)


def _check_sizes(infos: list[zipfile.ZipInfo], size: int, budget: _Budget) -> None:
    unpacked = sum(info.file_size for info in infos)
    if not budget.take(infos) or (unpacked > RATIO_MATTERS_FROM and unpacked > size * MAX_RATIO):
        raise _RefusedError(Code.BOMB)
    # Entries that share their bytes are how a small file holds petabytes.
    if sum(info.compress_size for info in infos) > size:
        raise _RefusedError(Code.BOMB)


def _check_entries(infos: list[zipfile.ZipInfo]) -> None:
    for info in infos:
        if info.flag_bits & _ENCRYPTED:
            raise _RefusedError(Code.ENCRYPTED)
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise _RefusedError(Code.UNREADABLE)
        if _leaves_the_folder(info.filename) or stat.S_ISLNK(info.external_attr >> 16):
            raise _RefusedError(Code.ARCHIVE_CONTENT, names.safe_name(info.filename))


def _leaves_the_folder(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or parts[0].endswith(":")


def _media_type(archive: zipfile.ZipFile) -> str:
    known = set(archive.namelist())
    if "[Content_Types].xml" in known:
        return _office_type(_read(archive, "[Content_Types].xml"))
    if "mimetype" in known:
        return _read(archive, "mimetype")[:100].decode("ascii", errors="replace").strip()
    # A Java program is a ZIP file with a manifest, an Android program one with code for its machine.
    if known & {"META-INF/MANIFEST.MF", "AndroidManifest.xml", "classes.dex"}:
        raise _RefusedError(Code.EXECUTABLE)
    return sniffing.ZIP


def _office_type(content_types: bytes) -> str:
    if b"macroenabled" in content_types.lower():
        raise _RefusedError(Code.MACROS)
    return next((found for part, found in _OFFICE_MAIN_PARTS.items() if part in content_types), sniffing.UNKNOWN)


def _check_document(archive: zipfile.ZipFile, found: str) -> None:
    if any(_is_macro(name.lower()) for name in archive.namelist()):
        raise _RefusedError(Code.MACROS)
    # OpenDocument encrypts its parts one by one and says so in the manifest only.
    if found.startswith("application/vnd.oasis") and b"encryption-data" in _read(archive, "META-INF/manifest.xml"):
        raise _RefusedError(Code.ENCRYPTED)


def _is_macro(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    if file in {"vbaproject.bin", "vbadata.xml"}:
        return True
    # LibreOffice writes an empty library's two indexes into documents without a macro.
    is_basic = folder.split("/")[0] == "basic" and file not in {"", "script-lb.xml", "script-lc.xml"}
    return is_basic or bool(folder.split("/")[0] == "scripts" and file.endswith((".py", ".js", ".bsh")))


def _check_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, found: str, depth: int, budget: _Budget) -> None:
    if info.is_dir():
        return
    name = names.safe_name(info.filename)
    with archive.open(info) as member:
        head = member.read(sniffing.HEAD)
    danger = names.danger(name) or sniffing.danger(head)
    # Documents are made of mark-up themselves.
    if danger and not (danger == Code.WEB_PAGE and found != sniffing.ZIP):
        raise _RefusedError(Code.ARCHIVE_CONTENT, name)
    if names.extension(name) in names.OTHER_ARCHIVES or sniffing.is_closed_container(head):
        raise _RefusedError(Code.ARCHIVE_CONTENT, name)
    if sniffing.is_ole(head):
        with archive.open(info) as member:
            if sniffing.holds(member, sniffing.OLE_MACROS):
                raise _RefusedError(Code.ARCHIVE_CONTENT, name)
    if sniffing.is_zip(head):
        _check_nested(archive, info, name, depth, budget)


def _check_nested(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, depth: int, budget: _Budget) -> None:
    if info.file_size > MAX_NESTED:
        raise _RefusedError(Code.ARCHIVE_CONTENT, name)
    with tempfile.SpooledTemporaryFile(max_size=1 << 20) as nested, archive.open(info) as member:
        shutil.copyfileobj(member, nested)
        finding = _inspect(cast(BinaryIO, nested), nested.tell(), depth + 1, budget)
    if finding.code == Code.BOMB:
        raise _RefusedError(Code.BOMB, name)
    if finding.code:
        raise _RefusedError(Code.ARCHIVE_CONTENT, finding.member or name)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(_MAX_XML)
