"""Saying whether a proposed solution worked from the signed link in the mail: without signing in.

Opening the link changes nothing, because mail scanners open every link; the buttons on the page do.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portal.signed_links import opened_by
from portal.solutions.forms import AnswerForm
from tickets import lifecycle
from tickets.audit.actor import Actor, ActorKind
from tickets.desk import attempts
from tickets.desk.models import Attempt
from tickets.errors import NotAllowed


def _attempt(token: str) -> tuple[Attempt] | None:
    reference, number = attempts.read(token)
    found = Attempt.objects.filter(ticket__reference=reference, number=number, ticket__customer__erased_at=None)
    attempt = found.select_related("ticket__customer", "ticket__assignee__user").first()
    return (attempt,) if attempt else None


from_link = opened_by(_attempt, "portal/solutions/closed.html")


@from_link
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str, attempt: Attempt) -> HttpResponse:
    """Both buttons; with ``?failed`` the one that was pressed in the mail comes first."""
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        try:
            lifecycle.answer_attempt(
                attempt,
                worked=form.worked,
                comment=form.cleaned_data["comment"],
                by=_by(attempt),
                at=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("solutions:thanks", token=token)
    context = {
        "form": form,
        "attempt": attempt,
        "ticket": attempt.ticket,
        "failed_first": "failed" in request.GET,
        "days": attempts.VALID_DAYS,
    }
    return render(request, "portal/solutions/answer.html", context)


@from_link
@require_safe
def thanks(request: HttpRequest, token: str, attempt: Attempt) -> HttpResponse:
    if attempt.outcome == Attempt.Outcome.WAITING:
        return redirect("solutions:answer", token=token)
    context = {"attempt": attempt, "ticket": attempt.ticket, "token": token, "now": timezone.now()}
    return render(request, "portal/solutions/thanks.html", context)


@from_link
@require_http_methods(["GET", "HEAD", "POST"])
def solved(request: HttpRequest, token: str, attempt: Attempt) -> HttpResponse:
    """It worked, and with that everything is solved."""
    if request.method == "POST":
        try:
            lifecycle.confirm_solved(attempt.ticket, by=_by(attempt), at=timezone.now())
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
    return redirect("solutions:thanks", token=token)


def _by(attempt: Attempt) -> Actor:
    return Actor(ActorKind.CUSTOMER, attempt.ticket.customer.user_id)
