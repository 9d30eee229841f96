"""Fields of a form as the bytes that were sent.

Django's own reading makes text of them, and a raw message need not be text in any one character set: what cannot be
decoded would be lost before it is kept. It also holds a form to a size that a message with photographs exceeds.
"""

from typing import Final
from urllib.parse import parse_qsl

from django.utils.http import parse_header_parameters

FIELDS: Final = 1000
"""More than any provider sends. A form with more is not read."""


def read_fields(body: bytes, content_type: str) -> dict[str, bytes]:
    """The fields of an HTML form by name, the last of several; {} for what is no form.

    Raises ValueError for a form with too many fields.
    """
    kind, parameters = parse_header_parameters(content_type)
    if kind == "application/x-www-form-urlencoded":
        return _urlencoded(body)
    boundary = parameters.get("boundary", "")
    return _multipart(body, boundary.encode("latin-1", "replace")) if kind == "multipart/form-data" and boundary else {}


def _urlencoded(body: bytes) -> dict[str, bytes]:
    # Latin-1 gives each byte a character of its own, and back.
    pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=FIELDS)
    return {name: value.encode("latin-1") for name, value in pairs}


def _multipart(body: bytes, boundary: bytes) -> dict[str, bytes]:
    """RFC 7578, by the delimiter of RFC 2046, section 5.1.1."""
    fields = {}
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary, maxsplit=FIELDS + 2)
    if len(parts) > FIELDS + 2:
        raise ValueError("A form with too many fields.")
    for part in parts[1:]:
        if part.startswith(b"--"):
            break
        head, _blank_line, value = part.partition(b"\r\n\r\n")
        if name := _name(head):
            fields[name] = value
    return fields


def _name(head: bytes) -> str:
    for line in head.decode("latin-1").split("\r\n"):
        header, _colon, value = line.partition(":")
        if header.strip().lower() == "content-disposition":
            return parse_header_parameters(value)[1].get("name", "")
    return ""
