"""Rating a resolution from the signed link in the mail: without signing in, and as often as one changes one's mind."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portal.feedback.forms import RatingForm
from portal.signed_links import opened_by
from tickets import lifecycle
from tickets.audit.actor import Actor, ActorKind
from tickets.desk.models import Ticket
from tickets.errors import NotAllowed
from tickets.ratings import links
from tickets.ratings.models import Rating

LOW = 2
"""From here down we ask whether something is still wrong."""


def _resolution(token: str) -> tuple[Ticket, int] | None:
    reference, cycle = links.read(token)
    ticket = Ticket.objects.select_related("customer").filter(reference=reference, customer__erased_at=None).first()
    return (ticket, cycle) if ticket else None


from_link = opened_by(_resolution, "portal/feedback/closed.html")


@from_link
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str, ticket: Ticket, cycle: int) -> HttpResponse:
    form = RatingForm(request.POST or None, initial=_given(ticket, cycle))
    if form.is_valid():
        by = Actor(ActorKind.CUSTOMER, ticket.customer.user_id)
        try:
            lifecycle.rate(ticket, cycle=cycle, **form.cleaned_data, by=by, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("feedback:thanks", token=token)
    return render(request, "portal/feedback/rate.html", {"form": form, "ticket": ticket, "days": links.VALID_DAYS})


@from_link
@require_safe
def thanks(request: HttpRequest, token: str, ticket: Ticket, cycle: int) -> HttpResponse:
    given = Rating.objects.filter(ticket=ticket, cycle=cycle).first()
    if given is None:
        return redirect("feedback:rate", token=token)
    return render(
        request, "portal/feedback/thanks.html", {"ticket": ticket, "token": token, "is_low": given.stars <= LOW}
    )


def _given(ticket: Ticket, cycle: int) -> dict[str, Any]:
    """What the customer said before, to be changed."""
    given = Rating.objects.filter(ticket=ticket, cycle=cycle).first()
    return {"stars": given.stars, "comment": given.comment} if given else {}
