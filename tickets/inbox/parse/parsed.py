"""What a message says once it is read. Plain values that every later step decides on."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Problem(StrEnum):
    """What was odd about a message, or could not be read as it was meant. Codes: agents read them in words elsewhere."""

    EMPTY = "empty"
    """No bytes at all, or no header and no text."""
    NO_SENDER = "no_sender"
    SEVERAL_SENDERS = "several_senders"
    BAD_ADDRESS = "bad_address"
    """Something stood where an address belongs that none could be made of."""
    BAD_DATE = "bad_date"
    NO_MESSAGE_ID = "no_message_id"
    """``message_id`` was made up from the message's digest."""
    BAD_CHARSET = "bad_charset"
    """The declared character set is unknown, or the bytes are not in it: another one was taken."""
    BAD_ENCODING = "bad_encoding"
    """A transfer encoding that is unknown or broken."""
    BAD_STRUCTURE = "bad_structure"
    """A multipart without its boundary, parts that never end, a message that nests itself."""
    BAD_TNEF = "bad_tnef"
    """A winmail.dat that could not be opened; it is kept as a file."""
    ENCRYPTED = "encrypted"
    """S/MIME or PGP/MIME: only the ciphertext is here, as a file."""
    SIGNED = "signed"
    """Not a fault: the sender's program signed it. The signature is kept as a file, and was not verified."""
    HEADERS_CUT = "headers_cut"
    PARTS_CUT = "parts_cut"
    """More parts, or deeper, than anybody writes; the raw message has them all."""
    TEXT_CUT = "text_cut"
    TOO_LARGE = "too_large"
    FAILED = "failed"
    """The parser itself stumbled; what it had so far is here, and the raw message is kept."""


@dataclass(frozen=True, slots=True)
class MailAttachment:
    """A file of a message. ``name`` is safe to show and never a path; ``content_id`` has no angle brackets."""

    name: str
    content_type: str
    content: bytes
    inline: bool = False
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a machine reports about one recipient of a mail of ours (RFC 3464), or a complaint about it (RFC 5965).

    ``kind`` is "bounce", "delay", "delivered", "complaint" or "read". ``message_id`` is that of the mail that is reported
    on, with angle brackets, as far as the report tells it. ``status`` is the enhanced status code (RFC 3463), such as 5.1.1.
    """

    kind: str
    recipient: str = ""
    message_id: str = ""
    status: str = ""
    diagnostic: str = ""

    @property
    def is_permanent(self) -> bool:
        """A failure that trying again does not mend."""
        return self.kind == "bounce" and not self.status.startswith("4.")


@dataclass(slots=True)
class ParsedMail:
    """One inbound message.

    Addresses are as written, with a lower-case domain; ``sender`` is the one of From (or Sender, if From has none).
    ``message_id``, ``in_reply_to`` and ``references`` keep their angle brackets; ``message_id`` is never empty.
    ``recipients`` are those of To and Cc, in order; ``envelope_recipients`` those that mail servers wrote into
    Delivered-To, X-Original-To, Envelope-To and their like. ``sent_at`` is the Date header in UTC, None if there is no
    readable one. ``text`` is the whole text, made from the HTML where there is no other; ``html`` as it came (sanitise
    before showing). ``reply_text`` is what the sender wrote themselves, without quotes and signature, never empty when
    ``text`` is not. ``is_automatic``: no person wrote this. ``is_bounce``: a failed delivery is reported. ``may_auto_reply``:
    answering by machine annoys nobody and starts no loop.
    """

    sender: str = ""
    sender_name: str = ""
    recipients: list[str] = field(default_factory=list)
    subject: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    references: list[str] = field(default_factory=list)
    sent_at: datetime | None = None
    text: str = ""
    html: str = ""
    reply_text: str = ""
    attachments: list[MailAttachment] = field(default_factory=list)
    is_automatic: bool = False
    is_bounce: bool = False
    may_auto_reply: bool = False
    problems: list[str] = field(default_factory=list)

    reply_to: list[str] = field(default_factory=list)
    return_path: str | None = None
    """The envelope's sender; "" for the empty one (``<>``), None where nobody wrote it down."""
    envelope_recipients: list[str] = field(default_factory=list)
    loop_marks: list[str] = field(default_factory=list)
    """The X-Loop headers."""
    hops: int = 0
    """How many mail servers wrote a Received header."""
    automatic_because: str = ""
    """Which sign says that no person wrote it, such as "auto-submitted"; for whoever wonders."""
    reports: list[Report] = field(default_factory=list)
    authentication_results: list[str] = field(default_factory=list)
    """Authentication-Results headers (RFC 8601), topmost first, unfolded; only those of our own servers can be believed."""
