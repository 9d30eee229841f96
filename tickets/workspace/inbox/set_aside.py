"""What came in by mail: the list of what was set aside, and one message, to be read without harm."""

from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from tickets.audit.actor import Actor
from tickets.errors import DeskError
from tickets.inbox import actions
from tickets.inbox.models import InboundState, RawMail
from tickets.workspace.access import may_work
from tickets.workspace.admins import ReadOnlyAdmin
from tickets.workspace.inbox import deciding
from tickets.workspace.inbox.formatted import harmless
from tickets.workspace.inbox.reading import Reading
from tickets.workspace.links import to_ticket
from tickets.workspace.mailbox import framed
from tickets.workspace.pages import desk_page

MAY_DECIDE: Final = "tickets.change_rawmail"
"""Whose task it is to see that nothing stays set aside. Every agent may decide."""

MAY_DOWNLOAD: Final = "tickets.view_rawmail"
"""The message as it came, with whatever is in it: for those who know what to do with it."""


def waiting(user: Any) -> QuerySet[RawMail]:
    """What somebody has to decide about."""
    return RawMail.objects.readable_by(user).set_aside()


class WhatBecameOfIt(admin.SimpleListFilter):
    """What waits for a decision, unless somebody asks for something else."""

    title = pgettext_lazy("filter of inbound mail", "what became of it")
    parameter_name = "state"
    everything = "all"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*InboundState.choices, (self.everything, _("All of it"))]

    def choices(self, changelist: ChangeList) -> Any:
        """Without Django's own “All”, which would stand for what waits."""
        for code, label in self.lookup_choices:
            chosen = changelist.get_query_string({self.parameter_name: code})
            yield {"selected": self.chosen == code, "query_string": chosen, "display": label}

    @property
    def chosen(self) -> str:
        return self.value() or InboundState.SET_ASIDE.value

    def queryset(self, request: HttpRequest, mails: QuerySet[RawMail]) -> QuerySet[RawMail]:
        return mails if self.chosen == self.everything else mails.filter(state=self.chosen)


class WhyFilter(admin.ChoicesFieldListFilter):
    """The column is headed “because”, which is no name for a filter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = pgettext("filter of inbound mail", "reason")


@admin.register(RawMail)
class RawMailAdmin(ReadOnlyAdmin):
    list_display = ["received_at", "who", "about", "why", "files", "mailbox", "case"]
    list_display_links = ["received_at", "about"]
    list_filter = [WhatBecameOfIt, ("reason", WhyFilter)]
    list_select_related = ["ticket"]
    search_fields = ["sender__istartswith", "subject__icontains", "rfc_message_id__icontains"]
    search_help_text = gettext_lazy("The beginning of an address, words of the subject, or a Message-ID")
    actions = ["discard", "read_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RawMail]:
        return RawMail.objects.readable_by(request.user)

    @admin.display(description=gettext_lazy("from"), ordering="sender")
    def who(self, mail: RawMail) -> str:
        return mail.sender or _("(no sender)")

    @admin.display(description=gettext_lazy("subject"))
    def about(self, mail: RawMail) -> str:
        return mail.subject or _("(no subject)")

    @admin.display(description=gettext_lazy("because"))
    def why(self, mail: RawMail) -> str:
        return mail.get_reason_display() or mail.get_state_display()

    @admin.display(description=gettext_lazy("ticket"))
    def case(self, mail: RawMail) -> str:
        return to_ticket(mail.ticket)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/html/", view(self.html), name="inbound_html"),
            path("<int:pk>/source/", view(self.source), name="inbound_source"),
            path("<int:pk>/attach/", view(deciding.attach), name="inbound_attach"),
            path("<int:pk>/open/", view(deciding.open_ticket), name="inbound_open"),
            path("<int:pk>/discard/", view(deciding.discard), name="inbound_discard"),
            path("<int:pk>/read-again/", view(deciding.read_again), name="inbound_read_again"),
            *super().get_urls(),
        ]

    # --- One message --------------------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            return super().change_view(request, object_id, form_url, extra_context)
        known = self.get_queryset(request).select_related("ticket", "decided_by")
        raw = get_object_or_404(known, pk=int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0)
        context = {
            "raw": raw,
            "reading": Reading(raw),
            "waits": raw.state == InboundState.SET_ASIDE,
            "discarded": raw.state == InboundState.DISCARDED,
            "may_download": request.user.has_perm(MAY_DOWNLOAD),
        }
        return desk_page(request, "admin/inbox/message.html", context, title=raw.subject or _("(no subject)"))

    def html(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The formatted part alone, for the frame on the message's page."""
        mail = Reading(self._readable(request, pk)).mail
        if mail is None or not mail.html:
            raise Http404
        return framed(harmless(mail.html, mail.attachments))

    def source(self, request: HttpRequest, pk: int) -> FileResponse:
        """The bytes as they came. As plain text and as a download, so that no program takes them for anything else."""
        raw = self._readable(request, pk)
        if not request.user.has_perm(MAY_DOWNLOAD):
            raise Http404
        return FileResponse(
            raw.file.open("rb"),
            as_attachment=True,
            filename=f"mail-{raw.pk}.txt",
            content_type="text/plain",
            headers={
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cache-Control": "private, no-store",
            },
        )

    def _readable(self, request: HttpRequest, pk: int) -> RawMail:
        if not self.has_view_permission(request):
            raise Http404
        return get_object_or_404(self.get_queryset(request), pk=pk)

    # --- Several at once ----------------------------------------------------------------------------------------------

    def has_work_permission(self, request: HttpRequest) -> bool:
        return may_work(request.user)

    @admin.action(description=gettext_lazy("Discard"), permissions=["work"])
    def discard(self, request: HttpRequest, chosen: QuerySet[RawMail]) -> None:
        number = _done_to(actions.discard, request, chosen)
        said = ngettext("%(number)s message was discarded.", "%(number)s messages were discarded.", number)
        messages.success(request, said % {"number": number})

    @admin.action(description=gettext_lazy("Read again"), permissions=["work"])
    def read_again(self, request: HttpRequest, chosen: QuerySet[RawMail]) -> None:
        number = _done_to(actions.read_again, request, chosen)
        said = ngettext("%(number)s message is read again.", "%(number)s messages are read again.", number)
        messages.success(request, said % {"number": number})


def _done_to(act: Any, request: HttpRequest, chosen: QuerySet[RawMail]) -> int:
    """To how many it was done: somebody else may have decided about the others since the list was read."""
    by, at = Actor.of(request.user), timezone.now()
    number = 0
    for raw in chosen:
        try:
            act(raw, by=by, at=at)
        except DeskError:
            continue
        number += 1
    return number
