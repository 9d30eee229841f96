"""Customers who ask for somebody more senior: what leads have to answer, the one that is due first on top."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
from tickets.escalation.models import EscalationRequest, EscalationTier
from tickets.people.need_to_know import need_to_know
from tickets.workspace import due
from tickets.workspace.access import entitled
from tickets.workspace.due import Due
from tickets.workspace.forms import RequestAnswerForm
from tickets.workspace.ladder import handover
from tickets.workspace.pages import desk_page

ROWS: Final = 25
MAY_ANSWER: Final = "tickets.change_escalationrequest"


def waiting(user: Any) -> QuerySet[EscalationRequest]:
    """Those nobody has answered, of cases that this user may read."""
    return EscalationRequest.objects.filter(need_to_know(user, "ticket__"), answered_at=None).order_by(
        "answer_by", "pk"
    )


@dataclass(frozen=True, slots=True)
class Row:
    request: EscalationRequest
    due: Due


@require_GET
@entitled(MAY_ANSWER)
def requests(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    found = waiting(request.user).select_related("ticket__customer", "ticket__tier", "ticket__assignee__user")
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "rows": _rows(list(page), at)}
    return desk_page(request, "admin/requests.html", context, title=_("Customers who ask for somebody more senior"))


def _rows(found: Sequence[EscalationRequest], at: datetime) -> list[Row]:
    return [Row(one, due.of_moment(one.answer_by, at)) for one in found]


@require_http_methods(["GET", "POST"])
@entitled(MAY_ANSWER)
def request_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to the customer; the button says whether the case is handed on as well."""
    at = timezone.now()
    readable = EscalationRequest.objects.filter(need_to_know(request.user, "ticket__"))
    asked = get_object_or_404(readable.select_related("ticket__customer", "ticket__tier", "answered_by"), pk=pk)
    tiers = EscalationTier.objects.filter(level__gt=asked.ticket.tier.level).order_by("level")
    accept = "accept" in request.POST
    form = RequestAnswerForm(tiers, request.POST or None, accept=accept, initial=handover.begun(asked.ticket, at))
    if form.is_valid() and _answered(asked, form, accept, Actor.of(request.user), at):
        return redirect("admin:ticket", asked.ticket.reference)
    context = {
        "asked": asked,
        "ticket": asked.ticket,
        "form": form,
        "due": due.of_moment(asked.answer_by, at),
        "top": not tiers.exists(),
    }
    status = 422 if form.errors else 200
    return desk_page(request, "admin/request_answer.html", context, title=_("Answer the customer"), status=status)


def _answered(asked: EscalationRequest, form: RequestAnswerForm, accept: bool, by: Actor, at: datetime) -> bool:
    note = form.note() if accept else None
    text, tier = form.cleaned_data["text"], form.cleaned_data["tier"]
    try:
        lifecycle.answer_escalation_request(asked, accept=accept, text=text, note=note, to=tier, by=by, at=at)
    except DeskError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
