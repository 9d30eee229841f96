"""What comes of something an agent does on a ticket: it happened, or the page comes back with the reason."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tickets.desk.models import Ticket
from tickets.errors import DeskError
from tickets.workspace.pages import desk_page

REFUSED: Final = 422
"""The page comes back because something has to be put right."""

CONFLICT: Final = 409


def tickets_to_change(request: HttpRequest) -> QuerySet[Ticket]:
    """Tickets that this user may read, with as much as a change needs to know."""
    return Ticket.objects.visible_to(request.user).select_related("customer", "category", "tier")


def back_to(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """The ticket's page; or the queue, for whoever has just given a restricted case out of their hands."""
    if Ticket.objects.visible_to(request.user).filter(pk=ticket.pk).exists():
        return redirect("admin:ticket", ticket.reference)
    return redirect("admin:queue")


def to_unsent(ticket: Ticket) -> HttpResponse:
    """The ticket's page, at the answer that can still be taken back: what comes next by Tab is the button for that."""
    return redirect(f"{reverse('admin:ticket', args=[ticket.reference])}#unsent")


def to_composer(ticket: Ticket) -> HttpResponse:
    """The ticket's page, in the text of the answer."""
    return redirect(f"{reverse('admin:ticket', args=[ticket.reference])}#id_text")


def done(form: forms.BaseForm, act: Callable[[], Any]) -> bool:
    """Whether the desk's rules let it happen; if not, the form says why."""
    try:
        act()
    except DeskError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def page(
    request: HttpRequest, template: str, context: dict[str, Any], title: str, form: forms.BaseForm | None
) -> HttpResponse:
    return desk_page(request, template, context, title=title, status=REFUSED if form and form.errors else 200)
