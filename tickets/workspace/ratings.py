"""What customers thought of it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from tickets.ratings.models import Rating
from tickets.workspace.admins import AboutTicketsAdmin
from tickets.workspace.links import to_ticket


@admin.register(Rating)
class RatingAdmin(AboutTicketsAdmin):
    list_display = ["at", "stars", "case", "comment"]
    list_select_related = ["ticket"]
    search_fields = ["ticket__reference__iexact"]
    fields = ["case", "cycle", "stars", "comment", "at"]
    readonly_fields = ["case"]

    @admin.display(description=_("ticket"))
    def case(self, rating: Rating) -> str:
        return to_ticket(rating.ticket)
