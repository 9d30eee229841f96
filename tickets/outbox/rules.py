"""How patiently a mail is tried again, what reports make of it, and what mail programs are told about it."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random
from types import MappingProxyType
from typing import Any, Final

from tickets.outbox.models import DeliveryEvent, MailState

LEASE: Final = timedelta(minutes=5)
"""How long one worker has a mail to itself. Longer than a task may run (see portal/celery.py), so that only the dead lose it."""

PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 8 * 60, 12 * 60))
"""Between one attempt and the next: a mail server may be away for a day. After the last the mail has failed."""

SHORT_LIVED_PAUSES: Final = PAUSES[:2]
"""For mail with a sign-in code, which is worth nothing after a quarter of an hour."""

SPREAD: Final = 0.1
"""Pauses differ by up to this share, so that a server that comes back is not met by everything at once."""

REPORTED_WITHIN: Final = timedelta(days=14)
"""Later than this nobody's mail server comes back to a mail; somebody who kept our address might."""

REFERENCES: Final = 10
"""How many Message-IDs stand in References: long lists are cut by servers at places of their own choosing."""

WITHOUT_SECRETS: Final[Mapping[str, Any]] = MappingProxyType({"data": {}, "text": "", "html": ""})
"""What is left of a mail with a sign-in code once it left: whoever reads the outbox must not sign in with it."""

LEFT: Final = frozenset({MailState.SENT, MailState.DELIVERED, MailState.BOUNCED, MailState.COMPLAINED})
"""A server took it, whatever became of it afterwards."""

TROUBLE: Final = frozenset({MailState.FAILED, MailState.HELD, MailState.BOUNCED, MailState.COMPLAINED})
"""Somebody did not get it, or did not want it: people have to look."""

REPEATABLE: Final = LEFT | {MailState.FAILED}
"""It can be sent again: it does not wait any more."""

NOT_YET_REPORTED: Final = frozenset(
    {MailState.QUEUED, MailState.SENDING, MailState.SENT, MailState.FAILED, MailState.HELD}
)
"""A report on one of these proves that the mail left, even where our own record does not say so (yet)."""

BY_US: Final = "desk"
BY_SERVER: Final = "server"
"""Who tells of an event: the desk itself, or the mail server that we hand mail to. Providers go by their own names."""

_MOVES: Final[Mapping[DeliveryEvent.Kind, tuple[MailState, frozenset[MailState]]]] = MappingProxyType(
    {
        DeliveryEvent.Kind.DELIVERED: (MailState.DELIVERED, NOT_YET_REPORTED),
        # Servers may take a mail and return it afterwards.
        DeliveryEvent.Kind.BOUNCED: (MailState.BOUNCED, NOT_YET_REPORTED | {MailState.DELIVERED}),
        # Whoever complains has it, whatever was reported before.
        DeliveryEvent.Kind.COMPLAINED: (
            MailState.COMPLAINED,
            NOT_YET_REPORTED | {MailState.DELIVERED, MailState.BOUNCED},
        ),
        # A provider took it, and then did not send it.
        DeliveryEvent.Kind.FAILED: (MailState.FAILED, frozenset({MailState.SENT})),
    }
)
"""What an event makes of a mail, and of which mails: of all others nothing, so that late, repeated and disordered reports
do no harm."""

_NOT_THE_ADDRESS = re.compile(r"5\.(2\.[234]|[34567]\.)")
"""Enhanced status codes (RFC 3463) of failures for good that are no fault of the address: a full mailbox, a message too
large, a list; the server's system, the network, the protocol, the content, and what a policy such as a block list says."""

_THE_ADDRESS = re.compile(r"5\.(1\.|2\.[01]$)")
"""Those that say that there is nobody: a wrong address, or a mailbox that was closed."""


_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")


def next_state(state: MailState, kind: DeliveryEvent.Kind, *, permanent: bool) -> MailState:
    """What a mail's state is once an event about it is known.

    A bounce that is not for good does not undo a delivery: some providers call the answer of an answering machine one.
    """
    if kind not in _MOVES or (kind == DeliveryEvent.Kind.BOUNCED and not permanent and state == MailState.DELIVERED):
        return state
    after, moves = _MOVES[kind]
    return after if state in moves else state


def suspends(kind: DeliveryEvent.Kind, *, permanent: bool, status: str = "") -> bool:
    """Whether an event ends automatic mail to the address: a complaint, or a bounce for good that is the address's fault.

    A server that refuses a mail at once often means us, and not the address: there the status has to say so.
    """
    if kind == DeliveryEvent.Kind.COMPLAINED:
        return True
    if kind == DeliveryEvent.Kind.BOUNCED:
        return permanent and not _NOT_THE_ADDRESS.match(status)
    return kind == DeliveryEvent.Kind.FAILED and permanent and bool(_THE_ADDRESS.match(status))


def is_believed(kind: DeliveryEvent.Kind, status: str, *, age: timedelta) -> bool:
    """Whether a report that came by mail is enough to change how we treat the address: soon after the mail was sent, and, if
    it came back, with a status. Servers that still try give up within days (RFC 5321, section 4.5.4.1).
    """
    return age <= REPORTED_WITHIN and (kind == DeliveryEvent.Kind.COMPLAINED or bool(status))


def attempts_allowed(*, short_lived: bool = False) -> int:
    """How often a mail is tried before it has failed."""
    return len(SHORT_LIVED_PAUSES if short_lived else PAUSES) + 1


def pause_after(attempts: int, *, seed: int, short_lived: bool = False) -> timedelta | None:
    """How long to wait after so many attempts in vain; None when it is time to give up.

    ``seed`` spreads mails that failed together, and differently after each attempt: those that meet once do not meet
    again. The same one always gives the same pause.
    """
    pauses = SHORT_LIVED_PAUSES if short_lived else PAUSES
    if attempts > len(pauses):
        return None
    share = Random(f"{seed}.{attempts}").random()  # noqa: S311 - nobody gains anything by guessing it
    return pauses[attempts - 1] * (1 + SPREAD * share)


def thread(earlier: Sequence[str]) -> dict[str, str]:
    """The headers that let mail programs show a conversation (RFC 5322, section 3.6.4).

    ``earlier`` are its Message-IDs so far, oldest first. Of many, the first, which names the conversation, and the newest
    are kept.
    """
    if not earlier:
        return {}
    kept = earlier if len(earlier) <= REFERENCES else [earlier[0], *earlier[-(REFERENCES - 1) :]]
    return {"In-Reply-To": earlier[-1], "References": " ".join(kept)}


def automatic_headers(auto_submitted: str, *, loop: str, for_staff: bool) -> dict[str, str]:
    """What asks other machines not to answer (RFC 3834, section 5; the second header is what Exchange knows).

    ``loop`` is an address of ours by which we know our own mail when it comes back. What staff are told goes to many, and
    says so; a customer's mail programs sort such mail away.
    """
    headers = {"Auto-Submitted": auto_submitted, "X-Auto-Response-Suppress": "All", "X-Loop": loop}
    return headers | ({"Precedence": "bulk"} if for_staff else {})


def status_of(answer: str) -> str:
    """The enhanced status code (RFC 3463) in a server's answer, such as 5.1.1; "" where it gives none."""
    found = _STATUS.search(answer)
    return found[0] if found else ""


def is_final(code: int, status: str) -> bool:
    """Whether trying again is of no use after a server's answer (RFC 5321, section 4.2.1): 4xx asks for patience, such as
    a full mailbox, and 5xx says never. A policy (5.7) is about us, and may change while we wait: a block list, a key.
    """
    return code >= 500 and not status.startswith("5.7.")
