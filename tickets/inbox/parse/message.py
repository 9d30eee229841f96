"""``parse``: a message's bytes to what it says."""

import hashlib
import logging
import re
from collections.abc import Iterable

from tickets.inbox.parse import (
    addresses,
    automatic,
    bodies,
    dates,
    headers,
    identifiers,
    limits,
    reports,
    structure,
    subjects,
    words,
)
from tickets.inbox.parse.addresses import Mailbox
from tickets.inbox.parse.characters import without_controls
from tickets.inbox.parse.parsed import ParsedMail, Problem
from tickets.inbox.parse.quotes import newest_reply

logger = logging.getLogger(__name__)

# Where servers write down whom they were asked to deliver to; To and Cc are only what the sender wrote.
_ENVELOPE_HEADERS = (
    *("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-rcpt-to"),
    *("x-forwarded-to", "x-apple-original-to", "x-original-delivered-to"),
)
_DIGEST_DOMAIN = "digest.invalid"
_LINE_ENDS = re.compile(rb"\r\n?")


def parse(raw: bytes) -> ParsedMail:
    """What a message says. Never raises: what cannot be read is left out of it, and said in ``problems``."""
    mail = ParsedMail()
    try:
        _Reading(raw, mail).read()
    except Exception:
        # Whatever it is, the message is kept and a person looks at it.
        logger.exception("A message could not be read to its end")
        mail.problems.append(Problem.FAILED)
    if not mail.message_id:
        mail.message_id = f"<{hashlib.sha256(raw).hexdigest()}@{_DIGEST_DOMAIN}>"
        mail.problems.append(Problem.NO_MESSAGE_ID)
    return mail


class _Reading:
    """One message being read. What matters most to where it goes comes first."""

    def __init__(self, raw: bytes, mail: ParsedMail) -> None:
        # Old programs end lines with the first half only.
        self.data = _LINE_ENDS.sub(b"\n", raw) if b"\r" in raw and b"\n" not in raw else raw
        self.mail = mail
        self.message, problems = structure.read(self.data)
        self.fields = self.message.headers
        self.writers: list[str] = []
        self.charsets = bodies.declared_charsets(self.message)
        self._note(problems)

    def read(self) -> None:
        self._read_trace()
        self._read_people()
        self._read_identity()
        self._read_content()
        self._read_kind()
        self._read_reply()

    def _note(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            if problem not in self.mail.problems:
                self.mail.problems.append(problem)

    # --- headers ------------------------------------------------------------------------------------------------------

    def _read_trace(self) -> None:
        mail = self.mail
        mail.hops = sum(1 for _ in self.fields.all("received"))
        mail.loop_marks = [headers.as_text(value) for value in self.fields.all("x-loop")]
        mail.authentication_results = [headers.as_text(value) for value in self.fields.all("authentication-results")]
        mail.return_path = automatic.return_path(self.fields)
        for name in _ENVELOPE_HEADERS:
            mail.envelope_recipients += self._addresses(name)

    def _read_people(self) -> None:
        mail = self.mail
        written = self._mailboxes("from")
        others = self._mailboxes("sender")
        self.writers = [mailbox.address or mailbox.written for mailbox in (*written, *others)]
        senders = [mailbox for mailbox in written if mailbox.address]
        sender = next(iter(senders), None) or next((box for box in others if box.address), None)
        if sender:
            mail.sender, mail.sender_name = sender.address, sender.name
        else:
            mail.sender_name = written[0].name if written else ""
            self._note([Problem.NO_SENDER])
        if len({mailbox.address for mailbox in senders}) > 1:
            self._note([Problem.SEVERAL_SENDERS])
        mail.recipients = self._addresses("to") + self._addresses("cc")
        mail.reply_to = self._addresses("reply-to")

    def _read_identity(self) -> None:
        mail = self.mail
        mail.subject = without_controls(
            words.decode(headers.as_text(self.fields.first("subject") or b"", self.charsets))
        )
        mail.subject = mail.subject.strip()
        mail.message_id = identifiers.first(self._identifying("message-id"))
        mail.in_reply_to = identifiers.first(self._identifying("in-reply-to"))
        mail.references = identifiers.read(self._identifying("references"))
        date = self.fields.text("date")
        mail.sent_at = dates.read(date)
        if date and mail.sent_at is None:
            self._note([Problem.BAD_DATE])

    def _identifying(self, name: str) -> str:
        return without_controls(self.fields.text(name))

    def _mailboxes(self, name: str) -> list[Mailbox]:
        written = b", ".join(self.fields.all(name))
        if len(written) > limits.FIELD_BYTES:
            self._note([Problem.HEADERS_CUT])
        found = addresses.read(headers.as_text(written[: limits.FIELD_BYTES], self.charsets))
        if any(not mailbox.address and mailbox.written for mailbox in found):
            self._note([Problem.BAD_ADDRESS])
        return found

    def _addresses(self, name: str) -> list[str]:
        return [mailbox.address for mailbox in self._mailboxes(name) if mailbox.address]

    # --- content ------------------------------------------------------------------------------------------------------

    def _read_content(self) -> None:
        mail = self.mail
        found = bodies.read(self.data, self.message)
        mail.text, mail.html, mail.attachments = found.text, found.html, found.attachments
        self._note(found.problems)
        if not self.fields.fields and not (mail.text or mail.html or mail.attachments):
            self._note([Problem.EMPTY])

    def _read_reply(self) -> None:
        text = self.mail.text
        self.mail.reply_text = newest_reply(text) if len(text) <= limits.TRIMMED_CHARACTERS else text

    # --- what it is ---------------------------------------------------------------------------------------------------

    def _read_kind(self) -> None:
        mail = self.mail
        self._read_reports()
        children = [part.content_type for part in self.message.parts]
        mail.automatic_because = automatic.reason(
            self.fields, self.message.content_type, children, [*self.writers, mail.return_path or ""]
        )
        mail.is_automatic = bool(mail.automatic_because)
        mail.is_bounce = any(report.kind == "bounce" for report in mail.reports) or (
            mail.is_automatic and not mail.reports and subjects.tells_of_failure(self.fields.first("subject"))
        )
        mail.may_auto_reply = not mail.is_automatic and automatic.may_be_answered(self.fields, mail.sender, mail.hops)

    def _read_reports(self) -> None:
        mail = self.mail
        # A report is the message itself. One that a person forwards is deeper, and no business of ours.
        parts = [self.message, *self.message.parts]
        contents = {part: bodies.content(self.data, part)[0] for part in parts if _is_about_mail(part)}
        reported = [
            reports.message_id_of(content)
            for part, content in contents.items()
            if part.content_type in reports.REPORTED_MESSAGE
        ]
        # Servers that send nothing of our mail back still answer to it.
        original = next(filter(None, [*reported, mail.in_reply_to, *reversed(mail.references)]), "")
        for part, content in contents.items():
            if part.content_type in reports.DELIVERY:
                mail.reports += reports.delivery(content, original)
            elif part.content_type in reports.FEEDBACK:
                mail.reports.append(reports.complaint(content, original))
            elif part.content_type in reports.DISPOSITION:
                mail.reports.append(reports.disposition(content, mail.in_reply_to))
        if not mail.reports and "x-failed-recipients" in self.fields:
            original = original or reports.message_id_in(mail.text)
            mail.reports = reports.failed_recipients(self.fields, original)


def _is_about_mail(part: structure.Part) -> bool:
    kinds = reports.DELIVERY | reports.FEEDBACK | reports.DISPOSITION | reports.REPORTED_MESSAGE
    return part.content_type in kinds
