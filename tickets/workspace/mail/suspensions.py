"""Addresses that get no automatic mail: why, since when, and the button that lets it go there again."""

from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from tickets.audit.actor import Actor
from tickets.desk.models import Ticket
from tickets.outbox import suspensions
from tickets.outbox.models import Suspension
from tickets.workspace.access import may_work
from tickets.workspace.admins import ReadOnlyAdmin

MAY_OVERRULE: Final = "tickets.change_suspension"


def may_lift(user: Any, suspension: Suspension) -> bool:
    """Agents hear from customers that an address works again. Writing to who called our mail spam is for leads to decide."""
    if suspension.cause == Suspension.Cause.COMPLAINED:
        return user.has_perm(MAY_OVERRULE)
    return may_work(user) or user.has_perm(MAY_OVERRULE)


@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """The button on a ticket's page; back to it, or to the list."""
    suspension = get_object_or_404(Suspension, pk=pk)
    if not may_lift(request.user, suspension):
        raise PermissionDenied(_("Your role does not include this. Whoever runs the desk can give it to you."))
    if suspensions.lift(suspension.address, by=Actor.of(request.user), at=timezone.now()):
        messages.success(request, _("Automatic mail goes there again. What was held back in the last days leaves now."))
    ticket = Ticket.objects.visible_to(request.user).filter(reference=request.POST.get("ticket", "")).first()
    return redirect("admin:ticket", ticket.reference) if ticket else redirect("admin:tickets_suspension_changelist")


@admin.register(Suspension)
class SuspensionAdmin(ReadOnlyAdmin):
    list_display = ["address", "cause", "since", "detail", "lifted_at", "lifted_by"]
    list_display_links = None
    list_filter = ["cause", ("lifted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["lifted_by"]
    search_fields = ["address__istartswith"]
    search_help_text = gettext_lazy("The beginning of an address")
    actions = ["write_again"]

    def has_work_permission(self, request: HttpRequest) -> bool:
        return may_work(request.user) or request.user.has_perm(MAY_OVERRULE)

    @admin.action(description=gettext_lazy("Write there again"), permissions=["work"])
    def write_again(self, request: HttpRequest, chosen: QuerySet[Suspension]) -> None:
        by, at = Actor.of(request.user), timezone.now()
        mine = [row for row in chosen if row.lifted_at is None and may_lift(request.user, row)]
        number = sum(suspensions.lift(row.address, by=by, at=at) for row in mine)
        said = ngettext(
            "Automatic mail goes to %(number)s address again.",
            "Automatic mail goes to %(number)s addresses again.",
            number,
        )
        messages.success(request, said % {"number": number})
