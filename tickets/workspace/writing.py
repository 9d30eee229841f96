"""Answers and notes: what an agent writes on a ticket, and what goes with an answer.

What the desk's rules refuse comes back with the reason, and with everything that was typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tickets import lifecycle
from tickets.attachments.models import Attachment
from tickets.audit.actor import Actor
from tickets.desk.models import Message, PendingReply, Ticket
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed, Stale
from tickets.promises.rules import sounds_like_a_promise
from tickets.replies import actions as replies
from tickets.workspace import uploads
from tickets.workspace.access import working
from tickets.workspace.attempt_forms import AttemptForm
from tickets.workspace.composing import Composer
from tickets.workspace.forms import NoteForm, ReplyForm
from tickets.workspace.outcomes import CONFLICT, REFUSED, back_to, to_unsent
from tickets.workspace.promises.forms import PromiseForm
from tickets.workspace.ticket import find, show, tickets
from tickets.workspace.words import ready_in_words


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was sent: its text, its files, and the sections of the composer."""

    ticket: Ticket
    reply: ReplyForm
    promise: PromiseForm
    attempt: AttemptForm
    files: Sequence[Attachment]

    def is_valid(self) -> bool:
        """All sections say what is wrong with them at once."""
        sections = [form.is_valid() for form in (self.reply, self.promise, self.attempt)]
        return all(sections)

    def composer(self, *, asks: bool = False) -> Composer:
        return Composer(reply=self.reply, promise=self.promise, attempt=self.attempt, waiting=self.files, asks=asks)

    def sounds_like_a_promise(self) -> bool:
        """Whether the text promises something that would not be on record."""
        text: str = self.reply.cleaned_data["text"]
        return self.promise.pledge is None and sounds_like_a_promise(text, self.ticket.customer.language)

    def send(self, *, by: Actor, at: datetime) -> PendingReply | Message:
        return lifecycle.queue_reply(
            self.ticket,
            text=self.reply.cleaned_data["text"],
            status=Status(self.reply.cleaned_data["status"]),
            language=self.ticket.customer.language,
            files=self.files,
            seen=self.reply.cleaned_data["seen"],
            replaces=self.reply.cleaned_data["replaces"],
            promise=self.promise.pledge,
            attempt=self.attempt.proposal(),
            by=by,
            at=at,
        )


@require_POST
@working
def reply(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer the customer. With the button ``insert`` nothing is sent: a ready answer is put behind what is typed.

    An answer that sounds like a promise comes back once, unless it has one or the button was ``no_promise``.
    """
    ticket, at = find(reference, tickets(request.user)), timezone.now()
    form = ReplyForm(request.POST, request.FILES)
    form.full_clean()
    files = uploads.receive(form, at)
    if "insert" in request.POST:
        return _with_canned_reply(request, ticket, form, files, at)
    promise = PromiseForm(ticket, request.POST, at=at, in_composer=True)
    answer = Answer(ticket, form, promise, AttemptForm(replies.offered(ticket), request.POST), files)
    if not answer.is_valid():
        return show(request, ticket, at=at, composer=answer.composer(), status=REFUSED)
    if "no_promise" not in request.POST and answer.sounds_like_a_promise():
        return show(request, ticket, at=at, composer=answer.composer(asks=True), status=REFUSED)
    return _send(request, answer, at)


def _send(request: HttpRequest, answer: Answer, at: datetime) -> HttpResponse:
    try:
        sent = answer.send(by=Actor.of(request.user), at=at)
    except Stale:
        return _conflict(request, answer, at)
    except NotAllowed as refusal:
        answer.reply.add_error(None, str(refusal))
        return show(request, answer.ticket, at=at, composer=answer.composer(), status=REFUSED)
    if isinstance(sent, PendingReply):
        return to_unsent(answer.ticket)
    messages.success(request, _("Your answer is on its way to the customer."))
    return back_to(request, answer.ticket)


def _with_canned_reply(
    request: HttpRequest, ticket: Ticket, form: ReplyForm, files: Sequence[Attachment], at: datetime
) -> HttpResponse:
    """The page again, with the chosen text behind what was typed. Nothing is judged yet."""
    ready = _chosen(request, ticket, request.POST.get("canned", ""))
    typed = form.data.get("text", "").rstrip()
    text = "\n\n".join(part for part in (typed, ready.text if ready else "") if part)
    initial = {name: form.data.get(name, "") for name in ("seen", "status", "kept", "replaces")}
    composer = Composer(
        reply=ReplyForm(initial={**initial, "text": text}),
        promise=PromiseForm.as_typed(ticket, request.POST, at=at),
        attempt=AttemptForm.as_typed(replies.offered(ticket), request.POST),
        waiting=files,
        ready=ready,
    )
    return show(request, ticket, at=at, composer=composer)


def _conflict(request: HttpRequest, answer: Answer, at: datetime) -> HttpResponse:
    """Somebody wrote in the meantime: what is new is marked, the text is kept, sending it again is one press away."""
    ticket = find(answer.ticket.reference, tickets(request.user))
    seen = answer.reply.cleaned_data["seen"]
    answer.reply.data["seen"] = ticket.last_message_id  # type: ignore[index]
    return show(request, ticket, at=at, composer=answer.composer(), unseen_since=seen, status=CONFLICT)


@require_POST
@working
def note(request: HttpRequest, reference: str) -> HttpResponse:
    """Write something that only the desk reads."""
    ticket, at = find(reference, tickets(request.user)), timezone.now()
    form = NoteForm(request.POST, request.FILES)
    form.full_clean()
    files = uploads.receive(form, at)
    if not form.is_valid():
        return show(request, ticket, at=at, composer=Composer(note=form, waiting=files), status=REFUSED)
    lifecycle.add_note(
        ticket,
        text=form.cleaned_data["text"],
        language=request.user.language,  # type: ignore[union-attr]
        files=files,
        by=Actor.of(request.user),
        at=at,
    )
    messages.success(request, _("Your note is on record. The customer does not see it."))
    return back_to(request, ticket)


@require_GET
@working
def canned_reply(request: HttpRequest, reference: str) -> JsonResponse:
    """A ready answer for this ticket as ``{title, text, language, notes, gist}``; ``?reply=ID``. For static/js/canned.js."""
    ready = _chosen(request, find(reference, tickets(request.user)), request.GET.get("reply", ""))
    if ready is None:
        raise Http404
    words = {"title": ready.title, "text": ready.text, "language": ready.language, "gist": ready.gist}
    return JsonResponse({**words, "notes": ready_in_words(ready)})


def _chosen(request: HttpRequest, ticket: Ticket, pk: str) -> replies.Ready | None:
    offer = next((offer for offer in replies.offered(ticket) if str(offer.pk) == pk), None)
    return replies.ready(offer, ticket, agent=str(request.user), at=timezone.now()) if offer else None
