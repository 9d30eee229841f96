"""Forgetting a customer (GDPR article 17). Statistics, times and amounts stay; nothing says any more whose they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Field, Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.attachments import actions as attachments
from tickets.attachments.models import Attachment
from tickets.audit import actions as audit
from tickets.audit.actions import Trail
from tickets.audit.actor import Actor
from tickets.audit.models import AuditEntry
from tickets.desk.models import PendingReply, Ticket
from tickets.errors import NotAllowed
from tickets.outbox.models import MailState, OutgoingMail
from tickets.people.models import Customer, User
from tickets.privacy.erase import blank, is_stored_file
from tickets.privacy.inventory import addresses, any_of, personal_fields, reached
from tickets.promises.models import Promise
from tickets.search.models import SearchDocument

BY_HAND = (Attachment, AuditEntry, OutgoingMail, PendingReply)
"""Blanked by more than an UPDATE of their personal fields."""

Rows = Mapping[type[Model], QuerySet[Model]]


def erase(customer: Customer, *, by: Actor, at: datetime) -> None:
    """Blank everything personal about the customer, in our tables and in those of the packages we use.

    One transaction; stored files go after its commit. Erasing again is harmless, and catches what came in since. Raises
    NotAllowed, with the reason to show, while something is still owed or under way.
    """
    with transaction.atomic():
        customer = (
            Customer.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=customer.pk)
        )
        # The record of a ticket is written under the ticket's lock.
        tickets = list(Ticket.objects.select_for_update(of=("self",)).filter(customer=customer).order_by("pk"))
        _refuse(customer, tickets, at=at)
        known_addresses = addresses(customer)
        # Keys first: what is found by an address would not be found any more once that is blank.
        rows = {
            model: model._default_manager.filter(
                pk__in=list(model._default_manager.filter(reach.of(customer)).values_list("pk", flat=True))
            )
            for model, reach in reached().items()
        }
        # Nothing in their place: a blank answer would be sent.
        rows[PendingReply].delete()
        for model, found in rows.items():
            if model not in BY_HAND:
                _blank(found)
        for attachment in cast(QuerySet[Attachment], rows[Attachment]):
            attachments.erase(attachment)
        _erase_mail(rows[OutgoingMail], known_addresses)
        _erase_traces(rows)
        _close_account(customer.user, known_addresses)
        _record(tickets, by=by, at=at)
        if customer.erased_at is None:
            Customer.objects.filter(pk=customer.pk).update(erased_at=at)


def _refuse(customer: Customer, tickets: list[Ticket], *, at: datetime) -> None:
    if customer.user is not None and customer.user.is_staff:
        raise NotAllowed(_("This customer works at the desk. Take the right to sign in as staff away first."))
    active = sum(not ticket.is_done for ticket in tickets)
    if active:
        message = ngettext(
            "%(count)s request of this customer is not solved yet. Bring it to its end first.",
            "%(count)s requests of this customer are not solved yet. Bring them to their end first.",
            active,
        )
        raise NotAllowed(message % {"count": active})
    owed = Promise.objects.owed().filter(ticket__customer=customer).count()
    if owed:
        message = ngettext(
            "We still owe this customer %(count)s promise. Keep or withdraw it first.",
            "We still owe this customer %(count)s promises. Keep or withdraw them first.",
            owed,
        )
        raise NotAllowed(message % {"count": owed})
    # The worker would write what it just rendered over what was just blanked.
    if OutgoingMail.objects.filter(customer=customer, state=MailState.SENDING, lease_until__gt=at).exists():
        raise NotAllowed(_("A mail to this customer is being sent at this moment. Try again in a few minutes."))


def _blank(found: QuerySet[Model]) -> None:
    fields = personal_fields(found.model)
    stored = [field for field in fields if is_stored_file(field)]
    for row in found if stored else ():
        _remove_files(row, stored)
    values = {field.attname: "" if field in stored else blank(field) for field in fields}
    if values:
        found.update(**values)


def _remove_files(row: Model, fields: Iterable[Field[Any, Any]]) -> None:
    """After the commit, so that an erasure that fails loses nothing."""
    for file in (getattr(row, field.attname) for field in fields):
        if file.name:
            transaction.on_commit(partial(file.storage.delete, file.name))


def _erase_mail(mails: QuerySet[Model], known_addresses: list[str]) -> None:
    """What was not sent yet never is. Mail to staff about the customer's ticket keeps the address of the staff."""
    unsent = mails.filter(state__in=[MailState.QUEUED, MailState.SENDING, MailState.HELD])
    unsent.update(state=MailState.FAILED, held_because="", lease_until=None)
    values = {field.attname: blank(field) for field in personal_fields(OutgoingMail)}
    recipient = values.pop("recipient")
    theirs = Q(customer__isnull=False) | any_of("recipient__iexact", known_addresses)
    mails.filter(theirs).update(recipient=recipient)
    mails.update(**values)


def _erase_traces(rows: Rows) -> None:
    """What speaks of our rows without a key to them: the search index, under the name of the model, and the admin's log.

    That staff changed something stays; what it was called, and which lines were named, goes.
    """
    for model, found in rows.items():
        keys = [str(key) for key in found.values_list("pk", flat=True)]
        SearchDocument.objects.filter(kind=model._meta.model_name, object_id__in=keys).delete()
        entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model), object_id__in=keys)
        entries.update(object_repr="", change_message="")


def _close_account(user: User | None, known_addresses: list[str]) -> None:
    """Nobody can sign in any more, and nothing tells who once tried to."""
    attempts = any_of("username__iexact", known_addresses)
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        model.objects.filter(attempts).delete()
    if user is None:
        return
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    # A session says in its sealed text whose it is; there is no other way than to read them all.
    theirs = [row.pk for row in Session.objects.all().iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=theirs).delete()
    User.objects.filter(pk=user.pk).update(is_active=False)


def _record(tickets: list[Ticket], *, by: Actor, at: datetime) -> None:
    keys = [ticket.pk for ticket in tickets]
    audit.erase(keys, at=at)
    told = set(AuditEntry.objects.filter(ticket__in=keys, code="erased").values_list("ticket_id", flat=True))
    trails = [Trail(key, by, at) for key in keys if key not in told]
    for trail in trails:
        trail.note("erased")
    audit.write(trails)
