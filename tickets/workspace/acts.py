"""What agents do on a ticket besides writing and promising. Each view fetches, calls one function of the lifecycle, and answers.

What the desk's rules refuse comes back with the reason, and with everything that was typed.
"""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.models import Ticket
from tickets.errors import DeskError
from tickets.escalation.models import EscalationTier
from tickets.workspace.access import agent_of, working
from tickets.workspace.forms import (
    CHANGES,
    HandBackForm,
    HandOverForm,
)
from tickets.workspace.ladder import handover
from tickets.workspace.outcomes import back_to, done, page, tickets_to_change
from tickets.workspace.ticket import find

# --- One press --------------------------------------------------------------------------------------------------------


def _press(act: Callable[..., object], said: Callable[[], str]) -> Callable[..., HttpResponse]:
    """A view for a button that needs no words: ``act(ticket, by=…, at=…)``; a refusal is shown on the ticket's page."""

    @require_POST
    @working
    def view(request: HttpRequest, reference: str) -> HttpResponse:
        ticket = find(reference, tickets_to_change(request))
        try:
            act(ticket, by=Actor.of(request.user), at=timezone.now())
        except DeskError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, said())
        return back_to(request, ticket)

    return view


resolve = _press(lifecycle.resolve, lambda: _("The ticket is resolved. The customer is asked whether it really is."))
reopen = _press(lifecycle.reopen, lambda: _("The ticket is open again."))
close = _press(lifecycle.close, lambda: _("The ticket is closed."))


@require_POST
@working
def take(request: HttpRequest, reference: str) -> HttpResponse:
    """The signed-in agent takes the case."""
    ticket, agent = find(reference, tickets_to_change(request)), agent_of(request.user)
    if agent is None:
        messages.error(request, _("Only an agent can take a case. You are not one yet; a lead can make you one."))
    else:
        lifecycle.assign(ticket, to=agent, by=Actor.of(request.user), at=timezone.now())
        messages.success(request, _("The case is yours."))
    return back_to(request, ticket)


@require_POST
@working
def follow(request: HttpRequest, reference: str) -> HttpResponse:
    """The signed-in agent hears of what becomes of the case; with the button ``stop``, no longer."""
    ticket, agent = find(reference, tickets_to_change(request)), agent_of(request.user)
    if agent is None:
        messages.error(request, _("Only an agent can follow a case. You are not one yet; a lead can make you one."))
    elif "stop" in request.POST:
        lifecycle.stop_following(ticket, agent=agent)
        messages.success(request, _("You no longer follow this case."))
    else:
        lifecycle.follow(ticket, agent=agent)
        messages.success(request, _("You follow this case: you hear when it is escalated or solved."))
    return back_to(request, ticket)


# --- A page of its own ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@working
def change(request: HttpRequest, reference: str) -> HttpResponse:
    """Assignee, status, priority and category; the hidden ``what`` names the form that was sent."""
    ticket = find(reference, tickets_to_change(request))
    bound = CHANGES.get(request.POST.get("what", ""))
    changes = [form(ticket, request.POST) if form is bound else form(ticket) for form in CHANGES.values()]
    sent = next((form for form in changes if form.is_bound), None)
    if sent and sent.is_valid() and done(sent, lambda: sent.apply(by=Actor.of(request.user), at=timezone.now())):
        messages.success(request, _("The ticket was changed."))
        return back_to(request, ticket)
    context = {"ticket": ticket, "changes": changes, "form": sent}
    return page(request, "admin/ticket_change.html", context, _("Change the ticket"), sent)


@require_http_methods(["GET", "POST"])
@working
def escalate(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand the case to a higher tier, with a note that saves the customer from telling it again."""
    ticket = find(reference, tickets_to_change(request))
    above = EscalationTier.objects.filter(level__gt=ticket.tier.level).order_by("level")
    form = HandOverForm(above, request.POST or None, initial=handover.begun(ticket, timezone.now()))
    said = _("The case was handed over, and the customer is told who has it now.")
    return _hand_over(request, ticket, form, lifecycle.escalate, _("Escalate"), said)


@require_http_methods(["GET", "POST"])
@working
def hand_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Give the case to a lower tier again."""
    ticket = find(reference, tickets_to_change(request))
    below = EscalationTier.objects.filter(level__lt=ticket.tier.level).order_by("-level")
    form = HandBackForm(below, request.POST or None, initial=handover.begun(ticket, timezone.now()))
    return _hand_over(request, ticket, form, lifecycle.hand_back, _("Hand back"), _("The case was handed back."))


def _hand_over(
    request: HttpRequest, ticket: Ticket, form: HandOverForm, act: Callable[..., object], title: str, said: str
) -> HttpResponse:
    by, at = Actor.of(request.user), timezone.now()
    if form.is_valid() and done(
        form, lambda: act(ticket, to=form.cleaned_data["tier"], note=form.note(), by=by, at=at)
    ):
        messages.success(request, said)
        return back_to(request, ticket)
    nowhere = not form.fields["tier"].queryset.exists()  # type: ignore[attr-defined]
    context = {"ticket": ticket, "form": form, "nowhere": nowhere}
    return page(request, "admin/ticket_hand_over.html", context, title, form)
