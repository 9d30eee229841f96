"""What somebody is writing: answers and files lie on the server from the first click, so that nothing is lost on the way.

A draft is a request to be (it has a category), or an answer to a ticket that could not be sent yet because of a file (it
names the ticket). ``answers`` holds what was typed, under the names of the form's fields, valid or not.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import BinaryIO, Final, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.attachments import actions as attachments
from tickets.attachments import limits, names, rules, texts
from tickets.attachments.codes import Code
from tickets.attachments.models import Attachment
from tickets.desk.models import Category, IntakeDraft, Ticket
from tickets.orders.models import OrderLine
from tickets.people.models import Customer

REPLY_TO: Final = "reply_to"


class GoneError(Exception):
    """The draft is no longer there: it was sent, perhaps by the first click of two, or discarded."""


# --- Requests that are being written ----------------------------------------------------------------------------------


def unsent(customer: Customer) -> QuerySet[IntakeDraft]:
    """Requests that the customer started and has not sent, the last touched first."""
    drafts = IntakeDraft.objects.filter(customer=customer, category__isnull=False)
    return drafts.select_related("category", "order_line__order").order_by("-updated_at")


def find(customer: Customer, draft_id: UUID, *, lock: bool = False) -> IntakeDraft:
    """The customer's own draft. Raises Http404 for somebody else's, and GoneError when there is none (any more).

    With ``lock``, inside a transaction, a second click waits here until the first has sent the draft, and finds it gone.
    """
    if lock:
        # By itself: PostgreSQL does not lock the far side of an outer join.
        IntakeDraft.objects.select_for_update().filter(customer=customer, pk=draft_id).first()
    draft = unsent(customer).filter(pk=draft_id).first()
    if draft is not None:
        return draft
    if IntakeDraft.objects.filter(pk=draft_id).exists():
        raise Http404
    raise GoneError


def start(customer: Customer, *, category: Category, order_line: OrderLine | None, at: datetime) -> IntakeDraft:
    return IntakeDraft.objects.create(customer=customer, category=category, order_line=order_line, updated_at=at)


def sort_anew(draft: IntakeDraft, *, category: Category, order_line: OrderLine | None, at: datetime) -> None:
    """The customer chose another product or topic; what was answered so far stays."""
    draft.category, draft.order_line, draft.updated_at = category, order_line, at
    draft.save(update_fields=["category", "order_line", "updated_at"])


def write_down(draft: IntakeDraft, answers: Mapping[str, str], *, at: datetime) -> None:
    """Keep what was typed, whether it is valid or not."""
    draft.answers = {**draft.answers, **answers}
    draft.updated_at = at
    draft.save(update_fields=["answers", "updated_at"])


def discard(draft: IntakeDraft) -> None:
    """Forget a draft with its files, stored contents included."""
    with transaction.atomic():
        for attachment in draft.attachments.all():
            attachments.erase(attachment)
        draft.delete()


# --- Answers that wait for a file -------------------------------------------------------------------------------------


def reply_to(ticket: Ticket) -> IntakeDraft | None:
    """What the customer began to answer on this ticket and could not send yet."""
    drafts = IntakeDraft.objects.filter(customer=ticket.customer_id, category=None)
    return drafts.filter(**{f"answers__{REPLY_TO}": ticket.reference}).first()


def start_reply(ticket: Ticket, *, at: datetime) -> IntakeDraft:
    return IntakeDraft.objects.create(customer=ticket.customer, answers={REPLY_TO: ticket.reference}, updated_at=at)


# --- Files ------------------------------------------------------------------------------------------------------------


def keep_files(draft: IntakeDraft, uploads: Iterable[UploadedFile], *, at: datetime) -> list[texts.Refusal]:
    """Judge each file and keep those that may come in; returns why the others may not, in the active language."""
    now = limits.current()
    kept = draft.attachments.aggregate(number=Count("pk"), size=Sum("size", default=0))
    refusals = []
    for number, upload in enumerate(uploads):
        name, size = upload.name or "", upload.size or 0
        crowded = rules.check_batch([size], kept["number"], now, kept["size"])
        if crowded != Code.ACCEPTED:
            refusals.append(texts.explain(crowded, names.safe_name(name), now))
            continue
        # A list of files is read in the order in which they were chosen.
        in_order = at + timedelta(microseconds=number)
        attachment, judged = attachments.receive(name, cast(BinaryIO, upload), limits=now, draft=draft, at=in_order)
        if attachment is None:
            refusals.append(texts.explain(judged.code, judged.safe_name, now, judged.member))
        else:
            kept = {"number": kept["number"] + 1, "size": kept["size"] + size}
    return refusals


def remove_file(draft: IntakeDraft, file_id: str) -> None:
    """Take a file off the draft; one that is not, or no longer, on it is no error."""
    try:
        attachment = draft.attachments.filter(pk=file_id).first()
    except ValidationError:  # no UUID
        return
    if attachment is not None:
        with transaction.atomic():
            attachments.erase(attachment)
            attachment.delete()


def files(draft: IntakeDraft | None) -> list[Attachment]:
    return list(draft.attachments.all()) if draft else []


def what_is_kept(kept: Sequence[Attachment]) -> str:
    """For the error summary: that nothing was lost."""
    if not kept:
        return _("Everything you typed is kept.")
    sentence = ngettext(
        "Everything you typed and %(count)s file are kept.",
        "Everything you typed and %(count)s files are kept.",
        len(kept),
    )
    return sentence % {"count": len(kept)}
