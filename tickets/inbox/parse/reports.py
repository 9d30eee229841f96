"""What machines report about mail of ours: delivery (RFC 3464), complaints (RFC 5965), and that it was read (RFC 8098).

Their vocabulary becomes ours by the tables below. A word that is not in them is no report of a failure: an address that
works must not be given up for a word nobody knows.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import chain, islice

from tickets.inbox.parse import addresses, headers, identifiers, limits
from tickets.inbox.parse.parsed import Report

DELIVERY = frozenset({"message/delivery-status", "message/global-delivery-status"})
DISPOSITION = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
FEEDBACK = frozenset({"message/feedback-report"})
REPORTED_MESSAGE = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"})

_ACTIONS: Mapping[str, str] = {
    "failed": "bounce",
    "delayed": "delay",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
}
# Enhanced status codes (RFC 3463) by their class, for reports without an action.
_CLASSES: Mapping[str, str] = {"2": "delivered", "4": "delay", "5": "bounce"}

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_MESSAGE_ID_LINE = re.compile(r"^(?:> ?)?Message-ID:[ \t]*\n?[ \t]*(<[^<>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE)
_MESSAGE_ID_WITHIN = 100_000


def delivery(content: bytes, message_id: str) -> list[Report]:
    """One report for each recipient in a delivery status."""
    blocks = _blocks(content)
    # The first is about the message; servers that leave it out begin with a recipient.
    next_block = next(blocks, None)
    if next_block and "final-recipient" in next_block:
        blocks = chain([next_block], blocks)
    found = (_recipient(block, message_id) for block in blocks)
    return list(islice((report for report in found if report), limits.REPORTED_RECIPIENTS))


def complaint(content: bytes, message_id: str) -> Report:
    block = next(_blocks(content), headers.Headers())
    recipient = _address(block.text("original-rcpt-to")) or _address(block.text("removal-recipient"))
    return Report("complaint", recipient, message_id, diagnostic=block.text("feedback-type").lower())


def disposition(content: bytes, message_id: str) -> Report:
    """A message that was displayed, or dealt with otherwise, by or for its recipient."""
    block = next(_blocks(content), headers.Headers())
    recipient = _address(block.text("final-recipient")) or _address(block.text("original-recipient"))
    original = identifiers.first(block.text("original-message-id")) or message_id
    return Report("read", recipient, original, diagnostic=block.text("disposition"))


def failed_recipients(message: headers.Headers, message_id: str) -> list[Report]:
    """What Exim says in a header of its own, where it writes no delivery status."""
    written = ",".join(headers.as_text(value) for value in message.all("x-failed-recipients"))
    return [Report("bounce", mailbox.address, message_id) for mailbox in addresses.read(written) if mailbox.address]


def message_id_of(content: bytes) -> str:
    """The Message-ID in a message, or in its header alone."""
    fields, _ = headers.read(content, 0, is_message=True)
    return identifiers.first(fields.text("message-id"))


def message_id_in(text: str) -> str:
    """The Message-ID of a mail that is quoted with its header in the text of a report."""
    found = _MESSAGE_ID_LINE.search(text, 0, _MESSAGE_ID_WITHIN)
    return found[1] if found else ""


def _blocks(content: bytes) -> Iterator[headers.Headers]:
    position = 0
    for _ in range(limits.REPORTED_RECIPIENTS * 2):
        if position >= len(content):
            return
        block, after = headers.read(content, position, is_message=True)
        if block.fields:
            yield block
        # A line that is no field: what follows is read from the next one on.
        line_end = content.find(b"\n", after)
        position = after if after > position and block.fields else line_end + 1 or len(content)


def _recipient(block: headers.Headers, message_id: str) -> Report | None:
    status = _STATUS.search(block.text("status"))
    diagnostic = block.text("diagnostic-code")
    # Servers that do not know the enhanced codes put 5.0.0 there, and the real one into what they were told.
    code = status[1] if status else (found[1] if (found := _STATUS.search(diagnostic)) else "")
    action = block.text("action").partition(" ")[0].partition(";")[0].lower()
    kind = _ACTIONS.get(action) or _CLASSES.get(code[:1])
    if kind is None:
        return None
    recipient = _address(block.text("original-recipient")) or _address(block.text("final-recipient"))
    return Report(kind, recipient, message_id, code, diagnostic)


def _address(value: str) -> str:
    """``rfc822; jane@example.org``"""
    mailboxes = addresses.read(value.rpartition(";")[2])
    return mailboxes[0].address if mailboxes else ""
