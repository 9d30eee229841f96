"""One inbound message as it is read at the desk: parsed anew from the kept bytes, every time."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Final

from django.conf import settings

from tickets.attachments import limits, texts
from tickets.attachments.codes import Code
from tickets.attachments.names import safe_name
from tickets.attachments.rules import check_batch, verdict
from tickets.inbox import parse, rules
from tickets.inbox.models import RawMail, Reason
from tickets.inbox.parse import MailAttachment, ParsedMail
from tickets.workspace.inbox.words import MEANINGS, Meaning, in_words

logger = logging.getLogger(__name__)

BEGINNING: Final = 256 * 1024
"""As much is read of what is too large to be read, or what workers failed to read."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a message that is on no ticket yet. ``verdict`` says whether it would come in with it, and if not, why."""

    name: str
    content_type: str
    size: str
    accepted: bool
    verdict: str


@dataclass
class Reading:
    """What the page of a message shows, each part worked out once."""

    raw: RawMail

    @cached_property
    def mail(self) -> ParsedMail | None:
        """None when the storage does not hand the message out."""
        try:
            with self.raw.file.open("rb") as file:
                return parse.parse(file.read() if self.is_whole else file.read(BEGINNING))
        except Exception:
            # Storages raise what they like; the page still says what is known, and what can be done.
            logger.exception("kept mail cannot be opened", extra={"mail": self.raw.pk})
            return None

    @property
    def is_whole(self) -> bool:
        return self.raw.size <= BEGINNING or not (self.is_too_large or self.raw.reason == Reason.TROUBLE)

    @property
    def is_too_large(self) -> bool:
        return self.raw.size > settings.INBOUND_MAX_BYTES

    @property
    def size(self) -> str:
        return texts.size_text(self.raw.size)

    @property
    def meaning(self) -> Meaning | None:
        """Why it is on no ticket; None for a message that is on one."""
        return MEANINGS.get(self.raw.reason)

    @property
    def words(self) -> str:
        """What would go on a ticket."""
        return rules.words_of(self.mail)[: rules.TEXT_LENGTH] if self.mail else ""

    @property
    def whole_text(self) -> str:
        """The text with everything that it quotes; "" where that says no more."""
        text = self.mail.text.strip() if self.mail else ""
        return text[: rules.TEXT_LENGTH] if text != self.words else ""

    @cached_property
    def problems(self) -> list[str]:
        return in_words(self.mail.problems if self.mail and self.is_whole else self.raw.problems)

    @cached_property
    def files(self) -> Sequence[File]:
        """In the order in which there is room for them on a ticket."""
        return list(_judged(self.mail.attachments)) if self.mail and self.is_whole else []


def _judged(files: Sequence[MailAttachment]) -> Iterator[File]:
    allowed = limits.current()
    taken: list[int] = []
    for file in sorted(files, key=lambda file: file.inline):
        size = len(file.content)
        code, member = check_batch([size], len(taken), allowed, sum(taken)), ""
        if code == Code.ACCEPTED:
            found = verdict(file.name, BytesIO(file.content), allowed)
            code, member = found.code, found.member
        if code == Code.ACCEPTED and rules.is_evidence(file.content_type):
            taken.append(size)
        said = "" if code == Code.ACCEPTED else texts.explain(code, safe_name(file.name), allowed, member).reason
        yield File(safe_name(file.name), file.content_type, texts.size_text(size), code == Code.ACCEPTED, said)
