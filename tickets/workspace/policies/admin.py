"""What is promised to whom, and how fast: where the pages of an SLA policy hang in the admin, and who may open them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from tickets.sla.models import SLAPolicy
from tickets.workspace.admins import DeskAdmin
from tickets.workspace.policies import page as sla_page


@admin.register(SLAPolicy)
class SLAPolicyAdmin(DeskAdmin):
    """Tried in the order of their places; the first that fits a ticket applies. Every edit is a version."""

    list_display = ["name", "position", "active", "calendar", "version"]
    list_filter = ["active"]
    list_select_related = ["calendar"]
    ordering = ["position"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/move/", view(self.move), name="sla_move"),
            path("<int:pk>/what-if/<int:replay>/", view(self.cases), name="sla_cases"),
            *super().get_urls(),
        ]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """None: policies are changed one by one, and never deleted."""
        return {}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return sla_page.add(request, self._log(request))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        policy = self._find(object_id)
        may_change = self.has_change_permission(request, policy)
        if not (may_change or self.has_view_permission(request, policy)):
            raise PermissionDenied
        if request.method != "POST":
            return sla_page.show(request, policy, may_change=may_change)
        if not may_change:
            raise PermissionDenied
        return sla_page.save(request, policy, self._log(request))

    @method_decorator(require_POST)
    def move(self, request: HttpRequest, pk: int) -> HttpResponse:
        policy = self._find(pk)
        if not self.has_change_permission(request, policy):
            raise PermissionDenied
        return sla_page.move(request, policy, self._log(request))

    def cases(self, request: HttpRequest, pk: int, replay: int) -> HttpResponse:
        policy = self._find(pk)
        if not self.has_view_permission(request, policy):
            raise PermissionDenied
        return sla_page.cases(request, policy, replay)

    def _find(self, pk: str | int) -> SLAPolicy:
        if not str(pk).isdecimal():
            raise Http404
        return get_object_or_404(SLAPolicy.objects.select_related("calendar"), pk=pk)

    def _log(self, request: HttpRequest) -> sla_page.Log:
        return lambda policy, message: self.log_change(request, policy, message)
