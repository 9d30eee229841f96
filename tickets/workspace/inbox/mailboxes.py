"""The IMAP mailboxes that the desk looks into: how far each is read, and what is wrong with it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tickets.inbox.imap.tasks import poll_mailbox
from tickets.inbox.models import Mailbox
from tickets.workspace.admins import ReadOnlyAdmin

MAY_LOOK = "tickets.change_mailbox"


def in_trouble() -> QuerySet[Mailbox]:
    """Those that did not answer when they were last asked. One that was taken out of the settings troubles nobody."""
    return Mailbox.objects.filter(name__in=list(settings.IMAP_MAILBOXES), failures__gt=0)


@admin.register(Mailbox)
class MailboxAdmin(ReadOnlyAdmin):
    list_display = ["name", "polled_at", "backlog", "failed", "failures", "last_error", "next_poll_at"]
    list_display_links = None
    actions = ["look_now"]
    for_agents = False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"none_set_up": not settings.IMAP_MAILBOXES, **(extra_context or {})})

    @admin.display(description=gettext_lazy("messages read"))
    def backlog(self, mailbox: Mailbox) -> SafeString | str:
        """While a poll goes on, how far it is; else how many messages the last one found."""
        if mailbox.finished_at or not mailbox.total:
            return str(mailbox.done)
        # Translators: of a mailbox's waiting messages, such as "30 of 2,000 read".
        said = _("%(done)s of %(total)s read") % {"done": mailbox.done, "total": mailbox.total}
        return format_html(
            '<progress value="{}" max="{}" aria-label="{}"></progress> {}', mailbox.done, mailbox.total, said, said
        )

    def has_look_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_LOOK)

    @admin.action(description=gettext_lazy("Look now"), permissions=["look"])
    def look_now(self, request: HttpRequest, chosen: QuerySet[Mailbox]) -> None:
        number = sum(_look(mailbox, at=timezone.now()) for mailbox in chosen)
        said = ngettext(
            "%(number)s mailbox is looked into. Load this page again to see how far it is.",
            "%(number)s mailboxes are looked into. Load this page again to see how far they are.",
            number,
        )
        messages.success(request, said % {"number": number})


def _look(mailbox: Mailbox, *, at: datetime) -> bool:
    """Ask it without waiting for the pause to end that its trouble has brought; False if the settings name it no more."""
    if mailbox.name not in settings.IMAP_MAILBOXES:
        return False
    Mailbox.objects.filter(pk=mailbox.pk).update(next_poll_at=at)
    poll_mailbox.apply_async((mailbox.name,), retry=False)
    return True
