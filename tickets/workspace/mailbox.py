"""What the desk has sent, and is about to: read, never edited; held back, released and sent again."""

from typing import Any, Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from tickets.audit.actor import Actor
from tickets.outbox import actions, rules
from tickets.outbox.models import OutgoingMail
from tickets.workspace.access import may_work
from tickets.workspace.admins import ReadOnlyAdmin
from tickets.workspace.links import to_ticket
from tickets.workspace.mail import deliveries
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


class TroubleFilter(admin.SimpleListFilter):
    """All that did not reach its reader, whatever the reason."""

    title = pgettext_lazy("filter of outgoing mail", "what to look at")
    parameter_name = "trouble"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("new", _("Did not arrive, or is held back, of late")), ("all", _("The same, of all times"))]

    def queryset(self, request: HttpRequest, mails: QuerySet[OutgoingMail]) -> QuerySet[OutgoingMail]:
        if self.value() == "new":
            return mails.in_trouble(timezone.now())  # type: ignore[attr-defined]
        return mails.filter(state__in=rules.TROUBLE) if self.value() == "all" else mails


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "what", "recipient", "language", "shown_subject", "case", "state"]
    list_filter = [TroubleFilter, "state", "held_because", "automatic", "language"]
    actions = ["hold", "release", "send_again"]
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
        rows = self._readable(request).select_related("ticket", "customer", "resend_of")
        mail = get_object_or_404(rows.prefetch_related(deliveries.with_steps()), pk=_number(object_id))
        context = {
            "mail": mail,
            "kind": mail_kind(mail.kind),
            "may_read": may_read(request.user, mail),
            "delivery": deliveries.delivery(mail),
        }
        return desk_page(
            request, "admin/mail.html", context, title=_("Mail to %(recipient)s") % {"recipient": mail.recipient}
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/html/", view(self.html), name="mail_html"),
            path("<int:pk>/again/", view(deliveries.again), name="mail_again"),
            path("<int:pk>/hold/", view(deliveries.hold), name="mail_hold"),
            path("<int:pk>/release/", view(deliveries.release), name="mail_release"),
            *super().get_urls(),
        ]

    def html(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The formatted part alone, for the frame on the mail's page."""
        mail = get_object_or_404(self._readable(request), pk=pk)
        if not self.has_view_permission(request) or not may_read(request.user, mail) or not mail.html:
            raise Http404
        return framed(mail.html)

    # --- Several at once ----------------------------------------------------------------------------------------------

    def has_work_permission(self, request: HttpRequest) -> bool:
        return may_work(request.user)

    @admin.action(description=gettext_lazy("Hold back what still waits"), permissions=["work"])
    def hold(self, request: HttpRequest, chosen: QuerySet[OutgoingMail]) -> None:
        number = actions.hold(_alone(chosen), by=Actor.of(request.user), at=timezone.now())
        said = ngettext("%(number)s mail is held back.", "%(number)s mails are held back.", number)
        messages.success(request, said % {"number": number})

    @admin.action(description=gettext_lazy("Release what is held back"), permissions=["work"])
    def release(self, request: HttpRequest, chosen: QuerySet[OutgoingMail]) -> None:
        number = actions.release(_alone(chosen), by=Actor.of(request.user), at=timezone.now())
        said = ngettext("%(number)s mail is released.", "%(number)s mails are released.", number)
        messages.success(request, said % {"number": number})

    @admin.action(description=gettext_lazy("Send again"), permissions=["work"])
    def send_again(self, request: HttpRequest, chosen: QuerySet[OutgoingMail]) -> None:
        by, at = Actor.of(request.user), timezone.now()
        number = sum(actions.send_again(mail, by=by, at=at) is not None for mail in chosen)
        said = ngettext("%(number)s mail is in the outbox again.", "%(number)s mails are in the outbox again.", number)
        messages.success(request, said % {"number": number})


def _alone(mails: QuerySet[OutgoingMail]) -> QuerySet[OutgoingMail]:
    """Without what the list joins to them: rows are locked by their keys."""
    return OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails])


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
