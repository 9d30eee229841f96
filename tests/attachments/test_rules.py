"""Which files may come in: a table of honest files, and a table of tricks."""

import hashlib
import io
import struct
import tempfile
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from tests.attachments import crafted
from tickets.attachments import archives, sniffing
from tickets.attachments.codes import Code
from tickets.attachments.rules import ALLOWED, Limits, check_batch, verdict

LIMITS = Limits(max_files=10, max_file_bytes=5 << 20, max_total_bytes=20 << 20)


def judge(name, content, limits=LIMITS):
    return verdict(name, io.BytesIO(content), limits)


def small_upload(content):
    return SimpleUploadedFile("letter.docx", content)


def large_upload(content):
    upload = TemporaryUploadedFile("letter.docx", "", len(content), None)
    upload.write(content)
    return upload


HONEST = [
    ("photo.jpg", crafted.JPEG, "image/jpeg"),
    ("PHOTO.JPEG", crafted.JPEG, "image/jpeg"),
    ("my.photo.of.it.jpg", crafted.JPEG, "image/jpeg"),
    ("screen.png", crafted.PNG, "image/png"),
    ("anim.gif", crafted.GIF, "image/gif"),
    ("pic.webp", crafted.WEBP, "image/webp"),
    ("IMG_1.HEIC", crafted.HEIC, "image/heic"),
    ("IMG_2.heic", crafted.boxes(b"mif1", b"mif1", b"heic"), "image/heic"),
    ("IMG_3.heif", crafted.boxes(b"mif1", b"mif1"), "image/heif"),
    ("clip.mp4", crafted.MP4, "video/mp4"),
    ("clip.mov", crafted.MOV, "video/quicktime"),
    ("old.mov", struct.pack(">I", 8) + b"wide" + struct.pack(">I", 16) + b"mdat" + bytes(8), "video/quicktime"),
    ("report.v2.pdf", crafted.PDF, "application/pdf"),
    ("www.example.com.pdf", crafted.PDF, "application/pdf"),
    ("after a mark.pdf", b"\xef\xbb\xbf" + crafted.PDF, "application/pdf"),
    ("letter.docx", crafted.DOCX, archives.DOCX),
    ("with a chart.docx", crafted.office({"word/embeddings/Sheet1.xlsx": crafted.XLSX}), archives.DOCX),
    ("with a page.docx", crafted.office({"word/afchunk.xhtml": "<html><p>imported</p></html>"}), archives.DOCX),
    ("table.xlsx", crafted.XLSX, archives.XLSX),
    ("letter.odt", crafted.ODT, archives.ODT),
    ("no macro.odt", crafted.odt({"Basic/Standard/script-lb.xml": "<x/>"}), archives.ODT),
    ("notes.txt", "Grüße, 你好".encode(), "text/plain"),
    ("notes-latin.txt", "Grüße".encode("latin-1"), "text/plain"),
    ("notes-sjis.txt", "配送について".encode("shift_jis"), "text/plain"),
    ("notes-utf16.txt", "Grüße, 你好".encode("utf-16"), "text/plain"),
    ("table.csv", b"a;b\r\n1;2\r\n", "text/plain"),
    ("BMW.csv", b"BMW;1\n", "text/plain"),
    ("app.log", b"\x1b[31mERROR\x1b[0m <html> 502 </html>\n", "text/plain"),
    ("syslog.log", b"<34>Oct 11 host app: got <html> instead of JSON\n", "text/plain"),
    ("setup.exe.log", b"installation failed\n", "text/plain"),
    ("quoting a file.txt", b"It begins with %PDF-1.7, is that right?", "text/plain"),
    ("logs.zip", crafted.ZIP, "application/zip"),
    ("nested.zip", crafted.zipped({"inner.zip": crafted.ZIP, "letter.docx": crafted.DOCX}), "application/zip"),
    (
        "report in it.zip",
        crafted.zipped({"a.docx": crafted.office({"word/embeddings/S.xlsx": crafted.XLSX})}),
        "application/zip",
    ),
    ("empty.zip", crafted.zipped({}), "application/zip"),
]


@pytest.mark.parametrize(("name", "content", "detected"), HONEST, ids=[name for name, *_ in HONEST])
def test_an_honest_file_is_accepted(name, content, detected):
    result = judge(name, content)
    assert (result.accepted, result.code, result.detected_type) == (True, Code.ACCEPTED, detected)


def test_every_allowed_ending_has_an_honest_file():
    shown = {judge(name, content).extension for name, content, _ in HONEST}
    assert shown == set(ALLOWED) - {"jfif"}


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED = [
    ("nothing.txt", b"", Code.EMPTY),
    ("large.txt", b"a" * (LIMITS.max_file_bytes + 1), Code.TOO_LARGE),
    ("photo", crafted.JPEG, Code.NO_EXTENSION),
    (".jpg", crafted.JPEG, Code.NO_EXTENSION),
    ("page.json", b"{}", Code.TYPE_NOT_ALLOWED),
    ("song.mp3", b"ID3\x03\x00\x00\x00\x00\x00\x00" + bytes(100), Code.TYPE_NOT_ALLOWED),
    ("old.doc", crafted.OLE, Code.TYPE_NOT_ALLOWED),
    (
        "slides.pptx",
        crafted.office(kind="presentationml.presentation", part="ppt/presentation.xml"),
        Code.TYPE_NOT_ALLOWED,
    ),
    # Content that is not what the ending says.
    ("photo.png", crafted.JPEG, Code.MISMATCH),
    ("photo.heic", crafted.boxes(b"avif", b"mif1"), Code.MISMATCH),
    ("photo.heic", crafted.MP4, Code.MISMATCH),
    ("clip.mp4", crafted.HEIC, Code.MISMATCH),
    ("clip.mp4", crafted.MOV, Code.MISMATCH),
    ("notes.txt", bytes(range(256)), Code.MISMATCH),
    ("notes.txt", b"a" * 100_000 + b"\x00", Code.MISMATCH),
    ("invoice.pdf", b"just words", Code.MISMATCH),
    ("letter.docx", crafted.XLSX, Code.MISMATCH),
    ("letter.docx", crafted.ZIP, Code.MISMATCH),
    ("letter.zip", crafted.DOCX, Code.MISMATCH),
    ("rar.zip", b"Rar!\x1a\x07\x01\x00" + bytes(100), Code.MISMATCH),
    # Programs and scripts, whatever they are called.
    ("setup.exe", crafted.PROGRAM, Code.EXECUTABLE),
    ("photo.jpg", crafted.PROGRAM, Code.EXECUTABLE),
    ("photo.jpg", b"\x7fELF\x02\x01\x01" + bytes(100), Code.EXECUTABLE),
    ("photo.jpg", b"\xcf\xfa\xed\xfe" + bytes(100), Code.EXECUTABLE),
    ("photo.jpg", b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + bytes(100), Code.EXECUTABLE),
    ("notes.txt", b"#!/bin/sh\nrm -rf /\n", Code.EXECUTABLE),
    ("notes.txt", b"\xef\xbb\xbf#!/usr/bin/env python\n", Code.EXECUTABLE),
    ("notes.txt", "#!/bin/sh\n".encode("utf-16"), Code.EXECUTABLE),
    ("notes.txt", b"@echo off\r\ndel *.*\r\n", Code.EXECUTABLE),
    ("notes.txt", b"<?php system($_GET['c']);", Code.EXECUTABLE),
    ("run.bat", b"del *.*", Code.EXECUTABLE),
    ("run.ps1", b"Remove-Item *", Code.EXECUTABLE),
    ("run.vbs", b'MsgBox "hi"', Code.EXECUTABLE),
    ("program.jar", crafted.zipped({"META-INF/MANIFEST.MF": "Main-Class: A"}), Code.EXECUTABLE),
    ("program.zip", crafted.zipped({"META-INF/MANIFEST.MF": "Main-Class: A"}), Code.EXECUTABLE),
    ("setup.exe.", crafted.JPEG, Code.EXECUTABLE),
    ("setup.exe ", crafted.JPEG, Code.EXECUTABLE),
    ("../../setup.EXE", crafted.JPEG, Code.EXECUTABLE),
    ("photo\u202egpj.exe", crafted.JPEG, Code.EXECUTABLE),
    # Names that are meant to be misread.
    ("photo.jpg.exe", crafted.PROGRAM, Code.DOUBLE_EXTENSION),
    ("photo.jpg.exe", crafted.JPEG, Code.DOUBLE_EXTENSION),
    ("photo.jpg          .exe", crafted.JPEG, Code.DOUBLE_EXTENSION),
    ("invoice.pdf.js", b"alert(1)", Code.DOUBLE_EXTENSION),
    ("invoice.pdf.html", b"<p>", Code.DOUBLE_EXTENSION),
    ("shell.php.jpg", crafted.JPEG, Code.DOUBLE_EXTENSION),
    ("setup.exe\x00.jpg", crafted.JPEG, Code.DOUBLE_EXTENSION),
    # Pages and drawings that can hold scripts.
    ("drawing.svg", SVG, Code.WEB_PAGE),
    ("drawing.png", SVG, Code.WEB_PAGE),
    ("page.html", b"<!doctype html><title>x</title>", Code.WEB_PAGE),
    ("photo.jpg", b"  \n<HTML><body>hello", Code.WEB_PAGE),
    ("notes.txt", b"<!-- hidden --><script>alert(1)</script>", Code.WEB_PAGE),
    ("notes.txt", "<html>".encode("utf-16"), Code.WEB_PAGE),
    (
        "notes.txt",
        b'<?xml version="1.0"?><a><x:script xmlns:x="http://www.w3.org/1999/xhtml">1</x:script></a>',
        Code.WEB_PAGE,
    ),
    # Documents with macros.
    ("letter.docm", crafted.DOCX, Code.MACROS),
    ("letter.docx", crafted.office(kind="wordprocessingml.document.macroEnabled"), Code.MACROS),
    ("letter.docx", crafted.office({"word/vbaProject.bin": crafted.OLE}), Code.MACROS),
    ("letter.odt", crafted.odt({"Basic/Standard/Module1.xml": "<x/>"}), Code.MACROS),
    ("letter.odt", crafted.odt({"Scripts/python/run.py": "x"}), Code.MACROS),
    ("sheet.xlsx", crafted.OLE + "_VBA_PROJECT".encode("utf-16-le"), Code.MACROS),
    # Locked content.
    ("locked.zip", crafted.locked_zip(), Code.ENCRYPTED),
    ("locked.docx", crafted.OLE + "EncryptedPackage".encode("utf-16-le"), Code.ENCRYPTED),
    ("locked.odt", crafted.odt({"META-INF/manifest.xml": "<manifest:encryption-data/>"}), Code.ENCRYPTED),
    # Two things in one file.
    ("photo.jpg", crafted.JPEG + crafted.ZIP, Code.MIXED),
    ("photo.png", crafted.PNG + crafted.ZIP + bytes(30), Code.MIXED),
    ("paper.pdf", crafted.PDF + crafted.ZIP, Code.MIXED),
    ("clip.mp4", crafted.MP4 + crafted.ZIP, Code.MIXED),
    ("photo.png", crafted.PNG + b"<script>alert(1)</script>", Code.MIXED),
    ("photo.gif", crafted.GIF + bytes(1 << 16) + b"<?php evil(); ?>" + bytes(1 << 16), Code.MIXED),
    ("photo.jpg", crafted.JPEG[:2] + b"\xff\xfe\x00\x10%PDF-1.4\n   " + crafted.JPEG[2:], Code.MIXED),
    ("two.zip", crafted.ZIP + crafted.ZIP, Code.MIXED),
    ("tail.zip", crafted.ZIP + b"<script>", Code.MIXED),
    # Archives.
    ("damaged.zip", crafted.ZIP[:-30], Code.UNREADABLE),
    ("damaged.zip", b"PK\x03\x04" + bytes(100), Code.UNREADABLE),
    ("packed.zip", crafted.zipped({"a.txt": b"a" * 100}, zipfile.ZIP_LZMA), Code.UNREADABLE),
    ("bomb.zip", crafted.zipped({"zeros.txt": bytes(20 << 20)}), Code.BOMB),
    ("bomb.docx", crafted.office({"word/big.xml": bytes(20 << 20)}), Code.BOMB),
    ("many.zip", crafted.zipped({f"{n}.txt": "x" for n in range(archives.MAX_ENTRIES + 1)}), Code.BOMB),
    ("doll.zip", crafted.zipped({"b.zip": crafted.zipped({"c.zip": crafted.ZIP})}), Code.BOMB),
    ("doll.zip", crafted.zipped({"b.zip": crafted.zipped({"zeros.txt": bytes(20 << 20)})}), Code.BOMB),
    ("a.zip", crafted.zipped({"docs/setup.exe": "x"}), Code.ARCHIVE_CONTENT),
    ("a.zip", crafted.zipped({"photo.jpg": crafted.PROGRAM}), Code.ARCHIVE_CONTENT),
    ("a.zip", crafted.zipped({"page.html": "x"}), Code.ARCHIVE_CONTENT),
    ("a.zip", crafted.zipped({"notes.txt": "<script>alert(1)</script>"}), Code.ARCHIVE_CONTENT),
    ("a.zip", crafted.zipped({"invoice.pdf.js": "x"}), Code.ARCHIVE_CONTENT),
    ("a.zip", crafted.zipped({"letter.docm": "x"}), Code.ARCHIVE_CONTENT),
    ("a.zip", crafted.zipped({"letter.docx": crafted.office({"word/vbaProject.bin": "x"})}), Code.ARCHIVE_CONTENT),
    ("a.zip", crafted.zipped({"old.doc": crafted.OLE + "_VBA_PROJECT".encode("utf-16-le")}), Code.ARCHIVE_CONTENT),
    ("a.zip", crafted.zipped({"inner.zip": crafted.locked_zip()}), Code.ARCHIVE_CONTENT),
    ("a.zip", crafted.zipped({"logs.gz": "x"}), Code.ARCHIVE_CONTENT),
    ("a.zip", crafted.zipped({"data.bin": b"Rar!\x1a\x07\x01\x00" + bytes(100)}), Code.ARCHIVE_CONTENT),
    ("a.zip", crafted.zipped({"../../etc/cron.txt": "x"}), Code.ARCHIVE_CONTENT),
    ("a.zip", crafted.zipped({"/etc/cron.txt": "x"}), Code.ARCHIVE_CONTENT),
    ("letter.docx", crafted.office({"word/media/image1.png": crafted.PROGRAM}), Code.ARCHIVE_CONTENT),
]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    REFUSED,
    ids=[f"{name!a}-{code}-{number}" for number, (name, _, code) in enumerate(REFUSED)],
)
def test_a_trick_is_refused_for_what_it_is(name, content, code):
    result = judge(name, content)
    assert (result.accepted, result.code) == (False, code)


def test_every_code_for_a_single_file_has_its_trick():
    assert {code for _, _, code in REFUSED} == set(Code) - {Code.ACCEPTED, Code.TOO_MANY, Code.TOO_LARGE_TOGETHER}


def test_it_names_the_file_inside_of_an_archive_that_is_refused():
    archive = crafted.zipped({"letters/inner.zip": crafted.zipped({"docs/set\u202eup.exe": "x"})})
    assert judge("a.zip", archive).member == "setup.exe"


def test_a_symbolic_link_in_an_archive_is_refused():
    link = zipfile.ZipInfo("harmless.txt")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert judge("a.zip", out.getvalue()).code == Code.ARCHIVE_CONTENT


def test_entries_that_share_their_bytes_are_a_bomb():
    archive = bytearray(crafted.zipped({"a.txt": b"abc" * 1000}, zipfile.ZIP_STORED))
    start = archive.index(b"PK\x01\x02")
    end = archive.index(b"PK\x05\x06")
    directory = archive[start:end]
    record = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 50, 50, 50 * len(directory), start, 0)
    assert judge("a.zip", bytes(archive[:start] + directory * 50 + record)).code == Code.BOMB


def test_a_directory_too_large_to_read_is_a_bomb():
    directory = 3 << 20
    record = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, directory, 0, 0)
    assert judge("a.zip", b"PK\x03\x04" + bytes(directory - 4) + record).code == Code.BOMB


def test_an_archive_with_a_64_bit_directory_is_not_read():
    end = crafted.ZIP.index(b"PK\x05\x06")
    locator = b"PK\x06\x07" + bytes(16)
    assert judge("a.zip", crafted.ZIP[:end] + locator + crafted.ZIP[end:]).code == Code.UNREADABLE


def test_an_archive_too_large_to_unpack_is_not_looked_into(monkeypatch):
    outer = crafted.zipped({"inner.zip": crafted.ZIP})
    monkeypatch.setattr(archives, "MAX_NESTED", len(crafted.ZIP))
    assert judge("a.zip", outer).accepted
    monkeypatch.setattr(archives, "MAX_NESTED", len(crafted.ZIP) - 1)
    assert judge("a.zip", outer).code == Code.ARCHIVE_CONTENT


def test_documents_in_documents_come_to_an_end():
    document = crafted.DOCX
    codes = []
    for _ in range(4):
        codes.append(judge("letter.docx", document).code)
        document = crafted.office({"word/embeddings/inner.docx": document})
    assert codes == [Code.ACCEPTED, Code.ACCEPTED, Code.ACCEPTED, Code.BOMB]


@pytest.mark.parametrize("offset", range(-8, 8))
def test_markup_is_found_across_the_pieces_in_which_a_picture_is_read(offset):
    padding = bytes(sniffing.CHUNK - len(crafted.PNG) + offset)
    assert judge("photo.png", crafted.PNG + padding + b"<script>").code == Code.MIXED


def test_a_file_of_exactly_the_largest_size_is_accepted():
    assert judge("a.txt", b"a" * LIMITS.max_file_bytes).accepted


def test_only_the_endings_of_the_limits_are_allowed():
    photos = Limits(10, 1 << 20, 1 << 20, allowed={"png": frozenset({"image/png"})})
    assert judge("a.png", crafted.PNG, photos).accepted
    assert judge("a.jpg", crafted.JPEG, photos).code == Code.TYPE_NOT_ALLOWED


def test_the_verdict_carries_size_and_digest_of_what_was_sent():
    result = judge("Photo.PNG", crafted.PNG)
    assert (result.size, result.sha256) == (len(crafted.PNG), hashlib.sha256(crafted.PNG).hexdigest())
    assert (result.safe_name, result.extension) == ("Photo.PNG", "png")


def test_content_is_left_at_its_beginning():
    for name, content, _ in HONEST + REFUSED:
        stream = io.BytesIO(content)
        stream.seek(0, io.SEEK_END)
        verdict(name, stream, LIMITS)
        assert stream.tell() == 0


def test_a_large_file_is_never_read_in_one_piece():
    class Watched(io.BytesIO):
        largest = 0

        def read(self, size=-1):
            data = super().read(size)
            self.largest = max(self.largest, len(data))
            return data

    stream = Watched(crafted.MP4 + bytes(4 << 20))
    assert verdict("clip.mp4", stream, LIMITS).accepted
    assert stream.largest <= 1 << 18


def test_a_file_on_disk_is_judged_like_one_in_memory():
    with tempfile.TemporaryFile() as stream:
        stream.write(crafted.DOCX)
        assert verdict("letter.docx", stream, LIMITS).accepted


@pytest.mark.parametrize("upload", [small_upload, large_upload])
@pytest.mark.parametrize("content", [crafted.DOCX, crafted.ZIP, crafted.PDF, crafted.OLE])
def test_an_upload_is_judged_like_a_file(upload, content):
    assert verdict("letter.docx", upload(content), LIMITS) == judge("letter.docx", content)


@given(
    name=st.text(max_size=300) | st.sampled_from(["a.zip", "a.docx", "a.jpg", "a.txt"]),
    content=st.binary(max_size=2000),
)
def test_it_never_raises_for_what_strangers_send(name, content):
    result = judge(name, content)
    assert result.accepted == (result.code == Code.ACCEPTED)


@given(
    whole=st.sampled_from([crafted.ZIP, crafted.DOCX, crafted.ODT, crafted.HEIC, crafted.PDF]),
    changes=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 200),
)
def test_it_never_raises_for_damaged_files(whole, changes, cut):
    damaged = bytearray(whole)
    for position, value in changes:
        damaged[position % len(damaged)] = value
    for name in ("a.zip", "a.docx", "a.heic", "a.pdf"):
        judge(name, bytes(damaged[: len(damaged) - cut]))


@pytest.mark.parametrize(
    ("sizes", "existing", "existing_bytes", "code"),
    [
        ([1] * 10, 0, 0, Code.ACCEPTED),
        ([1] * 11, 0, 0, Code.TOO_MANY),
        ([1], 10, 10, Code.TOO_MANY),
        ([5 << 20] * 4, 0, 0, Code.ACCEPTED),
        ([5 << 20] * 4, 1, 1, Code.TOO_LARGE_TOGETHER),
        ([], 10, 20 << 20, Code.ACCEPTED),
    ],
)
def test_number_and_total_are_limited_together_with_what_is_there(sizes, existing, existing_bytes, code):
    assert check_batch(sizes, existing, LIMITS, existing_bytes) == code
