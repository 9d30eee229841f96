"""Ready answers."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from tickets.replies.models import CannedReply
from tickets.replies.rules import VARIABLES
from tickets.workspace.admins import TickBoxesAdmin, TranslatedAdmin


@admin.register(CannedReply)
class CannedReplyAdmin(TickBoxesAdmin, TranslatedAdmin):
    """One object in all languages. Where a text is missing, the one in the source language is offered, with a warning."""

    list_display = ["title", "active", "position"]
    list_filter = ["active"]
    search_fields = ["title"]
    readonly_fields = ["variables"]

    @admin.display(description=_("can be filled in"))
    def variables(self, reply: CannedReply) -> str:
        return format_html_join(
            "", "<div><code>{}</code> {}</div>", (("{" + name + "}", words) for name, words in VARIABLES.items())
        )
