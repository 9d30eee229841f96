"""What agents do about promises: make one, say that it was kept or no longer holds, hand it over."""

from dataclasses import asdict
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.models import Ticket
from tickets.promises.models import Promise
from tickets.workspace.access import working
from tickets.workspace.outcomes import back_to, done, page, tickets_to_change
from tickets.workspace.promises.forms import EndPromiseForm, HandOverPromiseForm, PromiseForm
from tickets.workspace.ticket import find


def _owed(ticket: Ticket, pk: int) -> Promise:
    return get_object_or_404(Promise.objects.select_related("ticket"), pk=pk, ticket=ticket)


@require_http_methods(["GET", "POST"])
@working
def promise(request: HttpRequest, reference: str) -> HttpResponse:
    """Put on record what we owe the customer."""
    ticket, by, at = find(reference, tickets_to_change(request)), Actor.of(request.user), timezone.now()
    form = PromiseForm(ticket, request.POST or None, at=at)

    pledge = form.pledge if form.is_valid() else None
    if pledge and done(form, partial(lifecycle.promise, ticket, **asdict(pledge), by=by, at=at)):
        messages.success(request, _("The promise is on record, and the customer is told."))
        return back_to(request, ticket)
    return page(request, "admin/ticket_promise.html", {"ticket": ticket, "form": form}, _("Promise something"), form)


@require_http_methods(["GET", "POST"])
@working
def keep_promise(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Say that a promise was kept, and how we know; or withdraw it, with the reason. The button says which."""
    ticket = find(reference, tickets_to_change(request))
    owed = _owed(ticket, pk)
    form, by, at = EndPromiseForm(request.POST or None), Actor.of(request.user), timezone.now()

    def end() -> None:
        words = form.cleaned_data["words"]
        if "withdraw" in request.POST:
            lifecycle.withdraw_promise(owed, by=by, at=at, reason=words)
        else:
            lifecycle.keep_promise(owed, by=by, at=at, evidence=words)

    if form.is_valid() and done(form, end):
        messages.success(request, _("That is on record, and the customer is told."))
        return back_to(request, ticket)
    context = {"ticket": ticket, "form": form, "promise": owed}
    return page(request, "admin/ticket_keep_promise.html", context, _("End a promise"), form)


@require_http_methods(["GET", "POST"])
@working
def hand_over_promise(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Let somebody keep it whatever becomes of the case, so that this can be solved and closed."""
    ticket = find(reference, tickets_to_change(request))
    owed = _owed(ticket, pk)
    form, by, at = HandOverPromiseForm(request.POST or None), Actor.of(request.user), timezone.now()

    def hand_over() -> None:
        lifecycle.hand_over_promise(owed, to=form.cleaned_data["agent"], note=form.cleaned_data["note"], by=by, at=at)

    if form.is_valid() and done(form, hand_over):
        said = _("%(name)s keeps the promise from now on. The case can be solved.")
        messages.success(request, said % {"name": form.cleaned_data["agent"]})
        return back_to(request, ticket)
    context = {"ticket": ticket, "form": form, "promise": owed}
    return page(request, "admin/ticket_hand_over_promise.html", context, _("Hand a promise over"), form)
