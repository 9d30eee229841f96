"""Opening hours and holidays."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tickets.calendars import actions
from tickets.calendars.models import Calendar, CalendarDate, OpeningInterval
from tickets.errors import InvalidHours
from tickets.workspace.admins import DeskAdmin, DeskInline
from tickets.workspace.people import ZoneField


class CalendarForm(forms.ModelForm):
    """``refusal`` is what is wrong with form and lines together, which is known only once they were tried."""

    refusal: ClassVar[str] = ""
    time_zone = ZoneField()

    def clean(self) -> dict[str, Any] | None:
        if self.refusal:
            raise ValidationError(self.refusal)
        return super().clean()


class IntervalInline(DeskInline):
    model = OpeningInterval


class DateInline(DeskInline):
    model = CalendarDate


@admin.register(Calendar)
class CalendarAdmin(DeskAdmin):
    form = CalendarForm
    list_display = ["name", "time_zone", "country", "subdivision"]
    inlines = [IntervalInline, DateInline]
    actions = ["copy_public_holidays"]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Hours that contradict each other are taken back, and the page returns with the reason and all that was typed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except InvalidHours as refusal:
            request.refusal = str(refusal)  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", "")})

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """After the lines are written, in the same transaction: a calendar that cannot be used is not kept."""
        super().save_related(request, form, formsets, change)
        actions.edited(form.instance)

    @admin.action(description=gettext_lazy("Add the public holidays of this and the next year"), permissions=["change"])
    def copy_public_holidays(self, request: HttpRequest, calendars: Any) -> None:
        year = timezone.localdate().year
        for calendar in calendars:
            try:
                new = actions.copy_public_holidays(calendar, [year, year + 1])
            except NotImplementedError:
                sentence = _("%(calendar)s: we do not know the public holidays of “%(country)s”. Enter them by hand.")
                self.message_user(
                    request, sentence % {"calendar": calendar, "country": calendar.country}, messages.WARNING
                )
                continue
            sentence = ngettext(
                "%(calendar)s: %(number)s new date. Please check it.",
                "%(calendar)s: %(number)s new dates. Please check them.",
                len(new),
            )
            self.message_user(request, sentence % {"calendar": calendar, "number": len(new)})
