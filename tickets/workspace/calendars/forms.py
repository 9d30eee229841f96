"""A calendar's page as typed: the usual week as text, holidays and special days as lines, and what is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from tickets import moments, zones
from tickets.calendars import parse
from tickets.calendars.drafts import Day, Draft
from tickets.calendars.models import Calendar, CalendarDate, Weekday
from tickets.calendars.rules import WallHours
from tickets.errors import DeskError, InvalidHours, Stale
from tickets.workspace.admins import DateInput
from tickets.workspace.calendars.week import open_for
from tickets.workspace.due import duration
from tickets.workspace.forms import DeskForm

EMPTY_LINES: Final = 2
FIRST_DATE: Final = date(2000, 1, 1)
LAST_DATE: Final = date(2199, 12, 31)
"""What lies outside is a slip of the finger, and dates do not go on for ever."""

LONGEST_NAME: Final = CalendarDate._meta.get_field("name").max_length


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to put right, and the id of its field; "" where it is about the calendar as a whole."""

    text: str
    anchor: str = ""


def _refuse_slips(day: date) -> None:
    if not FIRST_DATE <= day <= LAST_DATE:
        raise forms.ValidationError(_("Check the year: %(year)s is too far away.") % {"year": day.year})


class HoursField(forms.CharField):
    """Times read from left to right, in Arabic too."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput({"dir": "ltr", "autocomplete": "off", "spellcheck": "false"})
        super().__init__(required=False, max_length=200, widget=widget, **kwargs)


def problems_of(sent: Sequence[forms.BaseForm]) -> list[Problem]:
    """What forms refuse, in the order of the page; what is about nothing in particular comes first."""
    whole = [text for form in sent for text in _of_the_whole(form)]
    return [Problem(text) for text in whole] + [
        # Radio buttons have a label each, and no field of their own to go to.
        Problem(str(text), field.id_for_label or f"{field.auto_id}_0")
        for form in sent
        for field in form.visible_fields()
        for text in field.errors
    ]


def _of_the_whole(form: forms.BaseForm) -> list[str]:
    hidden = [text for field in form.hidden_fields() for text in field.errors]
    return [str(text) for text in (*form.non_field_errors(), *hidden)]


class SeenForm(DeskForm):
    """The edition that stood on the page: nobody overwrites what they have not seen."""

    seen = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "invalid": gettext_lazy("This page is out of date. Open it again."),
            "required": gettext_lazy("This page is out of date. Open it again."),
        },
    )

    def refuse(self, refusal: DeskError, calendar: Calendar) -> None:
        """Say why on top. Whoever was told that the calendar changed sends the page again about what it is now."""
        self.add_error(None, str(refusal))
        if isinstance(refusal, Stale):
            now = Calendar.objects.only("edition").get(pk=calendar.pk)
            self.data = {**{name: self.data.get(name) for name in self.data}, "seen": str(now.edition)}


class CalendarForm(SeenForm):
    """Name, zone and the usual week; ``week`` has the hours that could be read, by weekday."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give the calendar a name, such as the team that works by it.")},
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=zones.choices,
        error_messages={
            "invalid_choice": gettext_lazy("We do not know the time zone “%(value)s”. Choose one from the list.")
        },
    )

    def __init__(self, calendar: Calendar, draft: Draft, data: Any = None) -> None:
        initial = {"name": draft.name, "time_zone": draft.time_zone, "seen": str(calendar.edition)}
        initial |= {_weekday(day): parse.written(draft.weekly.get(day, ())) for day in Weekday}
        super().__init__(data, initial=initial)
        self.calendar, self.stored = calendar, draft
        self.week: dict[int, WallHours] = {}
        for day in Weekday:
            self.fields[_weekday(day)] = HoursField(label=day.label)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Calendar.objects.filter(name=name).exclude(pk=self.calendar.pk).exists():
            raise forms.ValidationError(_("Another calendar has this name. Choose a different one."))
        return name

    def clean(self) -> None:
        for day in Weekday:
            try:
                self.week[day.value] = parse.opening_hours(self.cleaned_data.get(_weekday(day), ""), day.label)
            except InvalidHours as refusal:
                self.add_error(_weekday(day), str(refusal))

    def days(self) -> list[tuple[forms.BoundField, str]]:
        """The weekdays' fields, each with how long that is; "" where it is closed, or could not be read."""
        typed = self.week if self.is_bound else self.stored.weekly
        return [(self[_weekday(day)], _how_long(typed.get(day.value, ()))) for day in Weekday]


def _weekday(day: Weekday) -> str:
    return f"day_{day.value}"


def _how_long(hours: WallHours) -> str:
    return duration(open_for(hours)) if hours else ""


class HolidayForm(DeskForm):
    """One closed date. A line that is emptied or marked for removal says nothing; ``line`` is what any other says."""

    kind: ClassVar[Any] = pgettext_lazy("calendar", "Holiday")
    day = forms.DateField(
        label=gettext_lazy("Date"),
        required=False,
        widget=DateInput,
        error_messages={"invalid": gettext_lazy("This is no date. Write it like 2026-12-25.")},
        validators=[_refuse_slips],
    )
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=LONGEST_NAME)
    remove = forms.BooleanField(label=gettext_lazy("Remove"), required=False)
    line: tuple[date, Day] | None = None

    def clean(self) -> None:
        if self.cleaned_data.get("remove"):
            self._errors.clear()  # type: ignore[attr-defined]
        elif not self.errors and any(self.cleaned_data.values()):
            self.line = self._line(self.cleaned_data["day"], self.cleaned_data["name"])

    def _line(self, day: date | None, name: str) -> tuple[date, Day] | None:
        if day is None:
            self.add_error("day", _("Give the date of “%(name)s”, or remove the line.") % {"name": name})
            return None
        if not name:
            message = _("Say what %(date)s is, such as Christmas Day.")
            self.add_error("name", message % {"date": in_words(day)})
            return None
        return day, Day(name)


class SpecialDayForm(HolidayForm):
    kind = pgettext_lazy("calendar", "Special day")
    hours = HoursField(label=gettext_lazy("Open"))
    field_order = ("day", "name", "hours", "remove")

    def _line(self, day: date | None, name: str) -> tuple[date, Day] | None:
        holiday = super()._line(day, name)
        if holiday is None or day is None:
            return None
        try:
            spans = parse.opening_hours(self.cleaned_data["hours"], in_words(day))
        except InvalidHours as refusal:
            self.add_error("hours", str(refusal))
            return None
        if not spans:
            message = _("Say when you are open on %(date)s, such as 09:00-12:00; or enter it among the holidays.")
            self.add_error("hours", message % {"date": in_words(day)})
            return None
        return day, Day(name, spans)


class Lines(forms.BaseFormSet):
    """Lines without a caption of their own: each field says for screen readers which line it belongs to."""

    def past(self, today: date) -> list[Any]:
        """The lines of dates that are over, if there is nothing to put right in them."""
        return [form for form in self.forms if not form.errors and form.initial.get("day", today) < today]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            # Translators: a field in a list of dates, such as "Holiday 3: Name".
            label = _("%(kind)s %(number)s: %(field)s") % {
                "kind": form.kind,
                "number": (index or 0) + 1,
                "field": field.label,
            }
            field.widget.attrs["aria-label"] = label


HolidayLines: Any = forms.formset_factory(HolidayForm, formset=Lines, extra=EMPTY_LINES)
SpecialDayLines: Any = forms.formset_factory(SpecialDayForm, formset=Lines, extra=EMPTY_LINES)


class Sheet:
    """The whole page: a form, two lists of lines, and what only shows once they are put together."""

    def __init__(self, calendar: Calendar, data: Any = None) -> None:
        self.stored = calendar.draft() if calendar.pk else Draft("", calendar.time_zone, {}, {})
        self.form = CalendarForm(calendar, self.stored, data)
        days = sorted(self.stored.days.items())
        holidays = [{"day": day, "name": dated.name} for day, dated in days if not dated.hours]
        special = [
            {"day": day, "name": dated.name, "hours": parse.written(dated.hours)} for day, dated in days if dated.hours
        ]
        self.holidays: Lines = HolidayLines(data, initial=holidays, prefix="holidays")
        self.special: Lines = SpecialDayLines(data, initial=special, prefix="special")

    @property
    def lines(self) -> list[HolidayForm]:
        return [*self.holidays.forms, *self.special.forms]

    def is_valid(self) -> bool:
        """Whether this could be saved. What is wrong stands beside its field, or on top."""
        self._refuse_dates_twice()
        if not self.problems():
            try:
                self.draft().hours()
            except InvalidHours as refusal:
                self.form.add_error(None, str(refusal))
        return not self.problems()

    def draft(self) -> Draft:
        """Of a valid sheet."""
        cleaned = self.form.cleaned_data
        days = dict(form.line for form in self.lines if form.line)
        return Draft(cleaned["name"], cleaned["time_zone"], self.form.week, days)

    def problems(self) -> list[Problem]:
        """Everything that is wrong; nothing while nothing was sent."""
        lists = [*self.holidays.non_form_errors(), *self.special.non_form_errors()]
        return [Problem(str(text)) for text in lists] + problems_of([self.form, *self.lines])

    def changes(self) -> list[str]:
        """What a valid sheet changes, by the untranslated names of its parts: for the history."""
        before, after = self.stored, self.draft()
        parts = {
            gettext_noop("name"): before.name != after.name,
            gettext_noop("time zone"): before.time_zone != after.time_zone,
            gettext_noop("usual week"): not before.keeps_the_week_of(after),
            gettext_noop("holidays and special days"): before.days != after.days,
        }
        return [part for part, changed in parts.items() if changed]

    def _refuse_dates_twice(self) -> None:
        known: dict[date, HolidayForm] = {}
        for form in self.lines:
            form.is_valid()
            if form.line is None:
                continue
            day = form.line[0]
            if day in known:
                form.add_error("day", _twice(day, known[day], form))
            known.setdefault(day, form)


def _twice(day: date, first: HolidayForm, second: HolidayForm) -> str:
    if first.kind != second.kind:
        return _("%(date)s is there as a holiday and as a special day. Keep one of the two lines.") % {
            "date": in_words(day)
        }
    if isinstance(second, SpecialDayForm):
        return _("%(date)s is there twice. Write all its hours in one line, separated by commas.") % {
            "date": in_words(day)
        }
    return _("%(date)s is there twice. Change the line “%(name)s” instead, and remove this one.") % {
        "date": in_words(day),
        "name": first.cleaned_data["name"],
    }


def in_words(day: date) -> str:
    """With weekday and year: a date of any year can be typed."""
    return moments.full_day(day)
