"""What is being written on a ticket's page, and how an answer that has not left comes back into it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.urls import reverse

from tickets.attachments.models import Attachment
from tickets.desk.models import PendingReply, Ticket
from tickets.lifecycle.pending.parts import pledge_of, proposal_of
from tickets.promises.rules import exceeds
from tickets.replies.actions import Ready
from tickets.replies.models import CannedReply
from tickets.workspace.attempt_forms import AttemptForm
from tickets.workspace.forms import NoteForm, ReplyForm
from tickets.workspace.promises.forms import PromiseForm


@dataclass(frozen=True, slots=True)
class Composer:
    """``waiting`` are files that came with an earlier try, ``ready`` what was just put in; ``asks`` is whether the text has
    to be looked at once more, because it sounds like a promise.
    """

    reply: ReplyForm | None = None
    promise: PromiseForm | None = None
    attempt: AttemptForm | None = None
    note: NoteForm | None = None
    waiting: Sequence[Attachment] = ()
    ready: Ready | None = None
    asks: bool = False


def of_draft(draft: PendingReply, ticket: Ticket, offered: Iterable[CannedReply], *, at: datetime) -> Composer:
    """Everything as it was when it was sent. Whoever sends it again has seen what stands on the page by then."""
    files = list(draft.files.all())
    reply = ReplyForm(
        initial={
            "text": draft.text,
            "status": draft.status,
            "seen": ticket.last_message_id,
            "kept": " ".join(str(file.pk) for file in files),
            "replaces": draft.pk,
        }
    )
    return Composer(reply, _promise(draft, ticket, at), _attempt(draft, offered), waiting=files)


def _promise(draft: PendingReply, ticket: Ticket, at: datetime) -> PromiseForm:
    pledge, order = pledge_of(draft), ticket.order
    if pledge is None:
        return PromiseForm(ticket, at=at, in_composer=True)
    confirmed = order is not None and exceeds(pledge, order.total, order.currency)
    return PromiseForm(ticket, at=at, in_composer=True, initial={**asdict(pledge), "above_total": confirmed})


def _attempt(draft: PendingReply, offered: Iterable[CannedReply]) -> AttemptForm:
    proposal = proposal_of(draft)
    if proposal is None:
        return AttemptForm(offered)
    article, canned_reply = proposal.article, proposal.canned_reply
    return AttemptForm(
        offered,
        initial={
            "step": proposal.step,
            "article": reverse("help:article", args=[article.slug]) if article else "",
            "canned_reply": str(canned_reply.pk) if canned_reply else "",
        },
    )
