"""The record of every ticket, line by line, as it is stored."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from tickets.audit.kinds import kind
from tickets.audit.models import AuditEntry
from tickets.workspace.admins import AboutTicketsAdmin
from tickets.workspace.links import to_ticket


@admin.register(AuditEntry)
class AuditEntryAdmin(AboutTicketsAdmin):
    list_display = ["at", "case", "sequence", "what", "actor_kind", "actor"]
    list_filter = ["actor_kind"]
    list_select_related = ["ticket", "actor"]
    search_fields = ["ticket__reference__iexact"]
    search_help_text = _("A whole reference")
    ordering = ["-pk"]
    fields = [
        "case", "sequence", "at", "actor_kind", "actor", "what", "data", "payload_digest", "previous_hash", "hash", "erased_at",
    ]  # fmt: skip
    readonly_fields = ["case", "what"]

    @admin.display(description=_("ticket"))
    def case(self, entry: AuditEntry) -> str:
        return to_ticket(entry.ticket)

    @admin.display(description=_("what happened"))
    def what(self, entry: AuditEntry) -> str:
        return str(kind(entry.code).label)
