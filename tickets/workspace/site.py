"""The desk: Django's admin with a start page, a queue and a ticket page of its own."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache


class DeskSite(AdminSite):
    site_header = "Sportello"
    site_title = gettext_lazy("Sportello desk")
    index_title = pgettext_lazy("navigation", "Home")
    # The header has the ways that people need; the whole list of models is behind "Settings".
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # Views import models; the site itself is imported before those are there.
        from tickets.workspace import (
            acts,
            attempts,
            files,
            notifications,
            pending,
            queue,
            settings_page,
            ticket,
            writing,
        )
        from tickets.workspace.inbox import contributions
        from tickets.workspace.ladder import requests, reviews
        from tickets.workspace.mail import deliveries, previews, suspensions
        from tickets.workspace.outages import pages as outages
        from tickets.workspace.promises import acts as promising

        view = self.admin_view
        return [
            path("queue/", view(queue.queue), name="queue"),
            path("queue/assign/", view(queue.assign), name="queue_assign"),
            path("ticket/<str:reference>/", view(ticket.ticket), name="ticket"),
            path("ticket/<str:reference>/reply/", view(writing.reply), name="ticket_reply"),
            path("ticket/<str:reference>/unsent/<int:pk>/take-back/", view(pending.take_back), name="ticket_take_back"),
            path("ticket/<str:reference>/unsent/<int:pk>/discard/", view(pending.discard), name="ticket_discard_reply"),
            path("ticket/<str:reference>/note/", view(writing.note), name="ticket_note"),
            path(
                "ticket/<str:reference>/message/<int:pk>/confirm/",
                view(contributions.confirm),
                name="ticket_confirm_contribution",
            ),
            path("ticket/<str:reference>/canned/", view(writing.canned_reply), name="canned_reply"),
            path("ticket/<str:reference>/take/", view(acts.take), name="ticket_take"),
            path("ticket/<str:reference>/follow/", view(acts.follow), name="ticket_follow"),
            path("ticket/<str:reference>/change/", view(acts.change), name="ticket_change"),
            path("ticket/<str:reference>/attempt/<int:number>/", view(attempts.answer_attempt), name="ticket_attempt"),
            path("ticket/<str:reference>/promise/", view(promising.promise), name="ticket_promise"),
            path("ticket/<str:reference>/promise/<int:pk>/", view(promising.keep_promise), name="ticket_keep_promise"),
            path(
                "ticket/<str:reference>/promise/<int:pk>/hand-over/",
                view(promising.hand_over_promise),
                name="ticket_hand_over_promise",
            ),
            path("ticket/<str:reference>/escalate/", view(acts.escalate), name="ticket_escalate"),
            path("ticket/<str:reference>/hand-back/", view(acts.hand_back), name="ticket_hand_back"),
            path("ticket/<str:reference>/resolve/", view(acts.resolve), name="ticket_resolve"),
            path("ticket/<str:reference>/reopen/", view(acts.reopen), name="ticket_reopen"),
            path("ticket/<str:reference>/close/", view(acts.close), name="ticket_close"),
            path("file/<uuid:pk>/", view(files.file), name="file"),
            path("file/<uuid:pk>/preview/", view(files.preview), name="file_preview"),
            path("outages/<int:pk>/update/", view(outages.send), name="outage_update"),
            path("requests/", view(requests.requests), name="requests"),
            path("requests/<int:pk>/", view(requests.request_answer), name="request_answer"),
            path("reviews/", view(reviews.reviews), name="reviews"),
            path("reviews/<int:pk>/", view(reviews.review), name="review"),
            path("ticket/<str:reference>/mail/", view(deliveries.deliveries), name="deliveries"),
            path("mail/suspensions/<int:pk>/lift/", view(suspensions.lift), name="mail_lift"),
            path("mail/previews/", view(previews.previews), name="mail_previews"),
            path("mail/previews/html/", view(previews.html), name="mail_preview_html"),
            path("notifications/", view(notifications.notifications), name="notifications"),
            path("settings/", view(settings_page.settings), name="settings"),
            *super().get_urls(),
        ]

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        from tickets.workspace.home import home

        return home(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        from tickets.workspace.access import may_work

        return {**super().each_context(request), "may_work": self.has_permission(request) and may_work(request.user)}

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Staff sign in where everybody does, with codes, passkeys and second factors; customers are told the truth."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied(_("This part is for the people who work at the support desk."))
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))
