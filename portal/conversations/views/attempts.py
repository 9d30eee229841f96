"""Whether what we proposed worked, in one click."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.conversations.access import for_customers, signed_in
from portal.conversations.tickets import find_ticket
from portal.solutions.forms import OutcomeForm
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.errors import DeskError
from tickets.people.models import Customer


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def answer_attempt(request: HttpRequest, customer: Customer, reference: str, number: int) -> HttpResponse:
    ticket = find_ticket(signed_in(request), reference)
    page = reverse("conversations:case", args=[ticket.reference])
    attempt = get_object_or_404(ticket.attempts.select_related("ticket"), number=number)
    form = OutcomeForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect(f"{page}#attempt-{number}")
    try:
        lifecycle.answer_attempt(attempt, worked=form.worked, by=Actor.of(request.user), at=timezone.now())
    except DeskError as refusal:
        messages.error(request, str(refusal))
        return redirect(page)
    if form.worked:
        messages.success(request, _("Good to hear that it worked. Is everything solved now?"))
        return redirect(page)
    messages.success(request, _("Thank you. We look for something else. Tell us below what happened, if you like."))
    return redirect(f"{page}#reply")
