"""Categories and their questions; tickets are worked on in the queue and on their own page."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _

from tickets.desk.models import Category, IntakeField, IntakeForm, Ticket
from tickets.workspace.admins import DeskAdmin, TranslatedAdmin, TranslatedInline


@admin.register(Ticket)
class TicketAdmin(DeskAdmin):
    """Tickets have no change form. Links that Django makes to one lead to where the work is done."""

    search_fields = ["reference__iexact"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        """Django's history of a ticket begins with its subject."""
        return Ticket.objects.visible_to(request.user)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("admin:queue")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        ticket = get_object_or_404(self.get_queryset(request), pk=object_id if object_id.isdecimal() else 0)
        return redirect("admin:ticket", ticket.reference)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Category)
class CategoryAdmin(TranslatedAdmin):
    list_display = ["name", "active", "first_tier", "team", "default_priority", "position"]
    list_filter = ["active"]
    list_select_related = ["first_tier", "team"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}


class IntakeFieldInline(TranslatedInline):
    model = IntakeField


@admin.register(IntakeForm)
class IntakeFormAdmin(DeskAdmin):
    """The questions of a category. Answers keep the version they were given to: for other questions draw a new version,
    change it, and put it into use in place of the old one."""

    list_display = ["category", "version", "active"]
    list_filter = ["active"]
    list_select_related = ["category"]
    inlines = [IntakeFieldInline]
    actions = ["draw_new_version"]

    @admin.action(description=_("Make a new version of the selected forms, to be changed"), permissions=["add"])
    def draw_new_version(self, request: HttpRequest, forms: Any) -> None:
        for form in forms:
            new_version(form)
        self.message_user(request, _("The new versions are not in use yet. Change them, then put them into use."))


@transaction.atomic
def new_version(form: IntakeForm) -> IntakeForm:
    """A copy of the form and its questions with the next number, not in use yet."""
    last = form.category.forms.order_by("-version")[0].version
    copy = IntakeForm.objects.create(category=form.category, version=last + 1, active=False)
    fields = list(form.fields.all())
    for field in fields:
        field.pk, field.form = None, copy
    IntakeField.objects.bulk_create(fields)
    return copy
