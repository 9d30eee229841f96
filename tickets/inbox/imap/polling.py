"""Fetching mail from IMAP mailboxes: each message is kept here before it is touched there.

Killed anywhere, a poll goes on where it was: a message that we have is told by its digest, and only moved again. With a
folder for what is done, the mailbox itself says what there is to do, whatever went wrong before. Without one, messages
stay where they are, and the row remembers how far they were read.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django.conf import settings
from django.db.models import Q
from imapclient import IMAPClient

from tickets.inbox import actions
from tickets.inbox.imap.mailboxes import Address, addresses, connected
from tickets.inbox.models import Mailbox

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=5)
"""How long one worker has a mailbox to itself. Longer than a task may run."""

BATCH: Final = 25
"""So many messages are fetched, then moved together, then counted: a kill costs at most these a second look."""

MOST: Final = 500
"""So many messages in one poll: of a larger backlog the next one takes the rest, so that no task runs too long."""

PATIENCE: Final = 5
"""So many polls in a row may end at the same message, half an hour in all, before the others behind it have waited enough."""

LONGEST_PAUSE: Final = timedelta(minutes=30)
"""A mailbox that cannot be reached is asked less and less often, but at least this often."""

ERROR_LENGTH: Final = Mailbox._meta.get_field("last_error").max_length


class _NotHandedOver(Exception):
    """The server has a message and does not give it to us."""


def poll(name: str, *, at: datetime, most: int = MOST) -> int:
    """Take what a mailbox has; returns how many messages are left for another poll.

    Nothing (0) when another worker is at it, or when it is in trouble and has to be given time. What a server or a single
    message does is written down on the mailbox's row, and so is a disk that is full. A database that is gone raises.
    """
    address = addresses()[name]
    Mailbox.objects.get_or_create(name=name)
    if not _take(name, at):
        return 0
    mailbox = Mailbox.objects.get(name=name)
    try:
        with connected(address) as client:
            left = _fetch_all(client, address, mailbox, at, most)
    except (OSError, IMAPClient.Error, _NotHandedOver) as error:
        logger.warning("mailbox could not be read", extra={"mailbox": name, "error": type(error).__name__})
        _put_off(mailbox, f"{type(error).__name__}: {error}", at)
        return 0
    _finish(mailbox, at)
    return left


def _take(name: str, at: datetime) -> bool:
    """The lease: of all who try, the database lets one through."""
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    due = Q(next_poll_at=None) | Q(next_poll_at__lte=at)
    return bool(Mailbox.objects.filter(free, due, name=name).update(lease_until=at + LEASE, finished_at=None))


def _fetch_all(client: IMAPClient, address: Address, mailbox: Mailbox, at: datetime, most: int) -> int:
    uids = _new(client, address, mailbox)
    _count(mailbox, total=len(uids), done=0, failed=0)
    for batch in _batches(uids[:most], BATCH):
        kept = _keep_all(client, address, mailbox, batch, at)
        if address.done:
            _move(client, kept, address.done)
        _count(mailbox, done=mailbox.done + len(batch), failed=mailbox.failed + len(batch) - len(kept))
    # A poll that got nowhere is not repeated at once.
    return len(uids[most:]) if mailbox.failed < mailbox.done else 0


def _keep_all(client: IMAPClient, address: Address, mailbox: Mailbox, uids: Sequence[int], at: datetime) -> list[int]:
    """Store messages, and say which may be moved. One that the server does not hand over stops no other: with a folder for
    what is done it stays where it is, and is asked for again. Without one, that would be forgotten: so we come back to it
    some times first, and then leave a note in its place.
    """
    kept = []
    for uid in uids:
        try:
            _keep(client, uid, mailbox, at)
        except _NotHandedOver as refusal:
            _count(mailbox, last_error=str(refusal)[:ERROR_LENGTH])
            if not address.done and mailbox.failures < PATIENCE:
                raise
            if not address.done:
                actions.receive(_note(uid, mailbox.name, refusal), mailbox=mailbox.name, at=at)
        else:
            kept.append(uid)
        if not address.done:
            _count(mailbox, cursor=uid)
    return kept


def _note(uid: int, mailbox: str, refusal: Exception) -> bytes:
    """Stands among the mail that was set aside, for whoever can look into the mailbox."""
    return f"Subject: Message {uid} in the mailbox {mailbox} could not be fetched\n\n{refusal}\n".encode()


def _new(client: IMAPClient, address: Address, mailbox: Mailbox) -> Sequence[int]:
    """UIDs of what we have not seen to, oldest first."""
    validity = client.select_folder(address.folder)[b"UIDVALIDITY"]
    if address.done and not client.folder_exists(address.done):
        client.create_folder(address.done)
    if validity != mailbox.uid_validity:
        # Another mailbox by the same name: its numbers say nothing about what we have, our digests do.
        _count(mailbox, uid_validity=validity, cursor=0)
    if address.done:
        return sorted(client.search(["UNDELETED"]))
    # "5:*" also names the last message when that is the fourth (RFC 9051, section 9, seq-range).
    return sorted(uid for uid in client.search(["UID", f"{mailbox.cursor + 1}:*"]) if uid > mailbox.cursor)


def _keep(client: IMAPClient, uid: int, mailbox: Mailbox, at: datetime) -> None:
    """Store one message; of one that is larger than we take, its header, for somebody to decide. Raises _NotHandedOver."""
    try:
        size = client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE", 0)
        what = "HEADER" if size > settings.INBOUND_MAX_BYTES else ""
        # Peeking leaves it unread for people who look into the mailbox, too.
        raw = client.fetch([uid], [f"BODY.PEEK[{what}]"]).get(uid, {}).get(f"BODY[{what}]".encode())
    except IMAPClient.AbortError:
        raise
    except IMAPClient.Error as error:
        raise _NotHandedOver(f"Message {uid}: {error}") from error
    # Else somebody moved or deleted it since we asked.
    if raw is not None:
        actions.receive(raw, mailbox=mailbox.name, at=at, size=size if what else None)


def _move(client: IMAPClient, uids: Sequence[int], folder: str) -> None:
    if not uids:
        return
    if client.has_capability("MOVE"):
        client.move(uids, folder)
        return
    client.copy(uids, folder)
    client.delete_messages(uids)
    if client.has_capability("UIDPLUS"):
        client.uid_expunge(uids)
    # Without it, an expunge would also take what somebody else has marked: the server does it when it likes.


def _batches(uids: Iterable[int], size: int) -> Iterator[list[int]]:
    rest = iter(uids)
    while batch := list(islice(rest, size)):
        yield batch


# --- What the row says ------------------------------------------------------------------------------------------------


def _count(mailbox: Mailbox, **values: object) -> None:
    for name, value in values.items():
        setattr(mailbox, name, value)
    mailbox.save(update_fields=values)


def _finish(mailbox: Mailbox, at: datetime) -> None:
    error = mailbox.last_error if mailbox.failed else ""
    _count(mailbox, polled_at=at, finished_at=at, lease_until=None, failures=0, next_poll_at=None, last_error=error)


def _put_off(mailbox: Mailbox, reason: str, at: datetime) -> None:
    failures = mailbox.failures + 1
    pause = min(timedelta(minutes=2 ** min(failures - 1, 10)), LONGEST_PAUSE)
    _count(mailbox, lease_until=None, failures=failures, next_poll_at=at + pause, last_error=reason[:ERROR_LENGTH])
