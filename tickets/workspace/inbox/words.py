"""What is said about inbound mail: why it was set aside and what to do, and what was odd about reading it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from tickets.inbox.models import Reason
from tickets.inbox.parse import Problem


@dataclass(frozen=True, slots=True)
class Meaning:
    """Why a message is on no ticket, and what somebody who reads it can do about that. ``retry``: reading it again helps."""

    why: str | LazyText
    advice: str | LazyText
    retry: bool = False


MEANINGS: Final[Mapping[str, Meaning]] = {
    Reason.NO_TICKET: Meaning(
        _(
            "Nothing in it names a ticket that its sender takes part in. Senders are told, once a day, where to write instead."
        ),
        _("If it is about a request, attach it. If it is a new request, open a ticket from it. Else discard it."),
    ),
    Reason.AUTOMATIC: Meaning(
        _("A machine wrote it, such as an out-of-office notice, and it names no ticket. Nobody was answered."),
        _("It can nearly always be discarded. Look whether a carrier or a supplier tells about a case."),
    ),
    Reason.UNKNOWN_REPORT: Meaning(
        _("A mail server or a provider reports that a mail did not arrive, and we do not know that mail."),
        _(
            "If many come that you cannot explain, somebody may send mail in our name: tell whoever runs the desk."
            " Else discard it."
        ),
    ),
    Reason.TOO_MANY: Meaning(
        _("This address sent more within an hour than anybody writes who waits for an answer."),
        _("Two machines may be answering each other: read one or two of them. Attach what a person wrote."),
    ),
    Reason.TOO_FAR: Meaning(
        _("It went through more mail servers than any mail needs. It probably goes in circles."),
        _("Tell whoever runs the desk: a forwarding rule may send our mail back to us. Attach what a person wrote."),
    ),
    Reason.NO_SENDER: Meaning(
        _("It does not say who wrote it, so nobody can be answered."),
        _("If the text says who it is, attach it to their request. Else discard it."),
    ),
    Reason.TOO_LARGE: Meaning(
        _("It is larger than what we read. Only its beginning is shown here; the whole message is kept."),
        _("Write to the sender and ask for what matters in several mails, or on the portal. Then discard it."),
    ),
    Reason.ERASED: Meaning(
        _("It answers a request of somebody whose personal content was erased. Nothing can be added there."),
        _("If they ask for something new, open a ticket from it. Else discard it."),
    ),
    Reason.TROUBLE: Meaning(
        _("We failed to read it several times, for a reason of ours."),
        _("Have it read again. If that fails too, tell whoever runs the desk: the message is kept."),
        retry=True,
    ),
}

PROBLEMS: Final[Mapping[str, str | LazyText]] = {
    Problem.EMPTY: _("The message is empty."),
    Problem.NO_SENDER: _("It does not say who wrote it."),
    Problem.SEVERAL_SENDERS: _("It names several senders, so nobody knows which of them wrote it."),
    Problem.BAD_ADDRESS: _("One of its addresses cannot be read."),
    Problem.BAD_DATE: _("Its date cannot be read."),
    Problem.NO_MESSAGE_ID: _("It has no Message-ID. We gave it one."),
    Problem.BAD_CHARSET: _(
        "Some letters may be wrong: it says a wrong character set, or none, and we had to choose one."
    ),
    Problem.BAD_ENCODING: _("A part of it is damaged. Words or files may be missing."),
    Problem.BAD_STRUCTURE: _("It is put together wrongly. Words or files may be missing."),
    Problem.BAD_TNEF: _("Its “winmail.dat” could not be opened. Ask the sender to attach the files one by one."),
    Problem.ENCRYPTED: _("It is encrypted, and we have no key. Ask the sender to write without encryption."),
    Problem.SIGNED: _("The sender’s program signed it. We did not check the signature."),
    Problem.HEADERS_CUT: _("It has more header lines than we read."),
    Problem.PARTS_CUT: _("It has more parts than we read. Files may be missing."),
    Problem.TEXT_CUT: _("Its text is very long, and only the beginning is here."),
    Problem.TOO_LARGE: _("It is too large to be read as a whole."),
    Problem.FAILED: _("We could read only some of it."),
}

HARMLESS: Final = frozenset(
    {Problem.BAD_ADDRESS, Problem.BAD_DATE, Problem.NO_MESSAGE_ID, Problem.SIGNED, Problem.HEADERS_CUT}
)
"""Nothing of what the sender wrote is missing or in doubt."""


def in_words(problems: Iterable[str]) -> list[str]:
    """Each problem as a sentence; a code that nobody knows any more says nothing."""
    return [str(PROBLEMS[problem]) for problem in problems if problem in PROBLEMS]


def losses(problems: Iterable[str]) -> list[str]:
    """Only those that whoever answers has to know."""
    return in_words(problem for problem in problems if problem not in HARMLESS)
