"""What the desk's pages in Django's own admin have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from modeltranslation.admin import TranslationAdmin, TranslationBaseModelAdmin, TranslationStackedInline
from modeltranslation.fields import TranslationField

from tickets.people.need_to_know import need_to_know
from tickets.workspace.access import may_work
from tickets.workspace.forms import MomentInput
from tickets.workspace.paging import CappedPaginator


class DateInput(forms.DateInput):
    """The browser's own picker; it takes and gives ISO dates, whatever it shows."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


# Django's own are two fields without labels, and links without a target of 24 pixels.
NATIVE_PICKERS: Mapping[type[models.Field[Any, Any]], Mapping[str, Any]] = {
    models.DateTimeField: {"form_class": forms.DateTimeField, "widget": MomentInput},
    models.DateField: {"widget": DateInput},
    models.TimeField: {"widget": TimeInput},
}


class DeskAdmin(admin.ModelAdmin):
    """Counts no further than people turn pages, and deletes nothing: what was in use stays on record.

    Agents see these pages without a role of their own, unless ``for_agents`` says otherwise; changing is for roles.
    """

    show_full_result_count = False
    paginator = CappedPaginator
    list_per_page = 50
    formfield_overrides = NATIVE_PICKERS
    for_agents = True
    may_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (self.for_agents and may_work(request.user)) or super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return (self.for_agents and may_work(request.user)) or super().has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_delete and super().has_delete_permission(request, obj)


class ReadOnlyAdmin(DeskAdmin):
    """Written by the desk itself: nobody adds, changes or deletes it by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AboutTicketsAdmin(ReadOnlyAdmin):
    """Rows about tickets: those about a restricted case are there only for whoever needs to know it."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(need_to_know(request.user, "ticket__"))


class InEachLanguage(TranslationBaseModelAdmin):
    """Fields of each language say which one they are in, to screen readers and spell checkers too."""

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(db_field, TranslationField):
            info = get_language_info(db_field.language)
            field.widget.attrs |= {"lang": db_field.language, "dir": "rtl" if info["bidi"] else "ltr"}
        return field


class TranslatedAdmin(InEachLanguage, DeskAdmin, TranslationAdmin):
    """Plain, one group a field. Its tabbed variant loads scripts from elsewhere, and its tabs are too small to hit."""

    group_fieldsets = True


class TranslatedInline(InEachLanguage, TranslationStackedInline):
    formfield_overrides = NATIVE_PICKERS
    extra = 0


class LabelledLines(forms.BaseInlineFormSet):
    """In a table the head of a column names the fields to the eye only; each field says the same to screen readers."""

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            if not field.widget.is_hidden:
                name = field.label or ""
                # Translators: a field in a table, such as "Opens, line 3". The number is missing in the line to be added.
                label = (
                    _("%(field)s, line %(number)s") % {"field": name, "number": index + 1}
                    if index is not None
                    else name
                )
                field.widget.attrs["aria-label"] = label


class DeskInline(admin.TabularInline):
    formset = LabelledLines
    formfield_overrides = NATIVE_PICKERS
    extra = 0


def codes_field(choices: Any, label: Any) -> forms.MultipleChoiceField:
    """Tick boxes for a column that holds a list of codes; ``label`` is the column's own name."""
    return forms.MultipleChoiceField(
        choices=choices, label=capfirst(label), required=False, widget=forms.CheckboxSelectMultiple
    )


class TickBoxesAdmin:
    """Before a ModelAdmin: its many-to-many fields become tick boxes, which need no script and have labels."""

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]
