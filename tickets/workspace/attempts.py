"""What a customer said about a proposed solution, written down by an agent."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.workspace.access import working
from tickets.workspace.attempt_forms import OutcomeForm
from tickets.workspace.outcomes import back_to, done, page, tickets_to_change
from tickets.workspace.ticket import find


@require_http_methods(["GET", "POST"])
@working
def answer_attempt(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Whether it worked, as the customer told the agent."""
    ticket, at = find(reference, tickets_to_change(request)), timezone.now()
    attempt = get_object_or_404(ticket.attempts.select_related("ticket"), number=number)
    form = OutcomeForm(request.POST or None, initial={"outcome": attempt.outcome})

    def record() -> None:
        words = form.cleaned_data["words"]
        lifecycle.answer_attempt(attempt, worked=form.worked, comment=words, by=Actor.of(request.user), at=at)

    if form.is_valid() and done(form, record):
        messages.success(request, _("That is on record."))
        return back_to(request, ticket)
    context = {"ticket": ticket, "attempt": attempt, "form": form}
    return page(request, "admin/ticket_attempt.html", context, _("Did it work?"), form)
