"""What the desk has sent, and is about to: read, never edited. What failed can be tried again."""

from typing import Any, Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from tickets.outbox import actions
from tickets.outbox.models import MailState, OutgoingMail
from tickets.workspace.access import working
from tickets.workspace.admins import ReadOnlyAdmin
from tickets.workspace.links import to_ticket
from tickets.workspace.pages import desk_page
from tickets.workspace.words import mail_kind

SANDBOX: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"
"""A mail as it was sent has its styles inline, and nothing else that a browser has to trust."""


def may_read(user: Any, mail: OutgoingMail) -> bool:
    """Sign-in codes open somebody else's account: only who may do everything anyway reads those."""
    return user.is_superuser or not mail.confidential


def framed(html: str) -> HttpResponse:
    """The formatted part of a mail, for a frame on a page of the desk: scripts, forms and foreign addresses are dead in it."""
    return HttpResponse(
        html,
        headers={
            "Content-Security-Policy": SANDBOX,
            "X-Frame-Options": "SAMEORIGIN",
            "Cache-Control": "private, no-store",
        },
    )


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "what", "recipient", "language", "shown_subject", "case", "state"]
    list_filter = ["state", "language", "automatic"]
    list_select_related = ["ticket"]
    search_fields = ["recipient__istartswith", "ticket__reference__iexact", "code__iexact"]
    search_help_text = gettext_lazy("The beginning of an address, a whole reference, or a verification code")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        return self._readable(request).defer("text", "html", "data")

    def _readable(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        return OutgoingMail.objects.readable_by(request.user)

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def what(self, mail: OutgoingMail) -> str:
        return mail_kind(mail.kind)

    @admin.display(description=gettext_lazy("subject"))
    def shown_subject(self, mail: OutgoingMail) -> str:
        return _("(a sign-in code)") if mail.confidential else mail.subject

    @admin.display(description=gettext_lazy("ticket"))
    def case(self, mail: OutgoingMail) -> str:
        return to_ticket(mail.ticket)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The mail as its recipient gets it."""
        if not self.has_view_permission(request):
            return super().change_view(request, object_id, form_url, extra_context)
        mail = get_object_or_404(self._readable(request).select_related("ticket", "customer"), pk=_number(object_id))
        context = {
            "mail": mail,
            "kind": mail_kind(mail.kind),
            "may_read": may_read(request.user, mail),
            "failed": mail.state == MailState.FAILED,
        }
        return desk_page(
            request, "admin/mail.html", context, title=_("Mail to %(recipient)s") % {"recipient": mail.recipient}
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/html/", view(self.html), name="mail_html"),
            path("<int:pk>/again/", view(require_POST(working(self.again))), name="mail_again"),
            *super().get_urls(),
        ]

    def html(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The formatted part alone, for the frame on the mail's page."""
        mail = get_object_or_404(self._readable(request), pk=pk)
        if not self.has_view_permission(request) or not may_read(request.user, mail) or not mail.html:
            raise Http404
        return framed(mail.html)

    def again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put a mail that failed back into the outbox."""
        mail = get_object_or_404(self._readable(request), pk=pk)
        if actions.try_again(mail, at=timezone.now()):
            messages.success(request, _("The mail is in the outbox again."))
        else:
            messages.warning(request, _("This mail is not one that failed."))
        return redirect("admin:tickets_outgoingmail_change", mail.pk)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
