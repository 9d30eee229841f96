"""Tickets that the sweep could not work on: since when, how often, and what went wrong. They can be tried at once."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from tickets.people.need_to_know import need_to_know
from tickets.sla import failures
from tickets.sla.models import SweepFailure
from tickets.workspace.admins import AboutTicketsAdmin
from tickets.workspace.links import to_ticket

MAY_TRY_AGAIN = "tickets.change_sweepfailure"


def stumbled_over(user: Any) -> QuerySet[SweepFailure]:
    """Those that this reader may know of."""
    return SweepFailure.objects.filter(need_to_know(user, "ticket__"))


@admin.register(SweepFailure)
class SweepFailureAdmin(AboutTicketsAdmin):
    list_display = ["case", "first_at", "tries", "last_at", "next_try_at", "error"]
    list_display_links = None
    list_select_related = ["ticket"]
    actions = ["try_again"]
    for_agents = False

    @admin.display(description=gettext_lazy("ticket"))
    def case(self, failure: SweepFailure) -> str:
        return to_ticket(failure.ticket)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_TRY_AGAIN)

    @admin.action(description=gettext_lazy("Try again now"), permissions=["retry"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[SweepFailure]) -> None:
        at, number = timezone.now(), 0
        for failure in chosen:
            failures.try_again(failure, at=at)
            number += 1
        said = ngettext(
            "%(number)s ticket is tried again within a minute. It leaves this list when it works.",
            "%(number)s tickets are tried again within a minute. They leave this list when they work.",
            number,
        )
        messages.success(request, said % {"number": number})
