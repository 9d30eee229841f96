"""The page of one calendar: what it means for the coming days, and everything that can be changed about it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets import lifecycle, zones
from tickets.audit.actor import Actor
from tickets.calendars import actions
from tickets.calendars.drafts import Draft
from tickets.calendars.models import Calendar
from tickets.errors import DeskError, InvalidHours
from tickets.people.models import Agent
from tickets.sla.models import Recomputation, SLAPolicy
from tickets.workspace.calendars import review as calendar_review
from tickets.workspace.calendars import week as calendar_week
from tickets.workspace.calendars.confirm import REFUSED, Log, ask_first
from tickets.workspace.calendars.forms import Sheet
from tickets.workspace.calendars.trial import trial
from tickets.workspace.pages import desk_page


def show(request: HttpRequest, calendar: Calendar, *, may_change: bool) -> HttpResponse:
    """The calendar as it is."""
    return _page(request, Sheet(calendar), calendar, may_change=may_change)


def try_it(request: HttpRequest, calendar: Calendar, *, may_change: bool) -> HttpResponse:
    """Work out a deadline by what is typed; nothing is written. Whoever may not type tries the calendar as it is."""
    sheet = Sheet(calendar, request.POST if may_change else None)
    return _page(request, sheet, calendar, may_change=may_change, trying=True)


def save(request: HttpRequest, calendar: Calendar, log: Log) -> HttpResponse:
    """Write what was typed, once it is right and whoever sent it has seen which deadlines move."""
    at, sheet = timezone.now(), Sheet(calendar, request.POST)
    if "back" in request.POST or not sheet.is_valid():
        return _page(request, sheet, calendar, may_change=True)
    draft, seen = sheet.draft(), sheet.form.cleaned_data["seen"]
    try:
        if question := ask_first(request, calendar, lambda copy: actions.write(copy, draft, seen=seen), at=at):
            return question
        with transaction.atomic():
            lifecycle.edit_calendar(calendar, draft, seen=seen, by=Actor.of(request.user), at=at)
            log(calendar, [{"changed": {"fields": sheet.changes()}}])
    except DeskError as refusal:
        sheet.form.refuse(refusal, calendar)
        return _page(request, sheet, Calendar.objects.with_hours().get(pk=calendar.pk), may_change=True)
    messages.success(request, _("The calendar is saved."))
    return redirect("admin:tickets_calendar_change", calendar.pk)


def add(request: HttpRequest, log: Log) -> HttpResponse:
    """A new calendar: nothing goes by it yet, so no deadline moves."""
    calendar = Calendar()
    if request.method != "POST":
        return _page(request, Sheet(calendar), calendar, may_change=True)
    sheet = Sheet(calendar, request.POST)
    if not sheet.is_valid():
        return _page(request, sheet, calendar, may_change=True)
    with transaction.atomic():
        calendar.name = sheet.draft().name
        calendar.save()
        actions.write(calendar, sheet.draft(), seen=calendar.edition)
        log(calendar, [{"added": {}}])
    messages.success(request, _("The calendar is saved. Choose now whose public holidays it follows."))
    return redirect("admin:tickets_calendar_change", calendar.pk)


def _page(
    request: HttpRequest, sheet: Sheet, calendar: Calendar, *, may_change: bool, trying: bool = False
) -> HttpResponse:
    at, problems = timezone.now(), sheet.problems()
    today = timezone.localdate(at, ZoneInfo(calendar.time_zone))
    context = {
        "calendar": calendar,
        "sheet": sheet,
        # The page's title says whether something is wrong.
        "form": sheet.form,
        "problems": problems,
        "may_change": may_change,
        "week": calendar_week.week(sheet.stored),
        "dates": calendar_week.dates(sheet.stored, today),
        "may_delete": may_change and bool(calendar.pk) and request.user.has_perm("tickets.delete_calendar"),
        "past_holidays": sheet.holidays.past(today),
        "past_special": sheet.special.past(today),
        **(_about(request, calendar, sheet, at, trying=trying) if calendar.pk else {}),
    }
    title = calendar.name if calendar.pk else _("New calendar")
    return desk_page(request, "admin/calendar.html", context, title=title, status=REFUSED if problems else 200)


def _about(request: HttpRequest, calendar: Calendar, sheet: Sheet, at: datetime, *, trying: bool) -> dict[str, Any]:
    """What is known about a calendar that there is already."""
    return {
        "facts": _facts(calendar, sheet.stored),
        "city": zones.city(calendar.time_zone),
        "place": calendar_review.place(calendar),
        "years": calendar_review.years(calendar, at),
        "new_deadlines": Recomputation.objects.filter(calendar=calendar).first(),
        **_counted(request, sheet, at, trying=trying),
    }


def _counted(request: HttpRequest, sheet: Sheet, at: datetime, *, trying: bool) -> dict[str, Any]:
    """The picture and the trial; neither while the calendar has no hours yet."""
    typed = sheet.draft() if trying and sheet.form.is_bound and sheet.is_valid() else sheet.stored
    try:
        picture = calendar_week.picture(sheet.stored, at)
    except InvalidHours:
        return {}
    trial_form, result = trial(request.POST if trying else None, typed, at)
    return {"picture": picture, "trial_form": trial_form, "trial": result}


def _facts(calendar: Calendar, stored: Draft) -> list[str]:
    policies, agents = (model.objects.filter(calendar=calendar).count() for model in (SLAPolicy, Agent))
    by_agents = [
        ngettext("and by %(number)s agent", "and by %(number)s agents", agents) % {"number": number_format(agents)}
    ]
    week = sum((calendar_week.open_for(hours) for hours in stored.weekly.values()), timedelta())
    minutes = week // timedelta(minutes=1)
    return [
        calendar.time_zone,
        ngettext("used by %(number)s policy", "used by %(number)s policies", policies)
        % {"number": number_format(policies)},
        *(by_agents if agents else []),
        _("%(number)s open hours in a usual week")
        % {"number": number_format(round(Decimal(minutes) / 60, 2).normalize())},
    ]
