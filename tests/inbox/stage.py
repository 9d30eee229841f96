"""Mail as people and machines send it to the desk, and what became of it."""

import textwrap
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from tests.factories import NOW
from tickets.inbox import actions
from tickets.inbox.process import process
from tickets.models import OutgoingMail, RawMail
from tickets.outbox import identifiers

DESK = "support@shop.example"


def written(sender: str = "alice@example.com", text: str = "It still stops.", **headers: Any) -> EmailMessage:
    """A message that answers nothing. Headers by their names in lower case, with ``_`` for ``-``; None leaves one out."""
    given = {
        "from": sender,
        "to": DESK,
        "subject": "The machine stops",
        "message_id": f"<{abs(hash((sender, text, *sorted(headers.items()))))}@mail.example>",
        "date": "Mon, 23 Nov 2026 09:00:00 +0000",
        **headers,
    }
    message = EmailMessage()
    # First, because it forgets headers about the content.
    message.set_content(textwrap.dedent(text))
    for name, value in given.items():
        if value is not None:
            message[name.replace("_", "-")] = value
    return message


def reply_address(mail: OutgoingMail) -> str:
    return identifiers.reply_address(mail.ticket_id, mail.pk)


def answer(mail: OutgoingMail, text: str = "It still stops.", **headers: Any) -> EmailMessage:
    """An answer to a mail of ours, from whom it was sent to, as every mail program writes it."""
    given = {
        "sender": mail.recipient,
        "to": reply_address(mail),
        "subject": f"Re: {mail.subject}",
        "in_reply_to": mail.rfc_message_id,
        "references": mail.rfc_message_id,
        **headers,
    }
    return written(given.pop("sender"), text, **given)


def bring(message: EmailMessage | bytes, *, at: datetime = NOW, mailbox: str = "pipe", **envelope: Any) -> RawMail:
    """Let a message come in and be read at once."""
    raw = message if isinstance(message, bytes) else message.as_bytes()
    kept = actions.receive(raw, mailbox=mailbox, at=at, **envelope)
    process(kept.pk, at=at)
    return RawMail.objects.get(pk=kept.pk)


def mailed(kind: str) -> list[str]:
    """Whom a kind of mail was written to."""
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk").values_list("recipient", flat=True))
