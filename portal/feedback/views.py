"""Rating a resolution from the signed link in the mail: without signing in, and as often as one changes one's mind."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature, SignatureExpired
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.feedback.forms import RatingForm
from tickets import lifecycle
from tickets.audit.actor import Actor, ActorKind
from tickets.desk.models import Ticket
from tickets.errors import NotAllowed
from tickets.ratings import links
from tickets.ratings.models import Rating

LOW = 2
"""From here down we ask whether something is still wrong."""


def from_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the link's ticket and resolution to the view; a page that says why where the link does not hold."""

    @login_not_required
    # The address is the key to the page, so nobody else's site may see it.
    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            reference, cycle = links.read(token)
        except SignatureExpired:
            return render(request, "portal/feedback/closed.html", {"expired": True}, status=410)
        except BadSignature:
            return render(request, "portal/feedback/closed.html", status=404)
        ticket = Ticket.objects.select_related("customer").filter(reference=reference, customer__erased_at=None).first()
        if ticket is None:
            return render(request, "portal/feedback/closed.html", {"expired": True}, status=410)
        return view(request, token, ticket, cycle)

    return opened


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
