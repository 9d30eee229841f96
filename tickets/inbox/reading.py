"""From a kept message to what it says."""

from typing import Any, Final

from tickets.inbox import parse, rules
from tickets.inbox.models import RawMail
from tickets.inbox.parse import ParsedMail, Problem

LENGTHS: Final = {field.name: field.max_length for field in RawMail._meta.fields}


def read(raw: RawMail) -> ParsedMail:
    """The message as it came, parsed. Raises what the storage raises, never for what the message is."""
    with raw.file.open("rb") as file:
        return parse.parse(file.read())


def described(mail: ParsedMail, *, automatic: bool) -> dict[str, Any]:
    """What lists show of a message, and what it is recognised by."""
    said = {"rfc_message_id": mail.message_id, "sender": mail.sender.lower(), "sender_name": mail.sender_name}
    lines = {name: rules.fitting(text, LENGTHS[name]) for name, text in {**said, "subject": mail.subject}.items()}
    problems = [str(problem) for problem in mail.problems]
    if len(rules.words_of(mail)) > rules.TEXT_LENGTH and Problem.TEXT_CUT not in problems:
        problems.append(Problem.TEXT_CUT.value)
    return {
        **lines,
        "content_digest": rules.content_digest(mail),
        "sent_at": mail.sent_at,
        "automatic": automatic,
        "files": len(mail.attachments),
        "problems": problems,
    }


def is_automatic(raw: RawMail, mail: ParsedMail) -> bool:
    """Whether no person wrote it. The empty envelope sender is a sign of that, and the message itself may not show it."""
    return mail.is_automatic or raw.envelope_sender == ""
