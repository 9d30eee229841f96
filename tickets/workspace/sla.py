"""What is promised to whom, and how fast."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tickets.desk.models import Channel
from tickets.people import languages
from tickets.people.models import Plan
from tickets.sla.models import SLAPolicy, SLATarget
from tickets.workspace.admins import DeskInline, TickBoxesAdmin, TranslatedAdmin, codes_field


class PolicyForm(forms.ModelForm):
    plans = codes_field(Plan.choices, label=_("only these plans"))
    languages = codes_field(languages.choices, label=_("only these languages"))
    channels = codes_field(Channel.choices, label=_("only these channels"))

    def clean(self) -> dict[str, Any] | None:
        """A ticket that no policy fits could not even be opened, so one policy has to be left for it."""
        cleaned = super().clean()
        others = SLAPolicy.objects.for_everything().exclude(pk=self.instance.pk)
        if not self.errors and not self._is_for_everything() and not others.exists():
            raise forms.ValidationError(
                _("Some tickets would have no deadline. Keep one policy in use that has no conditions.")
            )
        return cleaned

    def _is_for_everything(self) -> bool:
        conditions = ("categories", "tiers", "plans", "languages", "channels")
        return self.cleaned_data["active"] and not any(self.cleaned_data[name] for name in conditions)


class TargetInline(DeskInline):
    model = SLATarget


@admin.register(SLAPolicy)
class SLAPolicyAdmin(TickBoxesAdmin, TranslatedAdmin):
    """Tried in the order of their positions; the first that fits a ticket applies.

    Tickets that are open keep their deadlines until something that a policy depends on changes for them.
    """

    form = PolicyForm
    list_display = ["name", "position", "active", "calendar", "version"]
    list_filter = ["active"]
    list_select_related = ["calendar"]
    readonly_fields = ["version"]
    inlines = [TargetInline]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """After conditions and targets are written: a new edition, so that no process goes on with what it remembers."""
        super().save_related(request, form, formsets, change)
        version = F("version") + 1 if change else 1
        SLAPolicy.objects.filter(pk=form.instance.pk).update(edition=uuid.uuid4(), version=version)
