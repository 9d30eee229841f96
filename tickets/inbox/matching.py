"""Which ticket a message belongs to, and who its sender is to it: what the rules are asked about, looked up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Q

from tickets.desk.models import Ticket
from tickets.desk.statuses import Status
from tickets.inbox import rules
from tickets.inbox.models import RawMail
from tickets.inbox.parse import ParsedMail, Problem
from tickets.inbox.rules import Standing
from tickets.outbox import addresses, identifiers
from tickets.outbox.kinds import KINDS
from tickets.outbox.models import OutgoingMail
from tickets.people.models import User

MOST_SIGNS: Final = 50
"""So many reply addresses and Message-IDs of a message are looked up; no conversation has more that matter."""


ASKED: Final = (
    *("kind", "recipient", "rfc_message_id", "ticket__merged_into", "ticket__status", "ticket__language"),
    *("ticket__customer__user", "ticket__customer__email", "ticket__customer__erased_at"),
)
"""What is asked of a mail that is answered and of its ticket: each message pays for it."""


@dataclass(frozen=True, slots=True)
class Match:
    """The ticket that a message names, where merged tickets lead to, and the mail of ours that it answers, if it says which.

    ``user`` is the member of the staff who answers, where it is one.
    """

    ticket: Ticket
    answered: OutgoingMail | None
    proven: bool
    standing: Standing
    user: User | None = None


def came_back(mail: ParsedMail) -> bool:
    """Whether a message is our own mail, by its marks or by the Message-ID that only we can make."""
    if identifiers.ticket_of(mail.message_id) is not None or identifiers.mail_of(mail.sender) is not None:
        return True
    return rules.bears_our_mark(mail, addresses.are_ours())


def tokens(raw: RawMail, mail: ParsedMail) -> list[tuple[int, int]]:
    """Ticket and mail of every reply address that the message was sent to, in order."""
    recipients = [*mail.recipients, *mail.envelope_recipients, *raw.envelope_recipients]
    named = (identifiers.mail_of(recipient) for recipient in dict.fromkeys(recipients))
    return [token for token in named if token is not None]


def answered_ids(mail: ParsedMail) -> list[str]:
    """The Message-IDs that a message answers, the surest first: In-Reply-To, then References from last to first."""
    return list(dict.fromkeys(filter(None, [mail.in_reply_to, *reversed(mail.references)])))


def find(raw: RawMail, mail: ParsedMail) -> Match | None:
    """The ticket that the message names, by the surest sign; None if it names none that there is."""
    message_ids = answered_ids(mail)
    answered, ticket = _by_our_signs(tokens(raw, mail), message_ids)
    if ticket is None:
        ticket = _by_foreign_ids(message_ids)
    proven = ticket is not None
    if ticket is None:
        ticket = _by_subject(mail.subject)
    if ticket is None:
        return None
    ticket = where_it_leads(ticket)
    user = _staff_who_answers(mail, answered, ticket)
    standing = Standing.STAFF if user else standing_of(mail, ticket)
    return Match(ticket, answered, proven, standing, user)


def standing_of(mail: ParsedMail, ticket: Ticket) -> Standing:
    """Who the sender is to the ticket, by their address; nobody, where that is in doubt."""
    if is_doubtful(mail) or not _is_the_customers(mail.sender.lower(), ticket):
        return Standing.NOBODY
    return Standing.CUSTOMER


def is_doubtful(mail: ParsedMail) -> bool:
    """More than one writer, which hides who wrote; or our own servers say that the sender is not who they claim to be."""
    trusted = {name.lower() for name in settings.TRUSTED_AUTHSERV_IDS}
    return Problem.SEVERAL_SENDERS in mail.problems or rules.is_forged(mail.authentication_results, trusted)


def where_it_leads(ticket: Ticket) -> Ticket:
    """The ticket into which it was merged, or which follows it up after it was closed, and so on; where a circle begins if
    somebody made one. A closed ticket that nothing follows up stays itself: what comes in opens the follow-up.
    """
    seen = {ticket.pk}
    while (after := _after(ticket)) is not None and after.pk not in seen:
        ticket = after
        seen.add(ticket.pk)
    return ticket


def _after(ticket: Ticket) -> Ticket | None:
    if ticket.merged_into_id is not None:
        return Ticket.objects.select_related("customer").get(pk=ticket.merged_into_id)
    if ticket.status != Status.CLOSED:
        return None
    return Ticket.objects.filter(follow_up_of=ticket).select_related("customer").order_by("pk").last()


# --- The ways of naming a ticket --------------------------------------------------------------------------------------


def _by_our_signs(
    named: Sequence[tuple[int, int]], message_ids: Sequence[str]
) -> tuple[OutgoingMail | None, Ticket | None]:
    """What our reply addresses and signed Message-IDs name: a mail, as long as we have it, and its ticket."""
    known = ((identifiers.ticket_of(message_id), message_id) for message_id in message_ids)
    signed: list[tuple[int, int | str]] = [(ticket, message_id) for ticket, message_id in known if ticket is not None]
    signs: list[tuple[int, int | str]] = [*named, *signed][:MOST_SIGNS]
    if not signs:
        return None, None
    keys = [key for _ticket_id, key in signs]
    wanted = Q(pk__in=[key for key in keys if isinstance(key, int)])
    wanted |= Q(rfc_message_id__in=[key for key in keys if isinstance(key, str)])
    rows = OutgoingMail.objects.filter(wanted).select_related("ticket__customer").only(*ASKED).order_by()
    mails: dict[int | str, OutgoingMail] = {key: mail for mail in rows for key in (mail.pk, mail.rfc_message_id)}
    tickets = {mail.ticket.pk: mail.ticket for mail in mails.values() if mail.ticket is not None}
    if not tickets:
        tickets = Ticket.objects.select_related("customer").in_bulk([ticket_id for ticket_id, _key in signs])
    return next(
        ((mails.get(key), tickets[ticket_id]) for ticket_id, key in signs if ticket_id in tickets), (None, None)
    )


def _by_foreign_ids(message_ids: Sequence[str]) -> Ticket | None:
    """The ticket of mail that came in earlier and is answered now, such as by somebody who got a copy."""
    if not message_ids:
        return None
    kept = RawMail.objects.filter(
        rfc_message_id__in=message_ids[:MOST_SIGNS], message__isnull=False, ticket__isnull=False
    )
    by_id = {mail.rfc_message_id: mail.ticket for mail in kept.select_related("ticket__customer")}
    return next((by_id[message_id] for message_id in message_ids if message_id in by_id), None)


def _by_subject(subject: str) -> Ticket | None:
    references = rules.references_in(subject)
    if not references:
        return None
    tickets = Ticket.objects.filter(reference__in=references).select_related("customer")
    by_reference = {ticket.reference: ticket for ticket in tickets}
    return next((by_reference[reference] for reference in references if reference in by_reference), None)


# --- The sender -------------------------------------------------------------------------------------------------------


def _is_the_customers(sender: str, ticket: Ticket) -> bool:
    """Their own address, or one that they proved to be theirs when they signed in."""
    customer = ticket.customer
    if sender == customer.email.lower():
        return True
    # The sign-in keeps addresses in small letters.
    proven = EmailAddress.objects.filter(user=customer.user_id, email=sender, verified=True)
    return customer.user_id is not None and proven.exists()


def _staff_who_answers(mail: ParsedMail, answered: OutgoingMail | None, ticket: Ticket) -> User | None:
    """The member of the staff to whom that very mail was sent, if they may still read the ticket."""
    kind = KINDS.get(answered.kind) if answered is not None else None
    if answered is None or kind is None or not kind.for_staff or is_doubtful(mail):
        return None
    if mail.sender.lower() != answered.recipient.lower():
        return None
    user = User.objects.filter(email__iexact=answered.recipient, is_staff=True, is_active=True).first()
    return user if user is not None and Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists() else None
