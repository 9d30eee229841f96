"""One request: where it stands, what we owe, what was said, and what the customer can do about it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.conversations import drafts
from portal.conversations.access import for_customers, signed_in
from portal.conversations.forms import AskForm, ReplyForm
from portal.conversations.outlook import outlook
from portal.conversations.thread import interleaved, messages_of
from portal.conversations.tickets import find_ticket
from portal.outages import notice
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.models import Attempt, Message, Ticket
from tickets.desk.statuses import Status
from tickets.errors import DeskError
from tickets.lifecycle.resolution import CLOSES_AFTER
from tickets.moments import moment_in_zone
from tickets.people.models import Customer
from tickets.ratings import links

Send = Callable[..., Message | None]


@require_safe
@for_customers
def case(request: HttpRequest, customer: Customer, reference: str) -> HttpResponse:
    ticket = find_ticket(signed_in(request), reference)
    if ticket.reference != reference:
        return redirect("conversations:case", ticket.reference)
    return _page(request, ticket, _form(ticket, initial={"seen": ticket.last_message_id}), at=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def reply(request: HttpRequest, customer: Customer, reference: str) -> HttpResponse:
    """Write again; on a solved request this opens it again, on a closed one it opens another that is linked."""
    return _write(request, reference, lifecycle.receive_customer_message)


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def reopen(request: HttpRequest, customer: Customer, reference: str) -> HttpResponse:
    """Say why it is not solved."""
    return _write(request, reference, lifecycle.reopen)


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def confirm_solved(request: HttpRequest, customer: Customer, reference: str) -> HttpResponse:
    ticket = find_ticket(signed_in(request), reference)
    if request.method == "POST":
        try:
            lifecycle.confirm_solved(ticket, by=Actor.of(request.user), at=timezone.now())
        except DeskError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Thank you for telling us that it is solved."))
    return redirect("conversations:case", ticket.reference)


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def ask(request: HttpRequest, customer: Customer, reference: str) -> HttpResponse:
    """Ask for somebody more senior."""
    ticket, at = find_ticket(signed_in(request), reference), timezone.now()
    asking = AskForm(request.POST)
    if request.method != "POST":
        return redirect("conversations:case", ticket.reference)
    if asking.is_valid():
        try:
            asked = lifecycle.ask_for_escalation(ticket, **asking.cleaned_data, by=Actor.of(request.user), at=at)
        except DeskError as refusal:
            asking.add_error(None, str(refusal))
        else:
            due = moment_in_zone(asked.answer_by, at)
            messages.success(
                request, _("A team lead reads the whole case and writes to you by %(time)s.") % {"time": due}
            )
            return redirect("conversations:case", ticket.reference)
    form = _form(ticket, initial={"seen": ticket.last_message_id})
    return _page(request, ticket, form, at=at, asking=asking)


def _write(request: HttpRequest, reference: str, send: Send) -> HttpResponse:
    """Keep the files first, then judge, then send. A page that comes back has the text and the files that were taken."""
    ticket = find_ticket(signed_in(request), reference)
    if request.method != "POST":
        # A page that came back with mistakes has this address; reloading it, or changing its language, leads here.
        return redirect("conversations:case", ticket.reference)
    now = timezone.now()
    form = _form(ticket, request.POST)
    draft = drafts.reply_to(ticket)
    if "remove" in request.POST:
        if draft:
            drafts.remove_file(draft, request.POST["remove"])
        return _page(request, ticket, _form(ticket, initial=request.POST.dict()), at=now)
    uploads = request.FILES.getlist("files")
    if uploads:
        draft = draft or drafts.start_reply(ticket, at=now)
        form.refuse(drafts.keep_files(draft, uploads, at=now))
    if form.is_valid():
        try:
            message = _send_once(request, ticket, form, send, at=now)
        except DeskError as refusal:
            form.add_error(None, str(refusal))
        else:
            if message and message.ticket_id != ticket.pk:
                return redirect("conversations:sent", message.ticket.reference)
            messages.success(request, _("Your message was sent."))
            return redirect("conversations:case", ticket.reference)
    return _page(request, ticket, form, at=now)


def _send_once(request: HttpRequest, ticket: Ticket, form: ReplyForm, send: Send, *, at: datetime) -> Message | None:
    """Send, unless the first of two clicks has sent it already; the second waits for the ticket's lock until then."""
    text, seen = form.cleaned_data["text"], form.cleaned_data["seen"]
    with transaction.atomic():
        locked = Ticket.objects.select_for_update().get(pk=ticket.pk)
        repeated = locked.messages.filter(pk__gt=seen or 0, author=request.user.pk, text=text)
        if seen is not None and repeated.exists():
            return None
        draft = drafts.reply_to(ticket)
        message = send(ticket, text=text, by=Actor.of(request.user), at=at, files=drafts.files(draft))
        if draft:
            draft.delete()
    return message


def _form(ticket: Ticket, *args: Any, **kwargs: Any) -> ReplyForm:
    label = _("Write to us")
    hint = _("In any language; we answer in yours.")
    if ticket.status == Status.RESOLVED:
        label = _("What is not solved yet?")
        hint = _("Your message opens the request again, and the same people read it.")
    elif ticket.status == Status.CLOSED:
        hint = _("This request is closed. Your message opens a new one that is linked to it.")
    elif ticket.assignee:
        label = _("Write to %(name)s") % {"name": ticket.assignee.user.get_short_name()}
    return ReplyForm(*args, label=label, hint=hint, **kwargs)


def _newest_attempt(thread: Iterable[Message]) -> Attempt | None:
    """The last solution that was proposed: what the top of the page asks about."""
    proposed = [attempt for message in thread for attempt in message.attempts.all()]
    return max(proposed, key=lambda attempt: attempt.number, default=None)


def _page(
    request: HttpRequest, ticket: Ticket, form: ReplyForm, *, at: datetime, asking: AskForm | None = None
) -> HttpResponse:
    record = lifecycle.history(ticket, at=at, for_customer=True)
    messages_read = list(messages_of(ticket.pk, signed_in(request)))
    kept_files = drafts.files(drafts.reply_to(ticket))
    context = {
        "ticket": ticket,
        "form": form,
        "kept_files": kept_files,
        "kept": drafts.what_is_kept(kept_files),
        "outlook": outlook(ticket, at=at),
        "outage": notice(ticket.outage, at=at) if ticket.outage else None,
        "promises": ticket.promises.select_related("made_by", "owner__user").order_by("due_at", "pk"),
        "thread": interleaved(messages_read, record),
        "newest_attempt": _newest_attempt(messages_read),
        "record": record,
        "asked": ticket.escalation_requests.order_by("-at", "-pk").first(),
        "asking": asking or AskForm(),
        "lead_answers_by": lifecycle.escalation_answer_due(ticket, at=at),
        "answers": ticket.answers.select_related("field"),
        "follow_ups": ticket.follow_ups.order_by("created_at"),
        "closes_at": ticket.resolved_at + CLOSES_AFTER if ticket.resolved_at else None,
        "rating": ticket.ratings.order_by("-cycle").first() if ticket.is_done else None,
        "rating_token": links.token(ticket.reference, ticket.reopened_count + 1) if ticket.is_done else "",
        "now": at,
    }
    return render(request, "portal/conversations/case.html", context)
