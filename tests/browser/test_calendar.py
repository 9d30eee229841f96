"""A lead and the calendar's pages, in a real browser: nothing needs a script, and everybody can read all of it."""

import re
from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.browser.test_accessibility import LANGUAGES, Stop, faults_of
from tests.factories import UserFactory
from tickets.calendars import actions
from tickets.models import Calendar, User


def a_lead(language: str = "en") -> User:
    return UserFactory.create(is_staff=True, is_superuser=True, language=language)


def pages(calendar: Calendar) -> Iterator[Stop]:
    """The calendar as it is, refused, about to move deadlines; its public holidays; a new one."""
    change = reverse("admin:tickets_calendar_change", args=[calendar.pk])
    holidays = reverse("admin:calendar_holidays", args=[calendar.pk, timezone.localdate().year])
    yield Stop(change)
    yield Stop(change, press="button[name=try]")
    yield Stop(holidays)
    yield Stop(holidays, press="main form .btn.go")
    yield Stop(reverse("admin:calendar_place", args=[calendar.pk]))
    yield Stop(reverse("admin:tickets_calendar_add"), press="main form .btn.go")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_calendar_s_pages_have_no_barriers(shop: Shop, visit: Visit, axe_source: str, language: str) -> None:
    calendar = Calendar.objects.get()
    actions.choose_holidays_of(calendar, country="IT", region="")
    faults = faults_of(visit(a_lead(language)), pages(calendar), axe_source, language)
    assert faults == []


def test_without_a_script_a_lead_sees_which_deadlines_move_before_they_do(shop: Shop, visit: Visit) -> None:
    calendar = Calendar.objects.get()
    page = visit(a_lead(), java_script_enabled=False).go(reverse("admin:tickets_calendar_change", args=[calendar.pk]))
    for day in range(7):
        page.fill(f"#id_day_{day}", "10-11")
    page.click("text=Save the calendar")
    expect(page).to_have_title(re.compile("^Deadlines that would move"))
    assert Calendar.objects.get().edition == calendar.edition
    page.click("text=Save, and move these deadlines")
    assert page.input_value("#id_day_0") == "10:00-11:00"
