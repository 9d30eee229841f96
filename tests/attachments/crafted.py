"""Files made for the occasion: the honest kinds, and the tricks."""

import io
import struct
import zipfile
from collections.abc import Mapping
from types import MappingProxyType

from PIL import Image

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
)
ODF_MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
)
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(100)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)


def picture(form: str, size: tuple[int, int] = (8, 6), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **options)
    return out.getvalue()


def zipped(members: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def office(
    more: Mapping[str, bytes | str] = MappingProxyType({}),
    kind: str = "wordprocessingml.document",
    part: str = "word/document.xml",
) -> bytes:
    types = CONTENT_TYPES.format(part=part, kind=kind)
    return zipped({"[Content_Types].xml": types, part: '<?xml version="1.0"?><w:document/>', **more})


def odt(more: Mapping[str, bytes | str] = MappingProxyType({})) -> bytes:
    members: dict[str, bytes | str] = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": '<?xml version="1.0"?><office:document-content><office:scripts/></office:document-content>',
        "META-INF/manifest.xml": ODF_MANIFEST,
    }
    return zipped({**members, **more}, zipfile.ZIP_STORED)


def locked_zip() -> bytes:
    """The flag that says "encrypted" is all that a reader goes by, so it is all that this has."""
    data = bytearray(zipped({"notes.txt": "secret"}, zipfile.ZIP_STORED))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def boxes(major: bytes, *compatible: bytes) -> bytes:
    """The beginning of an ISO media file: its brands, then some media data."""
    body = major + bytes(4) + b"".join(compatible)
    return struct.pack(">I", 8 + len(body)) + b"ftyp" + body + struct.pack(">I", 16) + b"mdat" + bytes(8)


JPEG = picture("JPEG")
PNG = picture("PNG")
GIF = picture("GIF")
WEBP = picture("WEBP")
HEIC = boxes(b"heic", b"mif1", b"heic")
MP4 = boxes(b"isom", b"isom", b"iso2", b"avc1", b"mp41")
MOV = boxes(b"qt  ", b"qt  ")
PDF = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
DOCX = office()
XLSX = office(kind="spreadsheetml.sheet", part="xl/workbook.xml")
ODT = odt()
ZIP = zipped({"logs/app.log": "2026-11-22 started\n", "dump.dmp": bytes(50), "ünï/日本.txt": "ok"})
