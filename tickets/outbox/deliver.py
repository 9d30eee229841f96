"""Handing mail to the mail server: each once, whatever happens to broker, worker or server.

A worker takes the row with one conditional UPDATE and has it to itself until the lease ends. If it dies, the lease runs
out and the sweep takes the row again. What is left is the moment between the server's "accepted" and our own record of
it: a worker that dies right there sends the mail again, word for word and with the same Message-ID, by which mailboxes
and providers tell that they have it already. No mail can be sent exactly once without the server's help; this is as
near as it gets, so nothing else may come between the two.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any, Final, Self

from anymail.backends.base import AnymailBaseBackend
from anymail.exceptions import AnymailError, AnymailInvalidAddress, AnymailRecipientsRefused
from anymail.message import AnymailStatus
from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce

from tickets.outbox import addresses, brakes, identifiers, rules, unsubscribing
from tickets.outbox.kinds import kind_of
from tickets.outbox.models import DeliveryEvent, Hold, MailState, OutgoingMail, Suspension
from tickets.outbox.render import render
from tickets.outbox.rules import BY_SERVER, BY_US

logger = logging.getLogger(__name__)

BATCH: Final = 50
ERROR_LENGTH: Final = OutgoingMail._meta.get_field("last_error").max_length
DETAIL_LENGTH: Final = DeliveryEvent._meta.get_field("detail").max_length
PROVIDER_ID_LENGTH: Final = OutgoingMail._meta.get_field("provider_id").max_length

SHUTTING_DOWN: Final = 421
"""A server's last words (RFC 5321, section 3.8): the next mail would fare no better."""

NO_ADDRESS: Final = "Nobody to send this to: there is no address, or the customer was erased."
NOT_SENT_BY_PROVIDER: Final = "The provider took the mail, and then could not send it."
NEVER_FINISHED: Final = "Each worker that tried to send this died, or took too long."


class Fate(Enum):
    """What became of one attempt."""

    NOT_OURS = auto()
    SENT = auto()
    SERVER_TROUBLE = auto()
    SET_ASIDE = auto()
    """Put off or failed for a reason of its own: the next mail may fare better."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a mail did not leave, as it goes on record: in whose words, with the server's code where it gave one."""

    text: str
    source: str = BY_US
    status: str = ""

    @classmethod
    def of(cls, error: Exception, source: str = BY_US) -> Self:
        text = f"{type(error).__name__}: {error}"
        return cls(text, source, rules.status_of(text) if source == BY_SERVER else "")


def deliver(mail_id: int, *, at: datetime) -> bool:
    """Send one mail if it is due and nobody else has it; True when the mail server took it.

    Raises nothing for what a mail server, an address or a template does: the row says what went wrong, and when it is
    tried again.
    """
    return _attempt(mail_id, at) is Fate.SENT


def deliver_waiting(*, at: datetime, limit: int = BATCH) -> int:
    """Send what a lost broker or a killed worker forgot, and what is due again; returns how many were sent.

    Stops when the mail server does not answer: every further mail would wait for it just as long.
    """
    waiting = OutgoingMail.objects.to_send(at).order_by("next_try_at", "pk").values_list("pk", flat=True)
    sent = 0
    for mail_id in list(waiting[:limit]):
        fate = _attempt(mail_id, at)
        if fate is Fate.SERVER_TROUBLE:
            break
        sent += fate is Fate.SENT
    return sent


def _attempt(mail_id: int, at: datetime) -> Fate:
    if not _take(mail_id, at):
        return Fate.NOT_OURS
    rows = OutgoingMail.objects.select_related("customer", "ticket__category", "ticket__customer", "message__author")
    mail = rows.get(pk=mail_id)
    if not mail.recipient or (mail.customer is not None and mail.customer.erased_at is not None):
        return _give_up(mail, at, Trouble(NO_ADDRESS))
    if mail.attempts > rules.attempts_allowed(short_lived=mail.confidential):
        return _give_up(mail, at, Trouble(NEVER_FINISHED))
    try:
        connection = get_connection()
    except Exception as error:
        # Settings that the backend refuses, such as a provider's token that is missing: the same for each mail.
        logger.exception("mail could not be written or sent", extra={"mail": mail.pk, "kind": mail.kind})
        return _put_off(mail, at, Trouble.of(error), Fate.SERVER_TROUBLE)
    try:
        return _send(mail, connection, at)
    finally:
        # How the server says goodbye changes nothing about the mail.
        with suppress(Exception):
            connection.close()


def _take(mail_id: int, at: datetime) -> bool:
    """The lease: of all who try, the database lets one through."""
    due = OutgoingMail.objects.to_send(at).filter(pk=mail_id)
    return bool(due.update(state=MailState.SENDING, lease_until=at + rules.LEASE, attempts=F("attempts") + 1))


def _send(mail: OutgoingMail, connection: BaseEmailBackend, at: datetime) -> Fate:
    try:
        if reason := brakes.why_held(mail, at=at):
            return _hold(mail, at, reason)
        _write(mail, at)
        message = _message(mail, connection)
        connection.open()
        message.send()
    except SoftTimeLimitExceeded:
        # The task's time is used up, whatever it was doing. The row waits like any other; the task ends.
        _put_off(mail, at, Trouble(NEVER_FINISHED), Fate.SERVER_TROUBLE)
        raise
    except (AnymailRecipientsRefused, AnymailInvalidAddress) as error:
        return _give_up(mail, at, Trouble(str(error), BY_SERVER))
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        return _refused(mail, at, *_answer(error))
    except (OSError, AnymailError) as error:
        # smtplib's exceptions are OSErrors, too. Their text names addresses: it belongs on the row, not in a log.
        logger.warning("mail server did not take a mail", extra={"mail": mail.pk, "error": type(error).__name__})
        return _put_off(mail, at, Trouble.of(error, BY_SERVER), Fate.SERVER_TROUBLE)
    except Exception as error:
        # A template or a fact that is not there: a fault of ours, for which the mail must not be lost.
        logger.exception("mail could not be written or sent", extra={"mail": mail.pk, "kind": mail.kind})
        return _put_off(mail, at, Trouble.of(error), Fate.SET_ASIDE)
    # What a provider says of the mail, where it goes through one.
    status = getattr(message, "anymail_status", AnymailStatus())
    if status.status == {"failed"}:
        return _give_up(mail, at, Trouble(NOT_SENT_BY_PROVIDER, BY_SERVER))
    _mark_sent(mail, at, _number(status)[:PROVIDER_ID_LENGTH])
    return Fate.SENT


def _number(status: AnymailStatus) -> str:
    """What the provider calls the mail; "" where it does not say.

    Several where its answer spells the recipient in another way than we did: the mail left all the same.
    """
    numbers = status.message_id if isinstance(status.message_id, set) else {status.message_id}
    return next((number for number in numbers if number), "")


def _answer(error: SMTPRecipientsRefused | SMTPDataError) -> tuple[int, str]:
    """What the server said to our one recipient, or to the mail itself."""
    if isinstance(error, SMTPDataError):
        code, words = error.smtp_code, error.smtp_error
    else:
        ((code, words),) = error.recipients.values()
    return code, f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"


def _refused(mail: OutgoingMail, at: datetime, code: int, answer: str) -> Fate:
    # Not the answer itself, which may name addresses.
    logger.warning("mail server refused a mail", extra={"mail": mail.pk, "code": code})
    trouble = Trouble(answer, BY_SERVER, rules.status_of(answer))
    if code == SHUTTING_DOWN:
        return _put_off(mail, at, trouble, Fate.SERVER_TROUBLE)
    if not rules.is_final(code, trouble.status):
        return _put_off(mail, at, trouble, Fate.SET_ASIDE)
    return _give_up(mail, at, trouble)


def _write(mail: OutgoingMail, at: datetime) -> None:
    """Put the mail into words, and keep them before they leave: a repeat is then the same mail."""
    if mail.rendered_at is None:
        render(mail, at=at)
        mail.save(update_fields=["subject", "text", "html", "rendered_at"])


def _message(mail: OutgoingMail, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    answers = identifiers.reply_address(mail.ticket_id, mail.pk)
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        addresses.sender(),
        [mail.recipient],
        reply_to=[answers],
        headers={"Message-ID": mail.rfc_message_id, "Content-Language": mail.language, **rules.thread(_earlier(mail))},
        connection=connection,
    )
    if not isinstance(connection, AnymailBaseBackend):
        # Whatever comes back over SMTP goes to the envelope's sender: an address that names the mail. Providers use one
        # of their own and tell us by webhook; some would take ours for the domain to send from, or refuse it.
        message.from_email = answers
        message.extra_headers["From"] = addresses.sender()
    if mail.automatic:
        kind = kind_of(mail)
        message.extra_headers |= rules.automatic_headers(
            kind.auto_submitted, loop=addresses.replies(), for_staff=kind.for_staff
        )
    message.extra_headers |= unsubscribing.headers(mail)
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def _earlier(mail: OutgoingMail) -> Sequence[str]:
    """Message-IDs of what this reader got about the same ticket, oldest first: staff and customer each have a thread."""
    if mail.ticket_id is None:
        return []
    sent = OutgoingMail.objects.filter(
        ticket=mail.ticket_id, recipient=mail.recipient, state__in=rules.LEFT, pk__lt=mail.pk
    )
    return list(sent.order_by("pk").values_list("rfc_message_id", flat=True))


# --- What the row says afterwards -------------------------------------------------------------------------------------


def _mark_sent(mail: OutgoingMail, at: datetime, provider_id: str) -> None:
    # Without a look at the lease: it was sent, whoever may have the row by now. A report may have been quicker.
    reported = When(state__in=rules.LEFT, then=F("state"))
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=Case(reported, default=Value(MailState.SENT)),
        sent_at=Coalesce("sent_at", at),
        provider_id=provider_id,
        lease_until=None,
        last_error="",
        **_without_secrets(mail),
    )


def _put_off(mail: OutgoingMail, at: datetime, trouble: Trouble, fate: Fate) -> Fate:
    pause = rules.pause_after(mail.attempts, seed=mail.pk, short_lived=mail.confidential)
    if pause is None:
        return _give_up(mail, at, trouble)
    values = {"state": MailState.QUEUED, "next_try_at": at + pause, "last_error": trouble.text[:ERROR_LENGTH]}
    if _update_if_ours(mail, **values):
        _put_on_record(mail, DeliveryEvent.Kind.PUT_OFF, at, trouble)
    return fate


def _give_up(mail: OutgoingMail, at: datetime, trouble: Trouble) -> Fate:
    values = {"state": MailState.FAILED, "last_error": trouble.text[:ERROR_LENGTH], **_without_secrets(mail)}
    if _update_if_ours(mail, **values):
        _put_on_record(mail, DeliveryEvent.Kind.FAILED, at, trouble)
        if rules.suspends(DeliveryEvent.Kind.FAILED, permanent=True, status=trouble.status):
            Suspension.objects.suspend(mail, Suspension.Cause.BOUNCED, detail=trouble.text[:DETAIL_LENGTH], at=at)
    return Fate.SET_ASIDE


def _hold(mail: OutgoingMail, at: datetime, reason: Hold) -> Fate:
    if _update_if_ours(mail, state=MailState.HELD, held_because=reason, attempts=0):
        _put_on_record(mail, DeliveryEvent.Kind.HELD, at, Trouble(""))
    return Fate.SET_ASIDE


def _without_secrets(mail: OutgoingMail) -> dict[str, Any]:
    """A sign-in code stays only as long as it is needed to send it."""
    return dict(rules.WITHOUT_SECRETS) if mail.confidential else {}


def _update_if_ours(mail: OutgoingMail, **values: Any) -> bool:
    """Nothing, when our lease ran out meanwhile: whoever took the row after us knows better how it fared."""
    ours = OutgoingMail.objects.filter(pk=mail.pk, state=MailState.SENDING, lease_until=mail.lease_until)
    return bool(ours.update(lease_until=None, **values))


def _put_on_record(mail: OutgoingMail, kind: DeliveryEvent.Kind, at: datetime, trouble: Trouble) -> None:
    DeliveryEvent.objects.create(
        mail=mail, kind=kind, at=at, source=trouble.source, status=trouble.status, detail=trouble.text[:DETAIL_LENGTH]
    )
