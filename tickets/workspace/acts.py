"""What agents do on a ticket. Each view fetches, calls one function of the lifecycle, and answers.

What the desk's rules refuse comes back with the reason, and with everything that was typed.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tickets import lifecycle
from tickets.attachments.models import Attachment
from tickets.audit.actor import Actor
from tickets.desk.models import Ticket
from tickets.desk.statuses import Status
from tickets.errors import DeskError, NotAllowed, Stale
from tickets.escalation.models import EscalationTier
from tickets.promises.models import Promise
from tickets.replies import actions as replies
from tickets.workspace import handover, uploads
from tickets.workspace.access import agent_of, working
from tickets.workspace.forms import (
    CHANGES,
    EndPromiseForm,
    HandBackForm,
    HandOverForm,
    NoteForm,
    PromiseForm,
    ReplyForm,
)
from tickets.workspace.pages import desk_page
from tickets.workspace.ticket import Composer, find, show, tickets
from tickets.workspace.words import ready_in_words

REFUSED = 422
"""The page comes back because something has to be put right."""

CONFLICT = 409


def _tickets(request: HttpRequest) -> QuerySet[Ticket]:
    """Tickets that this user may read, with as much as a change needs to know."""
    return Ticket.objects.visible_to(request.user).select_related("customer", "category", "tier")


def _back_to(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """The ticket's page; or the queue, for whoever has just given a restricted case out of their hands."""
    if Ticket.objects.visible_to(request.user).filter(pk=ticket.pk).exists():
        return redirect("admin:ticket", ticket.reference)
    return redirect("admin:queue")


# --- Writing ----------------------------------------------------------------------------------------------------------


@require_POST
@working
def reply(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer the customer. With the button ``insert`` nothing is sent: a ready answer is put behind what is typed."""
    ticket, at = find(reference, tickets(request.user)), timezone.now()
    form = ReplyForm(request.POST, request.FILES)
    form.full_clean()
    files = uploads.receive(form, at)
    if "insert" in request.POST:
        return _with_canned_reply(request, ticket, form, files, at)
    if form.is_valid():
        try:
            lifecycle.reply(
                ticket,
                text=form.cleaned_data["text"],
                status=Status(form.cleaned_data["status"]),
                language=ticket.customer.language,
                files=files,
                seen=form.cleaned_data["seen"],
                by=Actor.of(request.user),
                at=at,
            )
        except Stale:
            return _conflict(request, reference, form, files, at)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your answer is on its way to the customer."))
            return _back_to(request, ticket)
    return show(request, ticket, at=at, composer=Composer(reply=form, waiting=files), status=REFUSED)


def _with_canned_reply(
    request: HttpRequest, ticket: Ticket, form: ReplyForm, files: Sequence[Attachment], at: datetime
) -> HttpResponse:
    """The page again, with the chosen text behind what was typed. Nothing is judged yet."""
    ready = _chosen(request, ticket, request.POST.get("canned", ""))
    typed = form.data.get("text", "").rstrip()
    text = "\n\n".join(part for part in (typed, ready.text if ready else "") if part)
    initial = {name: form.data.get(name, "") for name in ("seen", "status", "kept")}
    composer = Composer(reply=ReplyForm(initial={**initial, "text": text}), waiting=files, ready=ready)
    return show(request, ticket, at=at, composer=composer)


def _conflict(
    request: HttpRequest, reference: str, form: ReplyForm, files: Sequence[Attachment], at: datetime
) -> HttpResponse:
    """Somebody wrote in the meantime: what is new is marked, the text is kept, sending it again is one press away."""
    ticket = find(reference, tickets(request.user))
    seen = form.cleaned_data["seen"]
    form.data["seen"] = ticket.last_message_id  # type: ignore[index]
    return show(
        request, ticket, at=at, composer=Composer(reply=form, waiting=files), unseen_since=seen, status=CONFLICT
    )


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
    return _back_to(request, ticket)


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


# --- One press --------------------------------------------------------------------------------------------------------


def _press(act: Callable[..., object], said: Callable[[], str]) -> Callable[..., HttpResponse]:
    """A view for a button that needs no words: ``act(ticket, by=…, at=…)``; a refusal is shown on the ticket's page."""

    @require_POST
    @working
    def view(request: HttpRequest, reference: str) -> HttpResponse:
        ticket = find(reference, _tickets(request))
        try:
            act(ticket, by=Actor.of(request.user), at=timezone.now())
        except DeskError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, said())
        return _back_to(request, ticket)

    return view


resolve = _press(lifecycle.resolve, lambda: _("The ticket is resolved. The customer is asked whether it really is."))
reopen = _press(lifecycle.reopen, lambda: _("The ticket is open again."))
close = _press(lifecycle.close, lambda: _("The ticket is closed."))


@require_POST
@working
def take(request: HttpRequest, reference: str) -> HttpResponse:
    """The signed-in agent takes the case."""
    ticket, agent = find(reference, _tickets(request)), agent_of(request.user)
    if agent is None:
        messages.error(request, _("Only an agent can take a case. You are not one yet; a lead can make you one."))
    else:
        lifecycle.assign(ticket, to=agent, by=Actor.of(request.user), at=timezone.now())
        messages.success(request, _("The case is yours."))
    return _back_to(request, ticket)


@require_POST
@working
def follow(request: HttpRequest, reference: str) -> HttpResponse:
    """The signed-in agent hears of what becomes of the case; with the button ``stop``, no longer."""
    ticket, agent = find(reference, _tickets(request)), agent_of(request.user)
    if agent is None:
        messages.error(request, _("Only an agent can follow a case. You are not one yet; a lead can make you one."))
    elif "stop" in request.POST:
        lifecycle.stop_following(ticket, agent=agent)
        messages.success(request, _("You no longer follow this case."))
    else:
        lifecycle.follow(ticket, agent=agent)
        messages.success(request, _("You follow this case: you hear when it is escalated or solved."))
    return _back_to(request, ticket)


# --- A page of its own ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@working
def change(request: HttpRequest, reference: str) -> HttpResponse:
    """Assignee, status, priority and category; the hidden ``what`` names the form that was sent."""
    ticket = find(reference, _tickets(request))
    bound = CHANGES.get(request.POST.get("what", ""))
    changes = [form(ticket, request.POST) if form is bound else form(ticket) for form in CHANGES.values()]
    sent = next((form for form in changes if form.is_bound), None)
    if sent and sent.is_valid() and _done(sent, lambda: sent.apply(by=Actor.of(request.user), at=timezone.now())):
        messages.success(request, _("The ticket was changed."))
        return _back_to(request, ticket)
    context = {"ticket": ticket, "changes": changes, "form": sent}
    return _page(request, "admin/ticket_change.html", context, _("Change the ticket"), sent)


@require_http_methods(["GET", "POST"])
@working
def promise(request: HttpRequest, reference: str) -> HttpResponse:
    """Put on record what we owe the customer."""
    ticket, at = find(reference, _tickets(request)), timezone.now()
    form = PromiseForm(request.POST or None)
    made = lambda: lifecycle.promise(ticket, **form.cleaned_data, by=Actor.of(request.user), at=at)  # noqa: E731
    if form.is_valid() and _done(form, made):
        messages.success(request, _("The promise is on record, and the customer is told."))
        return _back_to(request, ticket)
    return _page(request, "admin/ticket_promise.html", {"ticket": ticket, "form": form}, _("Promise something"), form)


@require_http_methods(["GET", "POST"])
@working
def keep_promise(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Say that a promise was kept, and how we know; or withdraw it, with the reason. The button says which."""
    ticket = find(reference, _tickets(request))
    owed = get_object_or_404(Promise.objects.select_related("ticket"), pk=pk, ticket=ticket)
    form, by, at = EndPromiseForm(request.POST or None), Actor.of(request.user), timezone.now()

    def end() -> None:
        words = form.cleaned_data["words"]
        if "withdraw" in request.POST:
            lifecycle.withdraw_promise(owed, by=by, at=at, reason=words)
        else:
            lifecycle.keep_promise(owed, by=by, at=at, evidence=words)

    if form.is_valid() and _done(form, end):
        messages.success(request, _("That is on record."))
        return _back_to(request, ticket)
    context = {"ticket": ticket, "form": form, "promise": owed}
    return _page(request, "admin/ticket_keep_promise.html", context, _("End a promise"), form)


@require_http_methods(["GET", "POST"])
@working
def escalate(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand the case to a higher tier, with a note that saves the customer from telling it again."""
    ticket = find(reference, _tickets(request))
    above = EscalationTier.objects.filter(level__gt=ticket.tier.level).order_by("level")
    form = HandOverForm(above, request.POST or None, initial=handover.begun(ticket, timezone.now()))
    said = _("The case was handed over, and the customer is told who has it now.")
    return _hand_over(request, ticket, form, lifecycle.escalate, _("Escalate"), said)


@require_http_methods(["GET", "POST"])
@working
def hand_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Give the case to a lower tier again."""
    ticket = find(reference, _tickets(request))
    below = EscalationTier.objects.filter(level__lt=ticket.tier.level).order_by("-level")
    form = HandBackForm(below, request.POST or None, initial=handover.begun(ticket, timezone.now()))
    return _hand_over(request, ticket, form, lifecycle.hand_back, _("Hand back"), _("The case was handed back."))


def _hand_over(
    request: HttpRequest, ticket: Ticket, form: HandOverForm, act: Callable[..., object], title: str, said: str
) -> HttpResponse:
    by, at = Actor.of(request.user), timezone.now()
    if form.is_valid() and _done(
        form, lambda: act(ticket, to=form.cleaned_data["tier"], note=form.note(), by=by, at=at)
    ):
        messages.success(request, said)
        return _back_to(request, ticket)
    nowhere = not form.fields["tier"].queryset.exists()  # type: ignore[attr-defined]
    context = {"ticket": ticket, "form": form, "nowhere": nowhere}
    return _page(request, "admin/ticket_hand_over.html", context, title, form)


def _done(form: forms.BaseForm, act: Callable[[], Any]) -> bool:
    """Whether the desk's rules let it happen; if not, the form says why."""
    try:
        act()
    except DeskError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], title: str, form: forms.BaseForm | None
) -> HttpResponse:
    return desk_page(request, template, context, title=title, status=REFUSED if form and form.errors else 200)
