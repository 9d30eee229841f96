"""What becomes of a message that was read: decided by the rules, and done in one transaction together with the row that
says so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from tickets import lifecycle
from tickets.audit.actor import Actor, ActorKind
from tickets.desk.models import Message
from tickets.inbox import matching, notices, reported, rules
from tickets.inbox.filing import Contents, contents_of, file_as_contribution, file_as_customers, file_as_note
from tickets.inbox.matching import Match
from tickets.inbox.models import InboundState, RawMail, Reason
from tickets.inbox.parse import ParsedMail
from tickets.inbox.reading import described, is_automatic
from tickets.inbox.rules import Fate, Found, Standing
from tickets.outbox.models import OutgoingMail

NOT_FILED: Final = {
    Fate.OURS: (InboundState.DROPPED, Reason.OURS),
    Fate.TOO_FAR: (InboundState.SET_ASIDE, Reason.TOO_FAR),
    Fate.NO_SENDER: (InboundState.SET_ASIDE, Reason.NO_SENDER),
    Fate.TOO_MANY: (InboundState.SET_ASIDE, Reason.TOO_MANY),
    Fate.ERASED: (InboundState.SET_ASIDE, Reason.ERASED),
    Fate.AUTOMATIC: (InboundState.SET_ASIDE, Reason.AUTOMATIC),
    Fate.NO_TICKET: (InboundState.SET_ASIDE, Reason.NO_TICKET),
}

SETTLED: Final = (InboundState.FILED, InboundState.REPORT, InboundState.SET_ASIDE, InboundState.DISCARDED)
"""What a copy of a message is a copy of. Not what was dropped: that was a copy itself."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a message; and if it goes on a ticket, on which, and what it brings there.

    ``answered`` is the mail of ours that it answers, also where it goes nowhere.
    """

    fate: Fate
    goes: tuple[Match, Contents] | None = None
    answered: OutgoingMail | None = None


def settle(raw: RawMail, mail: ParsedMail, *, at: datetime) -> bool:
    """Decide and do it; False when somebody else has the row by now.

    A message may come in by two mailboxes in the same moment. Each row says what it is before the transaction, and takes the
    locks of all rows that say the same: whoever comes second then sees what became of the first.
    """
    if not _say_what_it_is(raw, mail):
        return False
    decision = _decide(raw, mail, at)
    with transaction.atomic():
        same = _lock_same(raw)
        mine = same.pop(raw.pk, None)
        if mine is None or mine != (InboundState.RECEIVED, raw.lease_until):
            return False
        if any(state in SETTLED for state, _lease in same.values()):
            _end(raw, state=InboundState.DROPPED, reason=Reason.DUPLICATE)
        else:
            _carry_out(decision, raw, mail, at)
    return True


# --- Deciding ---------------------------------------------------------------------------------------------------------


def _decide(raw: RawMail, mail: ParsedMail, at: datetime) -> Decision:
    first = rules.at_first_sight(mail, came_back=matching.came_back(mail))
    if first is not None:
        return Decision(first)
    match = matching.find(raw, mail)
    found = None
    if match is not None:
        erased = match.ticket.customer.erased_at is not None
        found = Found(match.standing, match.proven, erased=erased, of_strangers=_of_strangers(match, at))
    of_sender, on_ticket = _kept_of_late(raw, match, at)
    fate = rules.place(found, automatic=is_automatic(raw, mail), of_sender=of_sender, on_ticket=on_ticket)
    if match and fate in FILING:
        return Decision(fate, (match, contents_of(mail, at=at)))
    return Decision(fate, answered=match.answered if match else None)


def _kept_of_late(raw: RawMail, match: Match | None, at: datetime) -> tuple[int, int]:
    """How much of the sender's mail was settled within the window: in all, up to what is too much, and on the ticket."""
    theirs = RawMail.objects.filter(sender=raw.sender, received_at__gt=at - rules.WINDOW, state__in=SETTLED)
    if match is not None and match.proven:
        # Anybody can write in their name, but not with our signs: a flood of that keeps out none of their answers.
        theirs = theirs.filter(ticket__isnull=False)
    tickets = list(theirs.values_list("ticket", flat=True)[: rules.MOST_OF_A_SENDER])
    return len(tickets), tickets.count(match.ticket.pk) if match else 0


def _of_strangers(match: Match, at: datetime) -> int:
    """How much came to the ticket within the window from people who do not belong to it. Asked only where it matters."""
    if match.standing is not Standing.NOBODY:
        return 0
    return Message.objects.filter(ticket=match.ticket, author_kind=ActorKind.SENDER, at__gt=at - rules.WINDOW).count()


# --- Doing ------------------------------------------------------------------------------------------------------------


def _carry_out(decision: Decision, raw: RawMail, mail: ParsedMail, at: datetime) -> None:
    if decision.fate is Fate.REPORT:
        _report(raw, mail, at)
    elif decision.goes is not None:
        match, contents = decision.goes
        message = FILING[decision.fate](raw, mail, match, contents, at)
        _end(raw, state=InboundState.FILED, ticket_id=message.ticket_id, message=message, ours=match.answered)
    else:
        if decision.fate is Fate.NO_TICKET:
            notices.tell_stranger(raw, mail, at=at)
        state, reason = NOT_FILED[decision.fate]
        _end(raw, state=state, reason=reason, ours=decision.answered)


def _report(raw: RawMail, mail: ParsedMail, at: datetime) -> None:
    about: OutgoingMail | None = None
    for about, report in reported.reports_of(raw, mail):
        if report is not None:
            lifecycle.mail_reported(about, report, at=at)
    if about is None:
        _end(raw, state=InboundState.SET_ASIDE, reason=Reason.UNKNOWN_REPORT)
    else:
        _end(raw, state=InboundState.REPORT, ticket_id=about.ticket_id, ours=about)


def _of_customer(raw: RawMail, mail: ParsedMail, match: Match, contents: Contents, at: datetime) -> Message:
    by = Actor(ActorKind.CUSTOMER, match.ticket.customer.user_id)
    return file_as_customers(match.ticket, contents, by=by, at=at)


def _of_staff(raw: RawMail, mail: ParsedMail, match: Match, contents: Contents, at: datetime) -> Message:
    user = match.user
    if user is None:
        raise ValueError(f"Nobody at the desk answers with mail {raw.pk}.")
    return file_as_note(match.ticket, contents, user=user, at=at)


def _of_somebody(raw: RawMail, mail: ParsedMail, match: Match, contents: Contents, at: datetime) -> Message:
    message = file_as_contribution(match.ticket, contents, automatic=False, at=at)
    notices.tell_contributor(raw, mail, match.ticket, at=at)
    return message


def _of_machine(raw: RawMail, mail: ParsedMail, match: Match, contents: Contents, at: datetime) -> Message:
    return file_as_contribution(match.ticket, contents, automatic=True, at=at)


FILING: Final = {
    Fate.CUSTOMER: _of_customer,
    Fate.STAFF: _of_staff,
    Fate.CONTRIBUTION: _of_somebody,
    Fate.MACHINE: _of_machine,
}

# --- The row ----------------------------------------------------------------------------------------------------------


def _say_what_it_is(raw: RawMail, mail: ParsedMail) -> bool:
    values = described(mail, automatic=is_automatic(raw, mail))
    for name, value in values.items():
        setattr(raw, name, value)
    ours = RawMail.objects.filter(pk=raw.pk, state=InboundState.RECEIVED, lease_until=raw.lease_until)
    return bool(ours.update(**values))


def _lock_same(raw: RawMail) -> dict[int, tuple[str, datetime | None]]:
    """State and lease of every row of this very message, locked in the same order by everybody."""
    same = RawMail.objects.filter(rfc_message_id=raw.rfc_message_id, content_digest=raw.content_digest)
    rows = same.select_for_update().order_by("pk").values_list("pk", "state", "lease_until")
    return {pk: (state, lease_until) for pk, state, lease_until in rows}


def _end(raw: RawMail, **values: Any) -> None:
    for name, value in {"lease_until": None, "last_error": "", **values}.items():
        setattr(raw, name, value)
    raw.save(update_fields=["lease_until", "last_error", *(name.removesuffix("_id") for name in values)])
