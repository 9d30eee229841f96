"""What a file is by its content: our own signatures for what is allowed or dangerous, ``filetype`` for the rest."""

import re
from typing import IO, BinaryIO

import filetype

from tickets.attachments.archive_end import end_of_archive
from tickets.attachments.codes import Code

CHUNK = 1 << 16
# Where "filetype" and the standards for sniffing look at most.
HEAD = 8192
LONGEST = 64

TEXT = "text/plain"
ZIP = "application/zip"
PDF = "application/pdf"
OLE = "application/x-ole-storage"
UNKNOWN = "application/octet-stream"

_MEDIA = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", PDF),
)
_PROGRAMS = (
    b"\x7fELF",
    b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",  # Mach-O
    b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf",  # Java class, Mach-O for several processors
    b"dex\n03", b"\x00asm", b"!<arch>\n", b"\xed\xab\xee\xdb",  # Android, WebAssembly, libraries and deb, rpm
    b"L\x00\x00\x00\x01\x14\x02\x00",  # Windows shortcut
)  # fmt: skip
# A script says so in its first characters. Names decide about the rest: text alone does not run.
_SCRIPT = re.compile(r"#!\s*/|#!\s*\w|@echo\s+off\b|<\?php|<\?=|<%@?\s", re.IGNORECASE)
# The beginnings by which browsers recognise a page (WHATWG MIME Sniffing, 7.1), and the ways to XML that runs.
_PAGE = re.compile(
    r"<(?:!doctype\s+(?:html|svg)|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg|meta|link|img)[\s/>]|<!--",
    re.IGNORECASE,
)
_XML = re.compile(r"<[?!a-z]", re.IGNORECASE)
_XML_THAT_RUNS = re.compile(
    r"<(?:\w+:)?(?:script|html|svg|stylesheet|transform|foreignobject)[\s/>]|<\?xml-stylesheet", re.IGNORECASE
)
# In a picture these are never by chance; "<script" and the like after the picture's end make it a page as well.
_MARKUP = re.compile(rb"<script|<\?php|<html|<svg[\s>]|<iframe|<!doctype", re.IGNORECASE)
# Old Office files are little file systems whose directory names what is in them, in UTF-16.
OLE_MACROS = re.compile("_VBA_PROJECT".encode("utf-16-le"))
OLE_ENCRYPTED = re.compile("EncryptedPackage".encode("utf-16-le"))
_CLOSED_CONTAINERS = frozenset(
    f"application/{name}"
    for name in (
        "gzip", "vnd.ms-cab-compressed", "x-7z-compressed", "x-bzip2", "x-compress", "x-lz4", "x-lzip", "x-lzop",
        "x-rar-compressed", "x-tar", "x-xz", "zstd",
    )
)  # fmt: skip
_BYTES_NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

_HEIC_BRANDS = frozenset([b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"])
_MP4_BRANDS = frozenset(
    [b"isom", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"dash", b"mmp4", b"XAVC"]
)


def head_of(content: BinaryIO) -> bytes:
    content.seek(0)
    return content.read(HEAD)


def is_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_ole(head: bytes) -> bool:
    """The container of old Office files, and of new ones under a password."""
    return head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def danger(head: bytes) -> Code | None:
    """Why a file that begins like this must be refused, whatever its name."""
    if head.startswith(_PROGRAMS) or (head.startswith(b"MZ") and _BYTES_NOT_IN_TEXT.search(head)):
        return Code.EXECUTABLE
    beginning = _as_text(head).lstrip("\ufeff\x00 \t\r\n\f")
    if _SCRIPT.match(beginning):
        return Code.EXECUTABLE
    if _PAGE.match(beginning) or (_XML.match(beginning) and _XML_THAT_RUNS.search(beginning)):
        return Code.WEB_PAGE
    return None


def media_type(content: BinaryIO, head: bytes) -> str:
    """The type by signature and, for text, by all of the content; ``UNKNOWN`` if nothing fits."""
    for signature, found in _MEDIA:
        if head.startswith(signature):
            return found
    if is_zip(head):
        return ZIP
    if is_ole(head):
        return OLE
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _type_of_brands(head)
    if head[4:8] in {b"moov", b"mdat", b"wide", b"pnot"}:  # QuickTime from before there were brands
        return "video/quicktime"
    if _pdf_offset(head) is not None and not head[: _pdf_offset(head)].strip(b"\xef\xbb\xbf \t\r\n"):
        return PDF
    # Text goes first: "filetype" takes two letters (BM) for a picture.
    if is_text(content, head):
        return TEXT
    return filetype.guess_mime(head) or UNKNOWN


def is_text(content: BinaryIO, head: bytes) -> bool:
    """Text in UTF-8, in UTF-16 with its mark, or in any eight-bit encoding: no control characters but white space and
    escape.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return not _BYTES_NOT_IN_TEXT.search(_as_text(head).encode())
    content.seek(0)
    while chunk := content.read(CHUNK):
        if _BYTES_NOT_IN_TEXT.search(chunk):
            return False
    return bool(head)


def is_mixed(content: BinaryIO, head: bytes, found: str, size: int) -> bool:
    """Whether a picture, video or PDF is a second thing as well: an archive, a PDF, a page that a browser runs."""
    if found != PDF and _pdf_offset(head) is not None:
        return True
    if end_of_archive(content, size) is not None:
        return True
    content.seek(0)
    return found.startswith("image/") and holds(content, _MARKUP)


def holds(content: IO[bytes], pattern: re.Pattern[bytes]) -> bool:
    """Whether the rest of the stream has the pattern anywhere (of at most ``LONGEST`` bytes), read piece by piece."""
    before = b""
    while chunk := content.read(CHUNK):
        if pattern.search(before + chunk):
            return True
        before = chunk[-LONGEST:]
    return False


def is_closed_container(head: bytes) -> bool:
    """An archive or disk image of a kind that nobody here can look into."""
    return filetype.guess_mime(head) in _CLOSED_CONTAINERS


def _type_of_brands(head: bytes) -> str:
    """ISO base media (ISO/IEC 14496-12, 4.3): the major brand, then a version, then what it is compatible with."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    brands = {major, *(head[start : start + 4] for start in range(16, length, 4))}
    if major == b"qt  ":
        return "video/quicktime"
    if major in _HEIC_BRANDS or (major in {b"mif1", b"msf1"} and brands & _HEIC_BRANDS):
        return "image/heic"
    if major in {b"avif", b"avis"} or (major in {b"mif1", b"msf1"} and b"avif" in brands):
        return "image/avif"
    if major in {b"mif1", b"msf1"}:
        return "image/heif"
    if major in _MP4_BRANDS or major.startswith(b"iso"):
        return "video/mp4"
    return filetype.guess_mime(head) or UNKNOWN


def _pdf_offset(head: bytes) -> int | None:
    # Readers accept a PDF that begins anywhere in the first kilobyte.
    at = head[:1024].find(b"%PDF-")
    return at if at >= 0 else None


def _as_text(head: bytes) -> str:
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return head.decode(encoding, errors="replace")
    return head.decode("latin-1")
