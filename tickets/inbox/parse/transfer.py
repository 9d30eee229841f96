"""Transfer encodings (RFC 2045 section 6) undone; what cannot be undone is left as it is, and never dropped."""

import binascii
import io
import re
from collections.abc import Iterator

from tickets.inbox.parse import limits

# Their names as programs write them, in lower case and without blanks, semicolons and hyphens.
_BASE64 = frozenset({"base64", "b64", "xbase64"})
_QUOTED_PRINTABLE = frozenset({"quotedprintable", "qp"})
_UUENCODE = frozenset({"xuuencode", "uuencode", "xuue", "xuu", "uue"})
_IDENTITY = frozenset({"", "7bit", "8bit", "7bits", "8bits", "binary", "plain", "none", "text", "utf8", "identity"})

_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_PIECE = 256 * 1024
# Blanks that a server has put after a soft line break.
_SOFT_BREAKS = ((b"= \n", b"=\n"), (b"=\t\n", b"=\n"), (b"= \r\n", b"=\r\n"), (b"=\t\r\n", b"=\r\n"))
_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]*)\r*\n", re.MULTILINE)


def undo(body: memoryview, encoding: str, most: int | None = None) -> tuple[bytes, bool]:
    """The bytes of a body, and whether its encoding was known and whole. Some more than ``most`` of them may come."""
    # No encoding makes a byte into more than three.
    body = body[: 3 * most] if most is not None else body
    # "7-bit", "quoted-printable;", "base64 (of course)"
    name = re.sub(r"[^a-z0-9]", "", re.split(r"[;(]", encoding.lower())[0])
    if name in _BASE64:
        return base64(body)
    if name in _QUOTED_PRINTABLE:
        return quoted_printable(body), True
    if name in _UUENCODE:
        return uuencode(body)
    return bytes(body[:most]), name in _IDENTITY


def base64(body: memoryview | bytes) -> tuple[bytes, bool]:
    """Junk between the letters is skipped, the first padding ends it, and a cut end is filled up."""
    try:
        return binascii.a2b_base64(body), True
    except binascii.Error:
        return _broken_base64(memoryview(body)), False


def _broken_base64(body: memoryview) -> bytes:
    """Piece by piece: a large file whose end is missing is not to be copied over and over."""
    decoded, letters = io.BytesIO(), b""
    for start in range(0, len(body), _PIECE):
        piece, padding, _ = bytes(body[start : start + _PIECE]).partition(b"=")
        letters += piece.translate(None, _NOT_BASE64)
        if padding:
            break
        whole = len(letters) // 4 * 4
        decoded.write(binascii.a2b_base64(letters[:whole]))
        letters = letters[whole:]
    # One letter alone is less than a byte.
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    decoded.write(binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)))
    return decoded.getvalue()


def quoted_printable(body: memoryview | bytes) -> bytes:
    """Piece by piece too, for what it takes to undo a large file at once."""
    decoded, body, start = io.BytesIO(), memoryview(body), 0
    while start < len(body):
        piece = bytes(body[start : start + _PIECE])
        if start + _PIECE < len(body):
            # Not within an escape: up to a line end, or to what cannot be the beginning of one.
            cut = piece.rfind(b"\n") + 1 or piece.rfind(b"=", len(piece) - 3)
            piece = piece[:cut] if cut > 0 else piece
        start += len(piece)
        for written, meant in _SOFT_BREAKS:
            piece = piece.replace(written, meant)
        decoded.write(binascii.a2b_qp(piece))
    return decoded.getvalue()


def uuencode(body: memoryview) -> tuple[bytes, bool]:
    """With its ``begin`` line or without; the body as it is when a line cannot be read."""
    decoded, length = io.BytesIO(), 0
    begin = _BEGIN.search(body)
    for number, line in enumerate(_lines(body[begin.end() if begin else 0 :])):
        if line in {b"end", b"`", b" "}:
            break
        piece = _uuencoded_line(line) if line else b""
        if piece is None or number > limits.UUENCODED_LINES:
            return (decoded.getvalue() if length else bytes(body)), False
        length += decoded.write(piece)
    return decoded.getvalue(), True


def _lines(body: memoryview) -> Iterator[bytes]:
    """Lines without their ends, and without a list of them all."""
    rest = b""
    for start in range(0, len(body), _PIECE):
        *whole, rest = (rest + bytes(body[start : start + _PIECE])).split(b"\n")
        for line in whole:
            yield line.rstrip(b"\r")
    yield rest.rstrip(b"\r")


def _uuencoded_line(line: bytes) -> bytes | None:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        pass
    try:
        # Programs pad the last line as they like; its first letter says how many count.
        return binascii.a2b_uu(line[: 1 + (((line[0] - 32) & 63) * 4 + 5) // 3])
    except binascii.Error:
        return None
