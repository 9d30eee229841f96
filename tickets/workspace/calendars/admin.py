"""Opening hours and holidays: where the pages of a calendar hang in the admin, and who may open them."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tickets import moments
from tickets.calendars.models import Calendar
from tickets.people.models import Agent
from tickets.sla.models import SLAClock, SLAPolicy
from tickets.workspace.admins import DeskAdmin
from tickets.workspace.calendars import page as calendar_page
from tickets.workspace.calendars import review as calendar_review


@admin.register(Calendar)
class CalendarAdmin(DeskAdmin):
    list_display = ["name", "time_zone", "holidays_of", "holidays_reviewed_until"]
    may_delete = True

    @admin.display(description=gettext_lazy("public holidays"), empty_value="–")
    def holidays_of(self, calendar: Calendar) -> str:
        return calendar_review.place(calendar)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/holidays/", view(self.place), name="calendar_place"),
            path("<int:pk>/holidays/<int:year>/", view(self.holidays), name="calendar_holidays"),
            *super().get_urls(),
        ]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """None: a calendar is deleted on its own page, which says what still goes by it."""
        return {}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return calendar_page.add(request, lambda calendar, message: self.log_addition(request, calendar, message))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        calendar = self._find(object_id)
        may_change = self.has_change_permission(request, calendar)
        if not (may_change or self.has_view_permission(request, calendar)):
            raise PermissionDenied
        if request.method != "POST":
            return calendar_page.show(request, calendar, may_change=may_change)
        if "try" in request.POST:
            return calendar_page.try_it(request, calendar, may_change=may_change)
        if not may_change:
            raise PermissionDenied
        return calendar_page.save(request, calendar, self._log(request))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Django asks whether one is sure; what is in use is refused before, with the reason."""
        calendar = self._find(object_id)
        if self.has_delete_permission(request, calendar) and (reason := in_use(calendar)):
            messages.error(request, reason)
            return redirect("admin:tickets_calendar_change", calendar.pk)
        return super().delete_view(request, object_id, extra_context)

    def place(self, request: HttpRequest, pk: int) -> HttpResponse:
        return calendar_review.choose_place(request, self._to_change(request, pk), self._log(request))

    def holidays(self, request: HttpRequest, pk: int, year: int) -> HttpResponse:
        return calendar_review.review(request, self._to_change(request, pk), year, self._log(request))

    def _to_change(self, request: HttpRequest, pk: int) -> Calendar:
        calendar = self._find(pk)
        if not self.has_change_permission(request, calendar):
            raise PermissionDenied
        return calendar

    def _find(self, pk: str | int) -> Calendar:
        if not str(pk).isdecimal():
            raise Http404
        return get_object_or_404(Calendar.objects.with_hours(), pk=pk)

    def _log(self, request: HttpRequest) -> Callable[[Calendar, list[dict[str, Any]]], object]:
        return lambda calendar, message: self.log_change(request, calendar, message)


def in_use(calendar: Calendar) -> str:
    """Why the calendar cannot be deleted: what goes by it, in a sentence; "" where nothing does."""
    values: dict[str, Any] = {"calendar": calendar.name}
    policies = list(SLAPolicy.objects.filter(calendar=calendar)[:5])
    if policies:
        values["policies"] = moments.enumeration(f"“{policy.name}”" for policy in policies)
        return (
            _(
                "“%(calendar)s” cannot be deleted: SLA policies go by it, such as %(policies)s. "
                "Give them other business hours first."
            )
            % values
        )
    if agents := Agent.objects.filter(calendar=calendar).count():
        sentence = ngettext(
            "“%(calendar)s” cannot be deleted: %(number)s agent works by it. Give them other working hours first.",
            "“%(calendar)s” cannot be deleted: %(number)s agents work by it. Give them other working hours first.",
            agents,
        )
        return sentence % {**values, "number": number_format(agents)}
    if SLAClock.objects.filter(calendar=calendar).exists():
        return _("“%(calendar)s” cannot be deleted: deadlines on record were worked out by it.") % values
    return ""
