"""What is decided about inbound mail, on plain values: no database, no clock, no settings.

By trust: what only those can know whom we wrote to (the token of a reply address, our signed Message-IDs), what only those
can know who took part (other people's Message-IDs), and last a reference that anybody may have read over a shoulder.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Final

from tickets.desk import references
from tickets.inbox.parse import ParsedMail, automatic

LEASE: Final = timedelta(minutes=5)
"""How long one worker has a message to itself. Longer than a task may run (see portal/celery.py), so that only the dead
lose it."""

PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60))
"""Between one attempt to read a message and the next. After the last it is set aside, where somebody sees it."""

WINDOW: Final = timedelta(hours=1)
"""Within which somebody's mail is counted."""

MOST_ON_A_TICKET: Final = 20
"""So many messages of one sender go to one ticket within the window; nobody who waits for an answer writes more. This stops
two desks that answer each other without saying that they are machines."""

MOST_OF_STRANGERS: Final = 40
"""So many messages go to one ticket within the window from people who do not belong to it, all together. Whoever got hold of
a reply address can write to it under ever new names."""

MOST_OF_A_SENDER: Final = 60
"""So many messages of one sender are filed within the window, whatever they are about."""

MOST_HOPS: Final = 50
"""More mail servers than this have only messages seen that go in circles (RFC 5321, section 6.3, asks for at least 100
before a server gives up: people should see a loop before that)."""

TEXT_LENGTH: Final = 100_000
"""So much of a mail's text goes on the ticket. The whole stays in the kept message."""

_NOT_KEPT: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]+")
_NOT_IN_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def attempts_allowed() -> int:
    """How often a message is tried to be read before it is set aside."""
    return len(PAUSES) + 1


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts in vain; None when it is time to give up."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


# --- What columns take ------------------------------------------------------------------------------------------------


def fitting(text: str, length: int | None) -> str:
    """A line as a column takes it: no control characters (databases refuse NUL) and no halves of characters, cut to fit."""
    return _NOT_KEPT.sub(" ", text).strip()[:length]


def words_of(mail: ParsedMail) -> str:
    """What goes on a ticket: what the sender wrote themselves; all there is where that is nothing, and at last the subject."""
    texts = (_NOT_IN_TEXT.sub("", text).strip() for text in (mail.reply_text, mail.text, mail.subject))
    return next((text for text in texts if text), "")


def content_digest(mail: ParsedMail) -> str:
    """The same for the same message, whichever way it came: nothing that servers write on the way is part of it."""
    parts = [mail.sender, mail.subject, mail.sent_at.isoformat() if mail.sent_at else "", mail.text, mail.html]
    digest = hashlib.sha256()
    for part in (
        *(part.encode(errors="surrogatepass") for part in parts),
        *(file.content for file in mail.attachments),
    ):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


# --- Before anybody looks for a ticket --------------------------------------------------------------------------------


class Fate(Enum):
    """What becomes of a message."""

    OURS = auto()
    """Our own mail has come back."""
    TOO_FAR = auto()
    REPORT = auto()
    """A machine tells what became of a mail of ours."""
    NO_SENDER = auto()
    TOO_MANY = auto()
    ERASED = auto()
    """It belongs to a ticket whose customer was erased."""
    CUSTOMER = auto()
    """The customer answers."""
    STAFF = auto()
    """Somebody at the desk answers a notification."""
    CONTRIBUTION = auto()
    """Somebody else answers, or somebody who may not be who they say."""
    MACHINE = auto()
    """A machine answers."""
    AUTOMATIC = auto()
    """A machine writes, about no ticket."""
    NO_TICKET = auto()


_PEOPLE_DO_IT_TOO: Final = frozenset({automatic.REPORT_INSIDE, automatic.SUBJECT})
"""Signs of a machine that people give as well, who ask what a report means, and put it into their mail. That is for somebody
to read, and no address is given up for it."""


def at_first_sight(mail: ParsedMail, *, came_back: bool) -> Fate | None:
    """What a message is whatever it is about; None for mail that may belong to a ticket."""
    if came_back:
        return Fate.OURS
    if mail.hops > MOST_HOPS:
        return Fate.TOO_FAR
    if (mail.is_bounce or mail.reports) and mail.automatic_because not in _PEOPLE_DO_IT_TOO:
        return Fate.REPORT
    return None if mail.sender else Fate.NO_SENDER


def bears_our_mark(mail: ParsedMail, ours: Collection[str]) -> bool:
    """Whether a message says of itself that it is from us. ``ours`` are our addresses, in lower case."""
    return mail.sender.lower() in ours or any(mark.strip().lower() in ours for mark in mail.loop_marks)


# --- Whose it is ------------------------------------------------------------------------------------------------------


class Standing(Enum):
    """Who the sender is to the ticket."""

    CUSTOMER = auto()
    STAFF = auto()
    """Somebody at the desk, to whom the mail that is answered was sent."""
    NOBODY = auto()


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket that a message names. ``proven`` is whether only somebody can know the way it is named who took part;
    ``of_strangers`` how much came to it of late from people who do not belong to it.
    """

    standing: Standing
    proven: bool
    erased: bool = False
    of_strangers: int = 0


def place(found: Found | None, *, automatic: bool, of_sender: int, on_ticket: int) -> Fate:
    """Where mail goes. ``of_sender`` and ``on_ticket`` are how much of theirs was kept of late: in all, and on that ticket."""
    if found is not None and not found.proven and (automatic or found.standing is not Standing.CUSTOMER):
        # A reference is easily guessed, seen or left in a subject: it opens a ticket to its customer alone.
        found = None
    if of_sender >= MOST_OF_A_SENDER or (found is not None and _is_full(found, on_ticket)):
        return Fate.TOO_MANY
    if found is None:
        return Fate.AUTOMATIC if automatic else Fate.NO_TICKET
    if found.erased:
        return Fate.ERASED
    if automatic:
        return Fate.MACHINE
    return _BY_STANDING[found.standing]


def _is_full(found: Found, on_ticket: int) -> bool:
    strangers = found.standing is Standing.NOBODY and found.of_strangers >= MOST_OF_STRANGERS
    return strangers or on_ticket >= MOST_ON_A_TICKET


_BY_STANDING: Final = {
    Standing.CUSTOMER: Fate.CUSTOMER,
    Standing.STAFF: Fate.STAFF,
    Standing.NOBODY: Fate.CONTRIBUTION,
}

# --- What a subject and servers say -----------------------------------------------------------------------------------

# As our subjects have it, with or without brackets. Without its dash a reference is eight letters like any others, and is
# believed only in brackets or after a sign for "number".
_REFERENCE: Final = re.compile(
    r"(?<![0-9A-Za-z-])[0-9A-Za-z]{4}[\u2066-\u2069\u200e\u200f]*-[\u2066-\u2069\u200e\u200f]*[0-9A-Za-z]{4}(?![0-9A-Za-z-])"
    r"|(?<=[\[#])\s?[0-9A-Za-z]{8}(?![0-9A-Za-z])"
)
_MOST_REFERENCES: Final = 5


def references_in(subject: str) -> list[str]:
    """What may be references of tickets in a subject, in order, as ``desk.references`` writes them."""
    found = (references.normalise(match[0]) for match in _REFERENCE.finditer(subject))
    return list(dict.fromkeys(reference for reference in found if reference))[:_MOST_REFERENCES]


_COMMENT: Final = re.compile(r"\([^()]*\)")
_RESULT: Final = re.compile(r"\s*(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)


def is_forged(results: Iterable[str], trusted: Collection[str]) -> bool:
    """Whether our own mail servers found that a message is not from whom it says (RFC 8601).

    ``results`` are the Authentication-Results headers; those count that one of the ``trusted`` names signed, which are in
    lower case. A server of ours removes what strangers wrote there in its name (RFC 8601, section 5). DMARC decides where it
    was asked; else both DKIM and SPF have to fail: each alone does, when mail is handed on.
    """
    said = list(_said(results, trusted))
    if ("dmarc", "fail") in said:
        return True
    if ("dmarc", "pass") in said:
        return False
    failed = {method for method, result in said if result == "fail"}
    passed = {method for method, result in said if result == "pass"}
    return {"dkim", "spf"} <= failed and not passed


def _said(results: Iterable[str], trusted: Collection[str]) -> Iterator[tuple[str, str]]:
    for header in results:
        server, *findings = _COMMENT.sub("", header).split(";")
        name = server.split()
        if name and name[0].lower() in trusted:
            for finding in findings:
                if match := _RESULT.match(finding):
                    yield match[1].lower(), match[2].lower()


# --- Files and answers ------------------------------------------------------------------------------------------------

_SIGNATURES: Final = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/pgp-keys",
    }
)


def is_evidence(content_type: str) -> bool:
    """Whether somebody chose to send a file: mail programs add signatures and keys by themselves."""
    return content_type.lower() not in _SIGNATURES


@dataclass(frozen=True, slots=True)
class Traffic:
    """How much mail of no ticket came in within the window, this one included: from everywhere, and from its domain."""

    overall: int
    of_domain: int


MOST_UNASKED: Final = Traffic(overall=200, of_domain=20)
"""Beyond this, strangers are answered no more until it is quiet again: somebody writes in other people's names, and our
notices would go to people who never wrote to us."""

NOTICE_EVERY: Final = timedelta(days=1)
"""A stranger gets one notice within this time."""

MOST_NOTICES: Final = 5
"""So many answers by machine go to one address within the window, whatever it wrote to us about."""


def may_be_told(traffic: Traffic) -> bool:
    """Whether a stranger may be told that their mail belongs to no ticket."""
    return traffic.overall <= MOST_UNASKED.overall and traffic.of_domain <= MOST_UNASKED.of_domain


def first_of(languages: Sequence[str]) -> str:
    """The language that a header of languages puts first (RFC 9110, section 12.5.4); weights are in order nearly always."""
    return next((word for entry in languages for word in [entry.partition(";")[0].strip()] if word and word != "*"), "")
