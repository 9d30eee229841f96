"""Mail comes in: kept first, whatever it is, and read afterwards by a worker. What cannot be brought to a ticket is decided
by somebody at the desk."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.models import Category, Channel, Message, Ticket
from tickets.errors import NotAllowed
from tickets.inbox import matching, notices, rules
from tickets.inbox.filing import contents_of, file_as_contribution, file_as_customers, subject_of
from tickets.inbox.models import InboundState, RawMail, Reason
from tickets.inbox.parse import ParsedMail
from tickets.inbox.reading import described, is_automatic, read
from tickets.inbox.rules import Standing, fitting
from tickets.inbox.tasks import hand_over
from tickets.people.models import Customer

ADDRESS_LENGTH: Final = RawMail._meta.get_field("envelope_sender").max_length
EMAIL_LENGTH: Final = Customer._meta.get_field("email").max_length
NAME_LENGTH: Final = Customer._meta.get_field("name").max_length


def receive(
    raw: bytes,
    *,
    mailbox: str,
    at: datetime,
    envelope_sender: str | None = None,
    envelope_recipients: Sequence[str] = (),
    size: int | None = None,
) -> RawMail:
    """Keep a message as it came, and tell the workers after the commit.

    Once it returns (and the caller's transaction, if there is one, is committed), the message is safe, and whoever handed
    it over may forget it. The same bytes in the same mailbox are the same row again. ``envelope_sender`` is "" for the
    empty one (``<>``) and None where nobody told us. Raises only for trouble of ours (database, storage), never for what
    the message is: larger ones than ``INBOUND_MAX_BYTES`` are kept, too, and set aside unread. ``size`` is that of the whole
    message, in bytes, where ``raw`` is only its beginning.

    The file is written before the row, so that no row is without its message. A crash between the two leaves a file that
    nothing knows about; whoever handed the message over was told nothing, and hands it over again. That a message is here
    already is left to the database to find out: repeats are rare, and two may come in the same moment.
    """
    digest = hashlib.sha256(raw).hexdigest()
    mail = RawMail(
        mailbox=mailbox,
        sha256=digest,
        size=len(raw) if size is None else size,
        envelope_sender=None if envelope_sender is None else fitting(envelope_sender, ADDRESS_LENGTH),
        envelope_recipients=[fitting(recipient, ADDRESS_LENGTH) for recipient in envelope_recipients],
        received_at=at,
        next_try_at=at,
    )
    if mail.size > settings.INBOUND_MAX_BYTES:
        mail.state, mail.reason = InboundState.SET_ASIDE, Reason.TOO_LARGE
    mail.file.save("message", ContentFile(raw), save=False)
    try:
        with transaction.atomic():
            mail.save()
            if mail.state == InboundState.RECEIVED:
                # robust and a lambda: see tickets.outbox.actions.
                transaction.on_commit(lambda: hand_over(mail.pk), robust=True)
    except IntegrityError:
        # It has come before, or somebody else brings it in the same moment.
        _forget_file(mail)
        return RawMail.objects.get(mailbox=mailbox, sha256=digest)
    except Exception:
        _forget_file(mail)
        raise
    return mail


def _forget_file(mail: RawMail) -> None:
    # A file too many harms nobody, and the first trouble is the one to tell of.
    with suppress(Exception):
        mail.file.storage.delete(str(mail.file.name))


# --- What the desk decides about mail that was set aside --------------------------------------------------------------


def seems_the_customers(raw_mail: RawMail, mail: ParsedMail, ticket: Ticket) -> bool:
    """Whether a person wrote it from the customer's address, which no more than suggests that it was the customer."""
    return not is_automatic(raw_mail, mail) and matching.standing_of(mail, ticket) is Standing.CUSTOMER


def attach(raw_mail: RawMail, ticket: Ticket, *, by: Actor, at: datetime, as_customers: bool | None = None) -> Message:
    """Somebody at the desk knows which ticket it belongs to. Returns the message; its ticket may be a follow-up.

    ``as_customers`` says whether these are the customer's own words, with all that follows, or a contribution that nobody
    vouches for and that can be confirmed later; where nobody says, the customer's own address decides. Raises NotAllowed
    for mail that is not set aside (any more), is too large to be read, or would go to a customer who was erased.
    """
    mail = _read_aside(raw_mail)
    contents = contents_of(mail, at=at)
    with transaction.atomic():
        raw = _lock_aside(raw_mail)
        target = matching.where_it_leads(Ticket.objects.select_related("customer").get(pk=ticket.pk))
        _refuse_erased(target.customer)
        if seems_the_customers(raw, mail, target) if as_customers is None else as_customers:
            message = file_as_customers(target, contents, by=by, at=at)
        else:
            message = file_as_contribution(target, contents, automatic=is_automatic(raw, mail), by=by, at=at)
        _decide(raw, mail, by, at, state=InboundState.FILED, ticket=message.ticket, message=message)
    return message


def open_ticket(
    raw_mail: RawMail,
    *,
    category: Category,
    by: Actor,
    at: datetime,
    customer: Customer | None = None,
    subject: str = "",
    language: str = "",
) -> Ticket:
    """Somebody at the desk makes a request of it, which is acknowledged like any other.

    ``customer`` is whose it is; whoever has the sender's address where none is given, and a new customer where nobody has.
    ``subject`` is the message's own, and ``language`` the customer's, where none is given. Raises NotAllowed as ``attach``
    does, and for mail without a sender where no customer is given.
    """
    mail = _read_aside(raw_mail)
    contents = contents_of(mail, at=at)
    with transaction.atomic():
        raw = _lock_aside(raw_mail)
        whose = customer or _customer_who_wrote(raw, mail, at)
        _refuse_erased(whose)
        ticket = lifecycle.open_ticket(
            customer=whose,
            category=category,
            subject=subject or subject_of(mail),
            text=contents.text,
            by=by,
            at=at,
            language=language or whose.language,
            files=contents.files,
            channel=Channel.MAIL,
        )
        notices.tell_of_refused_files(ticket, contents.refused, at=at)
        _decide(raw, mail, by, at, state=InboundState.FILED, ticket=ticket, message=ticket.messages.get())
    return ticket


def discard(raw_mail: RawMail, *, by: Actor, at: datetime) -> None:
    """Nobody needs it. Kept as long as all inbound mail is. Raises NotAllowed for mail that is not set aside (any more)."""
    with transaction.atomic():
        raw = _lock_aside(raw_mail)
        _save(raw, state=InboundState.DISCARDED, reason="", decided_by_id=by.user_id, decided_at=at)


def read_again(raw_mail: RawMail, *, by: Actor, at: datetime) -> None:
    """Have it read once more, as if it had come in now; also what was discarded. Raises NotAllowed for mail that is neither
    set aside nor discarded (any more), or is too large to be read.
    """
    with transaction.atomic():
        raw = _lock_aside(raw_mail, InboundState.DISCARDED)
        _refuse_too_large(raw)
        again = {"attempts": 0, "next_try_at": at, "last_error": "", "decided_by_id": by.user_id, "decided_at": at}
        _save(raw, state=InboundState.RECEIVED, reason="", **again)
        transaction.on_commit(lambda: hand_over(raw.pk), robust=True)


def _read_aside(raw_mail: RawMail) -> ParsedMail:
    """Before the transaction, because reading takes time; whether it may be used is asked again under the lock."""
    _refuse_too_large(raw_mail)
    return read(raw_mail)


def _lock_aside(raw_mail: RawMail, *others: InboundState) -> RawMail:
    raw = RawMail.objects.select_for_update(of=("self",)).get(pk=raw_mail.pk)
    if raw.state not in (InboundState.SET_ASIDE, *others):
        raise NotAllowed(_("Somebody has decided about this message already."))
    return raw


def _refuse_too_large(raw_mail: RawMail) -> None:
    if raw_mail.size > settings.INBOUND_MAX_BYTES:
        raise NotAllowed(_("This message is too large to be read here."))


def _refuse_erased(customer: Customer) -> None:
    if customer.erased_at is not None:
        raise NotAllowed(_("This customer was erased. Nothing can be added to what is left of their requests."))


def _customer_who_wrote(raw: RawMail, mail: ParsedMail, at: datetime) -> Customer:
    address = rules.fitting(mail.sender, EMAIL_LENGTH)
    if not address:
        raise NotAllowed(_("The message does not say who wrote it. Choose a customer."))
    if known := Customer.objects.alias(address=Lower("email")).filter(address=address.lower()).first():
        return known
    return Customer.objects.create(
        name=rules.fitting(mail.sender_name, NAME_LENGTH) or address.partition("@")[0],
        email=address,
        language=notices.language_of(raw, address.lower()),
        time_zone=settings.DESK_TIME_ZONE,
        created_at=at,
    )


def _decide(raw: RawMail, mail: ParsedMail, by: Actor, at: datetime, **values: Any) -> None:
    """What could not be read before is described now, too."""
    read_as = described(mail, automatic=is_automatic(raw, mail))
    _save(raw, **read_as, **values, reason="", last_error="", decided_by_id=by.user_id, decided_at=at)


def _save(raw: RawMail, **values: Any) -> None:
    for name, value in values.items():
        setattr(raw, name, value)
    raw.save(update_fields=[name.removesuffix("_id") if name == "decided_by_id" else name for name in values])
