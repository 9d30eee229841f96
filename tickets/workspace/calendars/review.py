"""Public holidays are proposed, looked through date by date, and only then written into a calendar."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.calendars import actions, parse, public_holidays
from tickets.calendars.drafts import Day, Draft
from tickets.calendars.models import Calendar
from tickets.calendars.rules import WallHours
from tickets.errors import DeskError, InvalidHours
from tickets.workspace.calendars import week as calendar_week
from tickets.workspace.calendars.confirm import REFUSED, Log, ask_first
from tickets.workspace.calendars.forms import HoursField, Problem, SeenForm, in_words, problems_of
from tickets.workspace.forms import DeskForm
from tickets.workspace.pages import desk_page

AHEAD: Final = timedelta(days=92)
"""From the first of October on the next year should be known: by then targets begin to reach into it."""


@dataclass(frozen=True, slots=True)
class Year:
    number: int
    reviewed: bool
    address: str

    def __str__(self) -> str:
        return str(self.number)  # never with a separator for thousands


def place(calendar: Calendar) -> str:
    """Whose public holidays the calendar follows; "" while nobody has said."""
    names = dict(public_holidays.countries())
    if not calendar.country:
        return ""
    country = names.get(calendar.country, calendar.country)
    region = dict(public_holidays.regions(calendar.country)).get(calendar.subdivision, calendar.subdivision)
    # Translators: a country and one of its regions.
    return _("%(country)s, %(region)s") % {"country": country, "region": region} if region else country


def years(calendar: Calendar, at: datetime) -> list[Year]:
    """This year and the next: those that were reviewed, and the first that was not. None is skipped."""
    this = at.year
    if not public_holidays.knows(calendar.country, calendar.subdivision):
        return []
    until = max(calendar.holidays_reviewed_until or 0, this - 1)
    return [
        Year(year, year <= until, reverse("admin:calendar_holidays", args=[calendar.pk, year]))
        for year in range(this, min(until + 1, this + 1) + 1)
    ]


def year_to_know(at: datetime) -> int:
    """The year up to which public holidays should have been looked through."""
    return (at + AHEAD).year


def unreviewed(at: datetime) -> QuerySet[Calendar]:
    """Calendars that a policy goes by, whose coming public holidays nobody has looked through."""
    behind = Q(holidays_reviewed_until=None) | Q(holidays_reviewed_until__lt=year_to_know(at))
    return Calendar.objects.filter(behind, slapolicy__active=True).exclude(country="").distinct().order_by("pk")


# --- Whose holidays ----------------------------------------------------------------------------------------------------


class CountryForm(DeskForm):
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=public_holidays.countries,
        error_messages={
            "required": gettext_lazy("Choose a country."),
            "invalid_choice": gettext_lazy(
                "We do not know the public holidays of “%(value)s”. Choose a country from the list."
            ),
        },
    )


class RegionForm(CountryForm):
    """Of a country that was chosen before; the page that asks for its region keeps it in a hidden field."""

    region = forms.ChoiceField(
        label=gettext_lazy("Region"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy(
                "We do not know the public holidays of the region “%(value)s”. Choose one from the list."
            )
        },
    )

    def __init__(self, country: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].widget = forms.HiddenInput()
        whole = ("", pgettext_lazy("region for public holidays", "The whole country"))
        field: Any = self.fields["region"]
        field.choices = [whole, *public_holidays.regions(country)]


def choose_place(request: HttpRequest, calendar: Calendar, log: Log) -> HttpResponse:
    """First the country, then its region; then the review of this year's holidays begins."""
    country = request.POST.get("country") or request.GET.get("country") or calendar.country
    countries = CountryForm({"country": country} if country else None)
    region = RegionForm(country, request.POST or None, initial={"country": country, "region": calendar.subdivision})
    if request.method == "POST" and region.is_valid():
        with transaction.atomic():
            actions.choose_holidays_of(calendar, country=country, region=region.cleaned_data["region"])
            log(calendar, [{"changed": {"fields": [gettext_noop("place of public holidays")]}}])
        return redirect("admin:calendar_holidays", calendar.pk, timezone.localdate().year)
    form: CountryForm = region if region.is_bound and countries.is_valid() else countries
    context = {
        "calendar": calendar,
        "form": form,
        "countries": countries,
        "region": region if countries.is_bound and countries.is_valid() else None,
    }
    status = REFUSED if form.errors else 200
    return desk_page(request, "admin/calendar_place.html", context, title=_("Whose public holidays?"), status=status)


# --- Date by date -----------------------------------------------------------------------------------------------------


class DecisionForm(DeskForm):
    """What becomes of one public holiday. ``decision`` is None where the desk opens as usual."""

    CLOSED, USUAL, SPECIAL = "closed", "usual", "special"

    choice = forms.ChoiceField(
        choices=[
            (CLOSED, pgettext_lazy("decision about a holiday", "Closed")),
            (USUAL, pgettext_lazy("decision about a holiday", "Open as usual")),
            (SPECIAL, pgettext_lazy("decision about a holiday", "Special hours")),
        ],
        widget=forms.RadioSelect,
    )
    hours = HoursField(label=gettext_lazy("Special hours, such as 09:00-12:00"))

    def __init__(self, day: date, name: str, known: Day | None, data: Any, *, was_reviewed: bool) -> None:
        super().__init__(data, prefix=day.isoformat(), initial=_as_it_is(known, was_reviewed=was_reviewed))
        self.day, self.name, self.known = day, name, known
        self.decision: Day | None = None
        self.fields["choice"].error_messages["required"] = _("Decide about %(date)s.") % {"date": in_words(day)}

    @property
    def in_words(self) -> str:
        return in_words(self.day)

    @property
    def in_calendar(self) -> str:
        """What the calendar has for the date already."""
        if self.known is None:
            return ""
        return _("In the calendar: %(name)s, %(hours)s") % {
            "name": self.known.name,
            "hours": calendar_week.shown(self.known.hours),
        }

    def clean(self) -> None:
        choice, name = self.cleaned_data.get("choice"), self.known.name if self.known else self.name
        if choice == self.CLOSED:
            self.decision = Day(name)
        if choice == self.SPECIAL:
            self.decision = Day(name, self._hours())

    def _hours(self) -> WallHours:
        try:
            spans = parse.opening_hours(self.cleaned_data.get("hours", ""), self.in_words)
        except InvalidHours as refusal:
            self.add_error("hours", str(refusal))
            return ()
        if not spans:
            message = _("Say when you are open on %(date)s, such as 09:00-12:00.")
            self.add_error("hours", message % {"date": self.in_words})
        return spans


def _as_it_is(known: Day | None, *, was_reviewed: bool) -> dict[str, str]:
    """A date that a review has let open is open as usual; about one that nobody looked at, nobody has decided."""
    if known is None:
        return {"choice": DecisionForm.USUAL} if was_reviewed else {}
    if not known.hours:
        return {"choice": DecisionForm.CLOSED}
    return {"choice": DecisionForm.SPECIAL, "hours": parse.written(known.hours)}


class Review:
    """All public holidays of a year, each with what was decided."""

    def __init__(self, calendar: Calendar, year: int, data: Any) -> None:
        self.seen = SeenForm(data, initial={"seen": str(calendar.edition)})
        was_reviewed = year <= (calendar.holidays_reviewed_until or 0)
        self.forms = [
            DecisionForm(day, name, known, data, was_reviewed=was_reviewed)
            for day, (name, known) in actions.proposals(calendar, year).items()
        ]

    def problems(self) -> list[Problem]:
        return problems_of([self.seen, *self.forms])

    def decisions(self) -> dict[date, Day | None]:
        return {form.day: form.decision for form in self.forms}


def review(request: HttpRequest, calendar: Calendar, year: int, log: Log) -> HttpResponse:
    """Show what the public list proposes for a year; write what was decided, once about every date."""
    at = timezone.now()
    if year not in [each.number for each in years(calendar, at)]:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    if sent is not None and "close_rest" in sent:
        return _page(request, calendar, year, Review(calendar, year, _with_the_rest_closed(calendar, year, sent)))
    page = Review(calendar, year, sent)
    if sent is None or "back" in sent or page.problems():
        return _page(request, calendar, year, page)
    decisions, seen = page.decisions(), page.seen.cleaned_data["seen"]
    try:
        if question := ask_first(
            request, calendar, lambda copy: actions.review_holidays(copy, year, decisions, seen=seen), at=at
        ):
            return question
        with transaction.atomic():
            lifecycle.review_holidays(calendar, year, decisions, seen=seen, by=Actor.of(request.user), at=at)
            log(calendar, [{"changed": {"fields": [gettext_noop("public holidays")]}}])
    except DeskError as refusal:
        page.seen.refuse(refusal, calendar)
        return _page(request, calendar, year, page)
    messages.success(request, _("The public holidays of %(year)s are reviewed.") % {"year": str(year)})
    return redirect("admin:tickets_calendar_change", calendar.pk)


def _with_the_rest_closed(calendar: Calendar, year: int, sent: QueryDict) -> QueryDict:
    """What was sent, with a decision for each date that had none."""
    filled = sent.copy()
    for day in actions.proposals(calendar, year):
        filled.setdefault(f"{day.isoformat()}-choice", DecisionForm.CLOSED)
    return filled


def _page(request: HttpRequest, calendar: Calendar, year: int, page: Review) -> HttpResponse:
    problems = page.problems()
    context = {
        "calendar": calendar,
        "year": str(year),
        "place": place(calendar),
        "page": page,
        "form": page.seen,
        "problems": problems,
        "others": calendar_week.dates(_besides(calendar, year, {form.day for form in page.forms}), date.min),
    }
    title = _("Public holidays of %(year)s") % {"year": str(year)}
    return desk_page(request, "admin/calendar_holidays.html", context, title=title, status=REFUSED if problems else 200)


def _besides(calendar: Calendar, year: int, public: Collection[date]) -> Draft:
    """The calendar with only those days of the year that are no public holidays."""
    draft = calendar.draft()
    days = {day: dated for day, dated in draft.days.items() if day.year == year and day not in public}
    return replace(draft, days=days)
