"""When would a clock be due that starts then? Worked out as for real clocks, and told day by day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets import moments, zones
from tickets.calendars.drafts import Draft
from tickets.calendars.rules import A_DAY, MIDNIGHT, OpeningHours
from tickets.sla.models import LONGEST_MINUTES
from tickets.workspace.due import duration
from tickets.workspace.forms import DeskForm, MomentInput

LISTED: Final = 21
"""Days that are listed one by one: three weeks. What lies between is summed up."""


class TrialForm(DeskForm):
    starts = forms.DateTimeField(
        label=gettext_lazy("A clock starts"),
        widget=MomentInput,
        help_text=gettext_lazy("In the calendar’s own time."),
        error_messages={
            "required": gettext_lazy("Say when the clock starts."),
            "invalid": gettext_lazy("This is no date and time. Write it like 2026-12-05 12:30."),
        },
    )
    target = forms.DecimalField(
        label=gettext_lazy("Target, in open hours"),
        localize=True,
        min_value=Decimal("0.1"),
        decimal_places=2,
        validators=[MaxValueValidator(LONGEST_MINUTES // 60)],
        error_messages={
            "required": gettext_lazy("Say how many open hours the clock may run."),
            "invalid": gettext_lazy("This is no number of hours. Write it like 8."),
        },
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """When it is due by the clocks of ``city``, and a line for each day on the way."""

    due: str
    city: str
    lines: Sequence[str]


def trial(data: Any, draft: Draft, at: datetime) -> tuple[TrialForm, Trial | None]:
    """The form, and what comes out where something was sent that can be worked out."""
    zone = ZoneInfo(draft.time_zone)
    if data is None:
        now_there = timezone.make_naive(at, zone).replace(second=0, microsecond=0)
        return TrialForm(initial={"starts": now_there, "target": 8}, prefix="trial"), None
    form = TrialForm(data, prefix="trial")
    with timezone.override(zone):
        if form.is_valid():
            try:
                return form, _tried(form.cleaned_data["starts"], form.cleaned_data["target"], draft)
            except OverflowError:
                form.add_error("starts", _("Choose an earlier time: the calendar does not go that far."))
    return form, None


def _tried(start: datetime, target: Decimal, draft: Draft) -> Trial:
    """In the active time zone, which is the calendar's. Raises OverflowError beyond the last year of dates."""
    hours = draft.hours()
    due = hours.add(start, timedelta(hours=float(target)))
    lines = list(_days(start, due, draft, hours))
    if len(lines) > LISTED:
        between = _("%(number)s more days like these") % {"number": number_format(len(lines) - LISTED)}
        lines = [*lines[: LISTED - 1], between, lines[-1]]
    return Trial(moments.moment(due, start), zones.city(draft.time_zone), lines)


def _days(start: datetime, due: datetime, draft: Draft, hours: OpeningHours) -> Iterator[str]:
    begins, day = start, timezone.localtime(start).date()
    while day <= timezone.localtime(due).date():
        ends = min(due, datetime.combine(day + A_DAY, MIDNIGHT, hours.time_zone))
        yield _line(day, hours.elapsed(begins, ends), draft)
        begins, day = ends, day + A_DAY


def _line(day: date, counted: timedelta, draft: Draft) -> str:
    values = {"day": moments.short_day(day), "time": duration(counted)}
    name = draft.days[day].name if day in draft.days else ""
    if counted and name:
        return _("%(day)s, %(name)s: %(time)s") % {**values, "name": name}
    if counted:
        return _("%(day)s: %(time)s") % values
    if name:
        return _("%(day)s, %(name)s: nothing counts") % {**values, "name": name}
    return _("%(day)s: nothing counts") % values
