"""What machines of ours answer to mail: seldom, in fixed words, and never with what the sender wrote.

Every function only writes a row into the outbox, within the transaction of what it tells about.
"""

from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from typing import Final

from django.conf import settings
from django.db.models import Count, Q
from django.db.models.functions import Lower

from tickets.desk.models import Ticket
from tickets.inbox import matching, rules
from tickets.inbox.models import RawMail, Reason
from tickets.inbox.parse import ParsedMail
from tickets.inbox.rules import Traffic
from tickets.outbox import actions as outbox
from tickets.outbox.actions import Letter
from tickets.outbox.models import OutgoingMail
from tickets.people import languages
from tickets.people.models import Customer, User

HEADER_BYTES: Final = 64 * 1024
"""Where the headers end that are looked at for a language."""

TO_STRANGERS: Final = ("stranger_notice", "contribution_received")


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not taken: why, and which file inside of an archive spoke against it."""

    name: str
    code: str
    member: str = ""


def tell_stranger(raw: RawMail, mail: ParsedMail, *, at: datetime) -> bool:
    """Say once a day that mail belongs to no ticket, and where to write instead; False if nothing is said.

    The same words for everybody, known or not: nobody finds out from them who is a customer.
    """
    sender = mail.sender.lower()
    if not _may_answer(raw, mail) or _was_told(sender, at - rules.NOTICE_EVERY, kind__in=TO_STRANGERS):
        return False
    if not rules.may_be_told(_traffic(sender, at)):
        return False
    outbox.put([Letter("stranger_notice", sender, language_of(raw, sender))], at=at)
    return True


def tell_contributor(raw: RawMail, mail: ParsedMail, ticket: Ticket, *, at: datetime) -> bool:
    """Say once, to somebody whom we do not know on this ticket, that their mail came in, and nothing else."""
    sender = mail.sender.lower()
    if not _may_answer(raw, mail) or _was_told(sender, None, kind="contribution_received", ticket=ticket):
        return False
    lately = OutgoingMail.objects.filter(recipient=sender, created_at__gt=at - rules.WINDOW, automatic=True)
    if lately.count() >= rules.MOST_NOTICES:
        return False
    outbox.put([Letter("contribution_received", sender, language_of(raw, sender), ticket_id=ticket.pk)], at=at)
    return True


def tell_of_refused_files(ticket: Ticket, refused: list[Refused], *, at: datetime) -> None:
    """Name each file that was not taken to the customer, why, and another way; nothing if all were."""
    customer = ticket.customer
    if refused:
        data = {"files": [[file.name, str(file.code), file.member] for file in refused]}
        letter = Letter(
            "files_refused", customer.email, customer.language, data, ticket_id=ticket.pk, customer_id=customer.pk
        )
        outbox.put([letter], at=at)


def tell_of_note(ticket: Ticket, user: User, *, at: datetime) -> None:
    """Say to somebody at the desk who answered a notification that nobody but the desk reads it."""
    outbox.put([Letter("staff_note_kept", user.email, user.language, ticket_id=ticket.pk)], at=at)


def language_of(raw: RawMail, sender: str) -> str:
    """The language of a customer's mail is theirs; a stranger's what their message says of itself, else the desk's."""
    known = Customer.objects.alias(address=Lower("email")).filter(address=sender, erased_at=None)
    if language := known.values_list("language", flat=True).first():
        return languages.closest(language)
    with raw.file.open("rb") as file:
        headers = BytesHeaderParser().parsebytes(file.read(HEADER_BYTES))
    said = [str(headers.get(name, "")) for name in ("Content-Language", "Accept-Language")]
    first = rules.first_of([entry for value in said for entry in value.split(",")])
    return languages.closest(first) if first else settings.LANGUAGE_CODE


def _may_answer(raw: RawMail, mail: ParsedMail) -> bool:
    """The empty envelope sender asks for no answer (RFC 3834, section 2), and only who handed the mail over may know it.

    Where it is in doubt who wrote, the answer would go to somebody who did not.
    """
    return mail.may_auto_reply and raw.envelope_sender != "" and not matching.is_doubtful(mail)


def _was_told(recipient: str, since: datetime | None, **which: object) -> bool:
    told = OutgoingMail.objects.filter(recipient=recipient, **which)
    return (told if since is None else told.filter(created_at__gt=since)).exists()


def _traffic(sender: str, at: datetime) -> Traffic:
    """Mail of no ticket within the window, with the one that is looked at."""
    domain = sender.rpartition("@")[2]
    lately = RawMail.objects.set_aside().filter(reason=Reason.NO_TICKET, received_at__gt=at - rules.WINDOW)
    counted = lately.aggregate(overall=Count("pk"), of_domain=Count("pk", filter=Q(sender__endswith=f"@{domain}")))
    return Traffic(counted["overall"] + 1, counted["of_domain"] + 1)
