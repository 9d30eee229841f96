"""What people report about mail in our name: whether it was ours, and what they say of it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tickets.outbox import doubts
from tickets.outbox.models import Doubt, OutgoingMail
from tickets.workspace.admins import ReadOnlyAdmin

MAY_SETTLE = "tickets.change_doubt"


@admin.register(Doubt)
class DoubtAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "whose", "text", "address", "language", "settled_at", "settled_by"]
    list_display_links = None
    list_filter = ["kind", ("settled_at", admin.EmptyFieldListFilter)]
    list_select_related = ["settled_by"]
    search_fields = ["code__iexact", "address__istartswith"]
    search_help_text = gettext_lazy("A verification code, or the beginning of an address")
    actions = ["settle"]
    for_agents = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Doubt]:
        readable = OutgoingMail.objects.readable_by(request.user).filter(pk=OuterRef("mail"))
        return super().get_queryset(request).annotate(mail_is_readable=Exists(readable))

    @admin.display(description=gettext_lazy("the mail"))
    def whose(self, doubt: Doubt) -> SafeString | str:
        """That it is ours is no secret; which one is, for whoever may not read the ticket."""
        if doubt.mail_id is None:
            return _("Not ours: no mail has this code") if doubt.code else _("Not known: they gave no code")
        if not doubt.mail_is_readable:  # type: ignore[attr-defined]  # see get_queryset
            return _("Ours")
        address = reverse("admin:tickets_outgoingmail_change", args=[doubt.mail_id])
        return format_html('<a href="{}">{} <bdi>{}</bdi></a>', address, _("Ours:"), doubt.code)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_SETTLE)

    @admin.action(description=gettext_lazy("Mark as settled"), permissions=["settle"])
    def settle(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        at = timezone.now()
        number = sum(doubts.settle(doubt, by=request.user, at=at) for doubt in chosen)
        said = ngettext("%(number)s report is settled.", "%(number)s reports are settled.", number)
        messages.success(request, said % {"number": number})
