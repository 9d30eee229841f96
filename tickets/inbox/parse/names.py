"""What a file is called: safe to show, never a path, never empty.

Kept as close to what the sender called it as that allows. What a file may be called where it is offered for a download
is stricter, and decided in ``tickets.attachments``.
"""

import mimetypes
import re

from tickets.inbox.parse import limits
from tickets.inbox.parse.characters import without_marks

# What programs leave unnamed, by type; the ending is what tells a computer how to open it.
_UNNAMED = {
    "message/rfc822": "message.eml",
    "message/global": "message.eml",
    "message/delivery-status": "delivery-status.txt",
    "message/global-delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "message/feedback-report": "feedback-report.txt",
    "text/rfc822-headers": "headers.txt",
    "text/calendar": "invite.ics",
    "application/ics": "invite.ics",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "version.asc",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/ms-tnef": "winmail.dat",
    "application/octet-stream": "file.bin",
}
# Without what this machine knows beyond Python: names are the same everywhere.
_TYPES = mimetypes.MimeTypes()


def safe(name: str, content_type: str = "") -> str:
    """``name`` without path, control and direction characters, at most 200 bytes of UTF-8; one from its type if it has none."""
    name = " ".join(without_marks(name).split())
    name = re.split(r"[/\\]", name)[-1].strip()
    if name.strip(". ") == "":
        return unnamed(content_type)
    return _shortened(name)


def unnamed(content_type: str) -> str:
    known = _UNNAMED.get(content_type)
    if known:
        return known
    kind = content_type.partition("/")[0]
    stem = kind if kind in {"image", "audio", "video"} else "file"
    return stem + (_TYPES.guess_extension(content_type, strict=False) or ".bin")


def with_ending(name: str, ending: str) -> str:
    """A name that says nothing of its kind says it now."""
    return name if "." in name else _shortened(name, ending)


def _shortened(name: str, ending: str = "") -> str:
    whole = name + ending
    if len(whole.encode()) <= limits.NAME_BYTES:
        return whole
    stem, dot, last = whole.rpartition(".")
    suffix = dot + last if stem and len(last.encode()) <= 20 else ""
    stem = whole.removesuffix(suffix)
    return stem.encode()[: limits.NAME_BYTES - len(suffix.encode())].decode(errors="ignore").rstrip() + suffix


def type_of(name: str) -> str:
    """The type that a name's ending stands for, where nothing else says it."""
    return _TYPES.guess_type(name, strict=False)[0] or "application/octet-stream"
