"""Messages made to keep a parser busy. Each is read in time and memory that grow with its size and no faster."""

import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from tickets.inbox.parse import Problem, limits, parse

HEADER = b"From: ada@example.org\nTo: support@example.com\nMessage-ID: <one@example.org>\nMIME-Version: 1.0\n"
MEGABYTE = 1024 * 1024
ROOT = Path(__file__).resolve().parents[3]


def multipart(body: bytes, boundary: bytes = b"b") -> bytes:
    return HEADER + b"Content-Type: multipart/mixed; boundary=" + boundary + b"\n\n" + body


def typed(content_type: bytes, body: bytes, encoding: bytes = b"8bit") -> bytes:
    return HEADER + b"Content-Type: " + content_type + b"\nContent-Transfer-Encoding: " + encoding + b"\n\n" + body


def nested(depth: int) -> bytes:
    levels = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(depth))
    return HEADER + b"".join(levels) + b"\nInnermost.\n"


# Each makes a message of about so many bytes.
FLOODS: dict[str, Callable[[int], bytes]] = {
    "parts": lambda size: multipart(b"--b\n\nx\n" * (size // 7)),
    "parts without an end to their header": lambda size: multipart((b"--b\n" + b"X-A: y\n" * 100) * (size // 704)),
    "parts with folded headers": lambda size: multipart((b"--b\nX: y\n" + b" y\n" * 1000) * (size // 3010)),
    "lines like boundaries": lambda size: multipart(b"--\n" * (size // 3)),
    "boundaries that begin alike": lambda size: multipart(b"--bb\n--bbb\n" * (size // 11)),
    "levels": lambda size: nested(size // 60),
    "levels and lines": lambda size: nested(39) + b"--x\n" * (size // 4),
    "messages in messages": lambda size: HEADER + b"Content-Type: message/rfc822\n\n" * (size // 30),
    "header lines": lambda size: HEADER + b"X: y\n" * (size // 5) + b"\nText",
    "one header": lambda size: b"X: " + b"y" * size + b"\n\nText",
    "a folded header": lambda size: b"X: y\n" + b" y\n" * (size // 3) + b"\nText",
    "lines that are no header": lambda size: HEADER + b"no header\nX: y\n" * (size // 15),
    "recipients": lambda size: b"To: " + b"a@example.org," * (size // 14) + b"\n\nText",
    "quotes in recipients": lambda size: (b"To: " + b'"\\' * 10_000 + b"\n") * (size // 20_000) + b"\nText",
    "brackets in recipients": lambda size: (b"To: " + b"<(" * 10_000 + b"\n") * (size // 20_000) + b"\nText",
    "beginnings of encoded words": lambda size: (b"From: " + b"=?utf-8?q?" * 2000 + b"\n") * (size // 20_000) + b"\nx",
    "references": lambda size: (b"References: " + b"<" * 20_000 + b"\n") * (size // 20_000) + b"\nText",
    "parameters": lambda size: HEADER + b"Content-Type: text/plain" + b"; a*0*=x" * (size // 8) + b"\n\nText",
    "quotes in parameters": lambda size: HEADER + b"Content-Type: text/plain" + b';a="' * (size // 4) + b"\n\nText",
    "parameters of parts": lambda size: multipart((b"--b\nContent-Type: text/plain" + b"; a=x" * 500) * (size // 2500)),
    "comments": lambda size: HEADER + b"Auto-Submitted: " + b"(" * size + b"\n\nText",
    "angle brackets": lambda size: typed(b"text/html", b"<" * size),
    "comments in a page": lambda size: typed(b"text/html", b"<!--" * (size // 4)),
    "quotes in a page": lambda size: typed(b"text/html", b'<a "' * (size // 4)),
    "scripts": lambda size: typed(b"text/html", b"<script>" * (size // 8)),
    "levels of a page": lambda size: typed(b"text/html", b"<blockquote>x" * (size // 13)),
    "identifiers in a page": lambda size: typed(b"text/html", b"cid:" * (size // 4)),
    "one line": lambda size: HEADER + b"\n" + b"x" * size,
    "empty lines": lambda size: HEADER + b"\n" + b"\n" * size,
    "carriage returns": lambda size: HEADER + b"\n" + b"\r" * size,
    "quote marks": lambda size: HEADER + b"\n" + b">" * size,
    "flowed lines": lambda size: typed(b"text/plain; format=flowed", b"> \n" * (size // 3)),
    "bytes of no character set": lambda size: typed(b"text/plain; charset=utf-8", b"\xff" * size),
    "half damaged letters": lambda size: typed(b"text/plain; charset=big5", b"\xa7A\xa6n\xff" * (size // 5)),
    "japanese escapes": lambda size: typed(b"text/plain; charset=iso-2022-jp", b"\x1b$B-!\x1b(B" * (size // 8)),
    "soft line breaks": lambda size: typed(b"application/pdf", b"= \n" * (size // 3), b"quoted-printable"),
    "one line of escapes": lambda size: typed(b"application/pdf", b"= " * (size // 2), b"quoted-printable"),
    "short uuencoded lines": lambda size: typed(b"application/pdf", b"!!!\n" * (size // 4), b"x-uuencode"),
    "broken base64": lambda size: typed(b"application/pdf", b"A" * (size // 4 * 4 + 1), b"base64"),
    "objects in winmail.dat": lambda size: typed(
        b"application/ms-tnef", b"\x78\x9f\x3e\x22\0\0" + b"\x02\x02\x90\x06\0\0\0\0\0\0\0" * (size // 11), b"binary"
    ),
    "counts in winmail.dat": lambda size: typed(
        b"application/ms-tnef",
        b"\x78\x9f\x3e\x22\0\0\x01\x03\x90\x06\0"
        + (size + 8).to_bytes(4, "little")
        + b"\xff" * 4
        # A property of two bytes, four thousand million times.
        + b"\x02\x10\x00\x10"
        + b"\xff" * 4
        + b"\0" * size,
        b"binary",
    ),
    "reported recipients": lambda size: typed(b"message/delivery-status", b"Action: failed\n\n" * (size // 16)),
}


def seconds(raw: bytes) -> float:
    """Of the processor's time, the better of two."""
    taken = []
    for _ in range(2):
        start = time.process_time()
        parse(raw)
        taken.append(time.process_time() - start)
    return min(taken)


@pytest.mark.parametrize("flood", FLOODS)
def test_time_grows_with_the_size_and_no_faster(flood: str) -> None:
    small, large = seconds(FLOODS[flood](MEGABYTE // 4)), seconds(FLOODS[flood](MEGABYTE))
    # Four times the size. Quadratic work would take sixteen times as long; what is short is noise.
    assert large < max(0.2, 9 * small)


@pytest.mark.parametrize("flood", FLOODS)
def test_memory_stays_in_proportion(flood: str) -> None:
    raw = FLOODS[flood](MEGABYTE)
    tracemalloc.start()
    parse(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Text is decoded, cut into lines and looked at for quotes; a few megabytes more are everybody's.
    assert peak < 12 * len(raw) + 8 * MEGABYTE


@pytest.mark.parametrize("flood", FLOODS)
def test_none_is_an_accident(flood: str) -> None:
    assert Problem.FAILED not in parse(FLOODS[flood](MEGABYTE // 4)).problems


MEASURED = """
import resource, sys
from tickets.inbox.parse import parse
size = {size}
head = b"From: a@example.org\\nContent-Type: application/pdf; name=a.pdf\\nContent-Transfer-Encoding: {encoding}\\n\\n"
raw = head + {line!r} * (size // {length})
parse(b"From: a@example.org\\n\\nW\\xe4rmt vor, was sp\\xe4ter gebraucht wird.")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
parse(raw)
print(len(raw), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


@pytest.mark.parametrize(
    ("encoding", "line"),
    [("base64", b"A" * 76 + b"\n"), ("quoted-printable", b"=20" * 25 + b"=\n"), ("8bit", b"x" * 76)],
)
def test_a_large_file_is_copied_once(encoding: str, line: bytes) -> None:
    program = MEASURED.format(size=25 * MEGABYTE, encoding=encoding, line=line, length=len(line))
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    size, grown = map(int, answer.stdout.split())
    assert grown < 1.5 * size


def test_parts_beyond_the_limit_are_left_to_the_raw_message() -> None:
    mail = parse(multipart(b"--b\n\nx\n" * 3000))
    assert mail.problems == [Problem.PARTS_CUT]
    assert len(mail.text.split()) <= limits.PARTS


def test_the_innermost_words_of_a_deep_nest_are_kept() -> None:
    mail = parse(nested(2000))
    assert "Innermost." in mail.text
    assert Problem.PARTS_CUT in mail.problems


def test_a_text_beyond_the_limit_is_cut_and_says_so() -> None:
    mail = parse(HEADER + b"\n" + b"word " * (limits.TEXT_BYTES // 4))
    assert len(mail.text) == limits.TEXT_BYTES
    assert mail.problems == [Problem.TEXT_CUT]


def test_headers_beyond_the_limit_say_so_and_lose_no_text() -> None:
    mail = parse(HEADER + b"X: y\n" * 100_000 + b"\nThe text.")
    assert mail.sender == "ada@example.org"
    assert mail.text == "The text."
    assert mail.problems == [Problem.HEADERS_CUT]


def test_headers_of_all_parts_together_have_a_limit() -> None:
    mail = parse(multipart((b"--b\n" + b"X-A: y\n" * 10_000 + b"\nx\n") * 40))
    assert Problem.PARTS_CUT in mail.problems
    assert len(mail.text.split()) < 40


def test_more_objects_than_outlook_writes_leave_winmail_dat_as_a_file() -> None:
    mail = parse(FLOODS["objects in winmail.dat"](20 * limits.TNEF_OBJECTS))
    assert mail.problems == [Problem.BAD_TNEF]
    assert [file.name for file in mail.attachments] == ["winmail.dat"]


def test_more_uuencoded_lines_than_there_may_be_are_kept_up_to_there() -> None:
    mail = parse(typed(b"application/pdf", b"#0V%T\n" * (limits.UUENCODED_LINES + 10), b"x-uuencode"))
    assert mail.problems == [Problem.BAD_ENCODING]
    assert mail.attachments[0].content.startswith(b"CatCat")
