"""Mail comes in: kept first, whatever it is, and read afterwards by a worker."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from tickets.inbox.models import InboundState, RawMail, Reason
from tickets.inbox.rules import fitting
from tickets.inbox.tasks import hand_over

ADDRESS_LENGTH: Final = RawMail._meta.get_field("envelope_sender").max_length


def receive(
    raw: bytes,
    *,
    mailbox: str,
    at: datetime,
    envelope_sender: str | None = None,
    envelope_recipients: Sequence[str] = (),
) -> RawMail:
    """Keep a message as it came, and tell the workers after the commit.

    Once it returns (and the caller's transaction, if there is one, is committed), the message is safe, and whoever handed
    it over may forget it. The same bytes in the same mailbox are the same row again. ``envelope_sender`` is "" for the
    empty one (``<>``) and None where nobody told us. Raises only for trouble of ours (database, storage), never for what
    the message is: larger ones than ``INBOUND_MAX_BYTES`` are kept, too, and set aside unread.

    The file is written before the row, so that no row is without its message. A crash between the two leaves a file that
    nothing knows about; whoever handed the message over was told nothing, and hands it over again.
    """
    digest = hashlib.sha256(raw).hexdigest()
    if known := RawMail.objects.filter(mailbox=mailbox, sha256=digest).first():
        return known
    mail = RawMail(
        mailbox=mailbox,
        sha256=digest,
        size=len(raw),
        envelope_sender=None if envelope_sender is None else fitting(envelope_sender, ADDRESS_LENGTH),
        envelope_recipients=[fitting(recipient, ADDRESS_LENGTH) for recipient in envelope_recipients],
        received_at=at,
        next_try_at=at,
    )
    if len(raw) > settings.INBOUND_MAX_BYTES:
        mail.state, mail.reason = InboundState.SET_ASIDE, Reason.TOO_LARGE
    mail.file.save("message", ContentFile(raw), save=False)
    try:
        with transaction.atomic():
            mail.save()
            if mail.state == InboundState.RECEIVED:
                # robust and a lambda: see tickets.outbox.actions.
                transaction.on_commit(lambda: hand_over(mail.pk), robust=True)
    except IntegrityError:
        # Somebody else brought the same message in the same moment.
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
