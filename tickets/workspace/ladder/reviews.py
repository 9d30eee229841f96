"""What the desk learns from escalations: each is reviewed by a lead once its ticket is closed."""

from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.errors import DeskError
from tickets.escalation.models import Escalation
from tickets.people.need_to_know import need_to_know
from tickets.workspace.access import entitled
from tickets.workspace.forms import ReviewForm
from tickets.workspace.pages import desk_page

ROWS: Final = 25
MAY_REVIEW: Final = "tickets.change_escalation"


def to_review(user: Any) -> QuerySet[Escalation]:
    """Of cases that this user may read, the oldest first."""
    found = lifecycle.escalations_to_review(by=Actor.of(user)).filter(need_to_know(user, "ticket__"))
    return found.order_by("at", "pk")


@require_GET
@entitled(MAY_REVIEW)
def reviews(request: HttpRequest) -> HttpResponse:
    found = to_review(request.user).select_related("ticket__customer", "from_tier", "to_tier", "by", "rule")
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    return desk_page(request, "admin/reviews.html", {"page": page}, title=_("Escalations to review"))


@require_http_methods(["GET", "POST"])
@entitled(MAY_REVIEW)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The button that is pressed is the verdict."""
    readable = Escalation.objects.filter(need_to_know(request.user, "ticket__"))
    related = (
        "ticket__customer",
        "from_tier",
        "to_tier",
        "from_agent__user",
        "to_agent__user",
        "by",
        "reviewed_by",
        "rule",
    )
    escalation = get_object_or_404(readable.select_related(*related), pk=pk)
    form = ReviewForm(request.POST or None, initial={"lesson": escalation.lesson})
    if form.is_valid() and _reviewed(request, escalation, form):
        return redirect("admin:reviews")
    context = {"escalation": escalation, "ticket": escalation.ticket, "form": form}
    status = 422 if form.errors else 200
    return desk_page(request, "admin/review.html", context, title=_("Review an escalation"), status=status)


def _reviewed(request: HttpRequest, escalation: Escalation, form: ReviewForm) -> bool:
    verdict = Escalation.Verdict.AVOIDABLE if "avoidable" in request.POST else Escalation.Verdict.JUSTIFIED
    lesson, by = form.cleaned_data["lesson"], Actor.of(request.user)
    try:
        lifecycle.review_escalation(escalation, verdict=verdict, lesson=lesson, by=by, at=timezone.now())
    except DeskError as refusal:
        form.add_error("lesson", str(refusal))
        return False
    return True
