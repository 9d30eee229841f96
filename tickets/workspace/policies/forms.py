"""An SLA policy as a lead fills it in: conditions as tick boxes, targets as people write lengths of time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.calendars.models import Calendar
from tickets.calendars.rules import OpeningHours
from tickets.desk.models import Category, Channel
from tickets.desk.priorities import LABELS, Priority
from tickets.escalation.models import EscalationTier
from tickets.fields import WrittenField
from tickets.people import languages
from tickets.people.models import Plan
from tickets.sla import durations
from tickets.sla.checks import field_of
from tickets.sla.content import CONDITIONS, Conditions, Content, column
from tickets.sla.models import MetricName, SLAPolicy
from tickets.sla.rules import Target
from tickets.workspace.forms import DeskForm

BUSINESS, ALWAYS = "business", "always"
HOURS: Final = [(BUSINESS, _("Business hours")), (ALWAYS, _("Round the clock"))]

PERIODS: Final = [(90, _("Last 90 days")), (30, _("Last 30 days"))]

NUMBERS: Final = ("warn_shares", "warn_minutes", "remind_shares")


class NumbersField(forms.CharField):
    """Whole numbers, as ``50, 75, 90``; the value is a tuple of them."""

    default_error_messages = {"invalid": _("Write whole numbers with commas between them, such as 50, 75, 90.")}

    def to_python(self, value: Any) -> Any:
        parts = str(value or "").replace("%", " ").replace(",", " ").replace("،", " ").replace(";", " ").split()
        if not all(part.isdecimal() and len(part) <= 6 for part in parts):
            raise forms.ValidationError(self.error_messages["invalid"])
        return tuple(int(part) for part in parts)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, tuple | list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return tuple(initial or ()) != self.to_python(data)


def _boxes(model: Any, label: Any) -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        model.objects.none(), label=label, required=False, widget=forms.CheckboxSelectMultiple
    )


def _codes(choices: Any, label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(choices=choices, label=label, required=False, widget=forms.CheckboxSelectMultiple)


@dataclass(frozen=True, slots=True)
class Cell:
    """One target: its two fields, and what is in force where the draft says something else."""

    time: BoundField
    hours: BoundField
    was: str


class PolicyForm(DeskForm):
    """``live`` is what is in force; ``seen`` says which state of the policy stood on the page."""

    active = forms.BooleanField(label=pgettext_lazy("SLA policy", "In use"), required=False)
    calendar: Any = forms.ModelChoiceField(
        Calendar.objects.none(), label=_("Calendar of the business hours"), empty_label=None
    )
    categories: Any = _boxes(Category, _("Category"))
    tiers: Any = _boxes(EscalationTier, _("Tier"))
    plans = _codes(Plan.choices, _("Plan"))
    languages = _codes(languages.choices, _("Customer’s language"))
    channels = _codes(Channel.choices, _("Channel"))
    warn_shares = NumbersField(
        label=_("Warn at percent of the time"), required=False, help_text=_("From 1 to 99, rising: 50, 75.")
    )
    warn_minutes = NumbersField(
        label=_("Warn minutes before"),
        required=False,
        help_text=_("Minutes of the target’s own kind of time, rising: 15, 60."),
    )
    remind_shares = NumbersField(
        label=_("Remind at percent of the time"), required=False, help_text=_("Above 100, rising: 150, 200.")
    )
    reason = WrittenField(
        label=_("Why are you changing it?"),
        required=False,
        max_length=500,
        widget=forms.TextInput({"dir": "auto"}),
        help_text=_("Goes into the history, staff only. Needed before it can be put in force."),
    )
    days = forms.TypedChoiceField(label=_("Period"), choices=PERIODS, coerce=int, required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        policy: SLAPolicy,
        shown: Content,
        live: Content | None,
        data: Any = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial={**_initial(shown), **(initial or {})})
        self.policy, self.live = policy, live
        for name, model in (("calendar", Calendar), ("categories", Category), ("tiers", EscalationTier)):
            field: Any = self.fields[name]
            field.queryset = model.objects.all()
        for code, name in settings.LANGUAGES:
            self.fields[column(code)] = WrittenField(
                label=name,
                max_length=120,
                required=code == settings.LANGUAGE_CODE,
                widget=forms.TextInput({"lang": code, "dir": "auto"}),
                initial=shown.names.get(code, ""),
            )
        for priority in Priority:
            for metric in MetricName:
                self._add_target(priority, metric, shown.targets.get((priority, metric)))

    def _add_target(self, priority: Priority, metric: MetricName, target: Target | None) -> None:
        words = {"priority": LABELS[priority], "clock": metric.label}
        name = field_of(priority, metric)
        # Translators: a field in the table of targets: "Urgent, First reply: time".
        label = _("%(priority)s, %(clock)s: time") % words
        self.fields[name] = forms.CharField(
            label=label,
            required=False,
            max_length=20,
            # "1 h" is written from left to right in Arabic, too.
            widget=forms.TextInput({"aria-label": label, "dir": "ltr"}),
            initial=durations.write(target.minutes) if target else "",
        )
        label = _("%(priority)s, %(clock)s: hours") % words
        self.fields[f"{name}_hours"] = forms.ChoiceField(
            label=label,
            choices=HOURS,
            required=False,
            widget=forms.Select({"aria-label": label}),
            initial=BUSINESS if target is None or target.business else ALWAYS,
        )

    # --- Reading ------------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """Lengths of time are read here: how long a day is depends on the calendar, and on which hours count."""
        cleaned = self.cleaned_data
        for priority in Priority:
            for metric in MetricName:
                self._read_target(field_of(priority, metric))
        return cleaned

    def _read_target(self, name: str) -> None:
        typed, business = self.cleaned_data.get(name, ""), self.cleaned_data.get(f"{name}_hours") != ALWAYS
        self.cleaned_data[name] = None
        if not typed.strip():
            return
        try:
            minutes = durations.parse(typed, day=self._business_day if business else durations.A_DAY)
        except durations.Unreadable as unreadable:
            self.add_error(name, str(unreadable))
            return
        if minutes < 1:
            self.add_error(name, _("A target needs at least one minute."))
            return
        self.cleaned_data[name] = Target(minutes, business)

    @cached_property
    def _business_day(self) -> int:
        calendar = self.cleaned_data.get("calendar")
        return usual_day(Calendar.objects.with_hours().get(pk=calendar.pk).hours()) if calendar else durations.A_DAY

    def content(self) -> Content:
        """What was typed, as a value. Only of a form that is valid."""
        cleaned = self.cleaned_data
        rows = {name: frozenset(row.pk for row in cleaned[name]) for name in ("categories", "tiers")}
        codes = {name: frozenset(cleaned[name]) for name in CONDITIONS if name not in rows}
        cells = ((priority.value, metric.value) for priority in Priority for metric in MetricName)
        targets = {cell: cleaned[field_of(*cell)] for cell in cells}
        return Content(
            names={code: cleaned[column(code)] for code, _name in settings.LANGUAGES},
            active=cleaned["active"],
            calendar_id=cleaned["calendar"].pk,
            conditions=Conditions(**rows, **codes),
            targets={cell: target for cell, target in targets.items() if target},
            **{name: cleaned[name] for name in NUMBERS},
        )

    # --- Showing ------------------------------------------------------------------------------------------------------

    def conditions(self) -> list[BoundField]:
        return [self[name] for name in CONDITIONS]

    def names(self) -> list[BoundField]:
        return [self[column(code)] for code, _name in settings.LANGUAGES]

    def matrix(self) -> Iterator[tuple[Any, list[Cell]]]:
        """Each priority with its targets."""
        for priority in Priority:
            yield LABELS[priority], [self._cell(priority, metric) for metric in MetricName]

    def _cell(self, priority: Priority, metric: MetricName) -> Cell:
        name = field_of(priority, metric)
        return Cell(self[name], self[f"{name}_hours"], self._was(priority, metric))

    def _was(self, priority: Priority, metric: MetricName) -> str:
        """What is in force, where that is not what stands in the field."""
        if self.live is None:
            return ""
        name = field_of(priority, metric)
        before, shown = self.live.targets.get((priority, metric)), self._shown(name)
        if _typed(before) == shown:
            return ""
        return str(target_in_words(before))

    def _shown(self, name: str) -> tuple[str, str]:
        time, hours = str(self[name].value() or "").strip(), str(self[f"{name}_hours"].value())
        read = self.cleaned_data.get(name) if self.is_bound and hasattr(self, "cleaned_data") else None
        return _typed(read) if read else (time, hours if time else "")


def _typed(target: Target | None) -> tuple[str, str]:
    if target is None:
        return "", ""
    return durations.write(target.minutes), BUSINESS if target.business else ALWAYS


def target_in_words(target: Target | None) -> str:
    """``6 h``, or ``6 h, round the clock``."""
    if target is None:
        return str(pgettext_lazy("instead of a length of time", "none"))
    written = durations.write(target.minutes)
    # Translators: a length of time that counts nights and holidays too: "6 h, round the clock".
    return written if target.business else str(_("%(time)s, round the clock") % {"time": written})


def _initial(shown: Content) -> Mapping[str, Any]:
    return {
        "active": shown.active,
        "calendar": shown.calendar_id,
        **{name: sorted(getattr(shown.conditions, name)) for name in CONDITIONS},
        **{name: getattr(shown, name) for name in NUMBERS},
    }


def usual_day(hours: OpeningHours) -> int:
    """Minutes of a day with opening hours, on average over the week."""
    days = [sum((_length(opens, closes) for opens, closes in spans), timedelta()) for spans in hours.weekly.values()]
    return int(sum(days, timedelta()) / timedelta(minutes=1) / len(days))


def _length(opens: time, closes: time) -> timedelta:
    start = datetime.combine(date.min, opens)
    end = datetime.combine(date.min, closes)
    return end - start if end > start else end + timedelta(days=1) - start
