"""What a message brings to a ticket: its words, and the files that may come in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Final

from tickets.attachments import actions as attachments
from tickets.attachments import limits
from tickets.attachments.codes import Code
from tickets.attachments.models import Attachment
from tickets.attachments.names import safe_name
from tickets.attachments.rules import check_batch
from tickets.desk.models import Message
from tickets.inbox import rules
from tickets.inbox.parse import MailAttachment, ParsedMail

SENDER_LENGTH: Final = Message._meta.get_field("sender").max_length


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not taken: why, and which file inside of an archive spoke against it."""

    name: str
    code: str
    member: str = ""


@dataclass(slots=True)
class Contents:
    """What goes on a ticket. ``files`` are stored, and belong to no message yet."""

    text: str
    sender: str
    files: list[Attachment] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def contents_of(mail: ParsedMail, *, at: datetime) -> Contents:
    """The words of a message, and its files as far as they may come in: each judged as an upload is.

    Files are stored now, outside of the transaction that puts them on a ticket: what that transaction does not come to, the
    sweep forgets. Files that somebody attached come before pictures within the text, where there is not room for all.
    """
    contents = Contents(rules.words_of(mail)[: rules.TEXT_LENGTH], rules.fitting(mail.sender.lower(), SENDER_LENGTH))
    evidence = [file for file in mail.attachments if rules.is_evidence(file.content_type)]
    for file in sorted(evidence, key=lambda file: file.inline):
        _take(file, contents, at)
    return contents


def _take(file: MailAttachment, contents: Contents, at: datetime) -> None:
    allowed = limits.current()
    taken = contents.files
    code = check_batch([len(file.content)], len(taken), allowed, sum(other.size for other in taken))
    if code != Code.ACCEPTED:
        contents.refused.append(Refused(safe_name(file.name), code))
        return
    kept, verdict = attachments.receive(file.name, BytesIO(file.content), limits=allowed, at=at)
    if kept is None:
        contents.refused.append(Refused(verdict.safe_name, verdict.code, verdict.member))
    else:
        taken.append(kept)


def in_data(refused: Sequence[Refused]) -> list[list[str]]:
    """As a mail's data has them, to be put into words when it is rendered."""
    return [[file.name, str(file.code), file.member] for file in refused]
