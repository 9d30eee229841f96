"""What a message brings to a ticket: its words, and the files that may come in."""

from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Final

from tickets import lifecycle
from tickets.attachments import actions as attachments
from tickets.attachments import limits
from tickets.attachments.codes import Code
from tickets.attachments.models import Attachment
from tickets.attachments.names import safe_name
from tickets.attachments.rules import check_batch
from tickets.audit.actor import Actor
from tickets.desk.models import Channel, Message, Ticket
from tickets.inbox import notices, rules
from tickets.inbox.notices import Refused
from tickets.inbox.parse import MailAttachment, ParsedMail
from tickets.people.models import User

SUBJECT_LENGTH: Final = Ticket._meta.get_field("subject").max_length
SENDER_LENGTH: Final = Message._meta.get_field("sender").max_length


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


def subject_of(mail: ParsedMail) -> str:
    """What a request is about that was made of a message: its subject, or how it begins."""
    first_line = rules.words_of(mail).partition("\n")[0]
    return rules.fitting(mail.subject, SUBJECT_LENGTH) or rules.fitting(first_line, SUBJECT_LENGTH)


# --- On a ticket ------------------------------------------------------------------------------------------------------


def file_as_customers(ticket: Ticket, contents: Contents, *, by: Actor, at: datetime) -> Message:
    """The customer has written; ``by`` is the customer, or who at the desk found out that it is theirs."""
    message = lifecycle.receive_customer_message(
        ticket, text=contents.text, by=by, at=at, channel=Channel.MAIL, files=contents.files
    )
    notices.tell_of_refused_files(message.ticket, contents.refused, at=at)
    return message


def file_as_note(ticket: Ticket, contents: Contents, *, user: User, at: datetime) -> Message:
    """Somebody at the desk has answered a notification: the customer does not see it, and they are told so."""
    by = Actor.of(user)
    message = lifecycle.add_note(ticket, text=contents.text, by=by, at=at, channel=Channel.MAIL, files=contents.files)
    notices.tell_of_note(ticket, user, at=at)
    return message


def file_as_contribution(
    ticket: Ticket, contents: Contents, *, automatic: bool, at: datetime, by: Actor | None = None
) -> Message:
    """A machine, or somebody whom nobody vouches for; ``by`` is who at the desk decided so, if anybody did."""
    return lifecycle.receive_contribution(
        ticket,
        text=contents.text,
        sender=contents.sender,
        automatic=automatic,
        by=by,
        at=at,
        language=ticket.language,
        files=contents.files,
    )
