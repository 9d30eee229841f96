"""Public holidays come into a calendar only through somebody who looked at each of them."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from tests.factories import open_ticket
from tickets import lifecycle
from tickets.calendars import actions
from tickets.calendars.drafts import Day
from tickets.models import Agent, Calendar, CalendarDate, Customer, Recomputation, SLAClock
from tickets.workspace import todo


@pytest.fixture
def calendar(desk: None) -> Calendar:
    """Follows the public holidays of Germany; it is November 2026, and nobody has looked at any year."""
    actions.choose_holidays_of(Calendar.objects.get(), country="DE", region="")
    return Calendar.objects.get()


def review_of(calendar: Calendar, year: int = 2026) -> str:
    return reverse("admin:calendar_holidays", args=[calendar.pk, year])


def decided(client: Client, calendar: Calendar, year: int = 2026, **decisions: str) -> dict[str, str]:
    """What the page sends: closed on all dates, but for ``decisions`` by month and day, such as ``d0501="usual"``."""
    page = client.get(review_of(calendar, year)).context["page"]
    sent = {f"{form.prefix}-choice": "closed" for form in page.forms}
    for when, what in decisions.items():
        day = f"{year}-{when[1:3]}-{when[3:5]}"
        choice, _colon, hours = what.partition(":")
        sent |= {f"{day}-choice": choice, f"{day}-hours": hours}
    return {"seen": str(calendar.edition), **sent}


# --- Whose holidays ---------------------------------------------------------------------------------------------------


def test_the_country_is_chosen_first_and_then_its_region(lead_client: Client, calendar: Calendar) -> None:
    address = reverse("admin:calendar_place", args=[calendar.pk])
    page = lead_client.get(address, {"country": "IT"})
    assert ("BZ", "Bolzano") in [
        (code, name.split(" /")[0]) for code, name in page.context["region"]["region"].field.choices
    ]
    response = lead_client.post(address, {"country": "IT", "region": "BZ"})
    assert response["Location"] == review_of(calendar)
    kept = Calendar.objects.get()
    assert (kept.country, kept.subdivision, kept.dates.count()) == ("IT", "BZ", 0)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (
            {"country": "XX", "region": ""},
            "We do not know the public holidays of “XX”. Choose a country from the list.",
        ),
        ({"country": "DE", "region": "ZZ"}, "We do not know the public holidays of the region “ZZ”."),
    ],
)
def test_a_place_that_nobody_knows_is_refused(
    sent: dict[str, str], sentence: str, lead_client: Client, calendar: Calendar
) -> None:
    response = lead_client.post(reverse("admin:calendar_place", args=[calendar.pk]), sent)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Calendar.objects.get().country == "DE"


# --- Date by date -----------------------------------------------------------------------------------------------------


def test_the_proposal_says_what_the_calendar_has_already(lead_client: Client, calendar: Calendar) -> None:
    CalendarDate.objects.create(calendar=calendar, date=date(2026, 12, 25), name="Weihnachten")
    CalendarDate.objects.create(calendar=calendar, date=date(2026, 7, 1), name="Founders’ day")
    page = lead_client.get(review_of(calendar))
    proposed = {form.day: (form.name, form.in_calendar) for form in page.context["page"].forms}
    assert proposed[date(2026, 10, 3)] == ("German Unity Day", "")
    assert proposed[date(2026, 12, 25)] == ("Christmas Day", "In the calendar: Weihnachten, Closed")
    assert page.context["others"] == [("Wednesday, 1 July 2026", "Founders’ day", "Closed")]


def test_holidays_are_named_in_the_reader_s_language(lead: Agent, sign_in: Any, calendar: Calendar) -> None:
    lead.user.language = "de"
    lead.user.save()
    page = sign_in(lead.user).get(review_of(calendar)).context["page"]
    assert "Tag der Deutschen Einheit" in [form.name for form in page.forms]


def test_each_date_is_closed_or_open_or_gets_hours_of_its_own(lead_client: Client, calendar: Calendar) -> None:
    sent = decided(lead_client, calendar, d0501="usual", d1226="special:10-14")
    assert lead_client.post(review_of(calendar), sent).status_code == 302
    kept = Calendar.objects.get()
    assert kept.holidays_reviewed_until == 2026
    assert kept.draft().days == {
        date(2026, 1, 1): Day("New Year's Day"),
        date(2026, 4, 3): Day("Good Friday"),
        date(2026, 4, 6): Day("Easter Monday"),
        date(2026, 5, 14): Day("Ascension Day"),
        date(2026, 5, 25): Day("Pentecost Monday"),
        date(2026, 10, 3): Day("German Unity Day"),
        date(2026, 12, 25): Day("Christmas Day"),
        date(2026, 12, 26): Day("Second Day of Christmas", ((time(10), time(14)),)),
    }
    assert LogEntry.objects.get().get_change_message() == "Changed public holidays."


def test_nothing_is_written_before_every_date_is_decided(lead_client: Client, calendar: Calendar) -> None:
    sent = decided(lead_client, calendar)
    del sent["2026-12-25-choice"]
    response = lead_client.post(review_of(calendar), sent)
    assert response.status_code == 422
    assert "Decide about Friday, 25 December 2026." in response.content.decode()
    assert not calendar.dates.exists()


def test_the_rest_can_be_closed_in_one_go_and_is_shown_before_it_counts(
    lead_client: Client, calendar: Calendar
) -> None:
    page = lead_client.post(
        review_of(calendar), {"seen": str(calendar.edition), "close_rest": "1", "2026-05-01-choice": "usual"}
    ).context["page"]
    assert {form["choice"].value() for form in page.forms if form.day != date(2026, 5, 1)} == {"closed"}
    assert [form["choice"].value() for form in page.forms if form.day == date(2026, 5, 1)] == ["usual"]
    assert not calendar.dates.exists()


def test_special_hours_without_hours_are_refused(lead_client: Client, calendar: Calendar) -> None:
    response = lead_client.post(review_of(calendar), decided(lead_client, calendar, d1225="special:"))
    assert "Say when you are open on Friday, 25 December 2026, such as 09:00-12:00." in response.content.decode()


def test_a_date_that_was_left_open_stays_decided(lead_client: Client, calendar: Calendar) -> None:
    lead_client.post(review_of(calendar), decided(lead_client, calendar, d0501="usual"))
    page = lead_client.get(review_of(calendar)).context["page"]
    assert [form["choice"].value() for form in page.forms if form.day == date(2026, 5, 1)] == ["usual"]


def test_years_are_reviewed_one_after_the_other(lead_client: Client, calendar: Calendar) -> None:
    assert lead_client.get(review_of(calendar, 2027)).status_code == 404
    lead_client.post(review_of(calendar), decided(lead_client, calendar))
    assert lead_client.get(review_of(calendar, 2027)).status_code == 200


def test_another_place_begins_the_review_anew(lead_client: Client, calendar: Calendar) -> None:
    lead_client.post(review_of(calendar), decided(lead_client, calendar))
    actions.choose_holidays_of(Calendar.objects.get(), country="DE", region="BY")
    assert Calendar.objects.get().holidays_reviewed_until is None


def test_a_holiday_that_moves_deadlines_is_shown_first_and_then_moves_them(
    lead_client: Client, calendar: Calendar, alice: Customer, now: datetime
) -> None:
    ticket = open_ticket(alice, at=datetime(2026, 12, 24, 18, tzinfo=UTC))
    sent = decided(lead_client, calendar)
    page = lead_client.post(review_of(calendar), sent)
    assert page.context["sentence"] == "2 open clocks would move."
    assert not calendar.dates.exists()
    lead_client.post(review_of(calendar), dict(page.context["sent"]) | {"confirmed": "1"})
    lifecycle.recompute(Recomputation.objects.get().pk, at=now)
    clock = SLAClock.objects.get(ticket=ticket, metric="first_reply")
    assert clock.due_at == datetime(2026, 12, 27, 15, tzinfo=UTC)


def test_somebody_else_s_edit_is_not_overwritten(lead_client: Client, calendar: Calendar) -> None:
    sent = decided(lead_client, calendar)
    actions.edited(Calendar.objects.get())
    response = lead_client.post(review_of(calendar), sent)
    assert "Somebody else changed this calendar in the meantime." in response.content.decode()


def test_only_whoever_may_change_a_calendar_reviews_it(desk_client: Client, calendar: Calendar) -> None:
    assert desk_client.get(review_of(calendar)).status_code == 403


# --- The reminder -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "until", "reminds"),
    [
        ("2026-09-30", 2026, False),
        ("2026-10-01", 2026, True),
        ("2026-10-01", 2027, False),
        ("2026-02-01", None, True),
    ],
)
def test_from_october_on_leads_are_reminded_of_the_coming_year(
    at: str, until: int | None, reminds: bool, lead: Agent, calendar: Calendar
) -> None:
    Calendar.objects.update(holidays_reviewed_until=until)
    moment = datetime.fromisoformat(f"{at}T12:00+00:00")
    assert bool(todo.review_holidays(lead.user, moment)) is reminds


def test_nobody_else_is_reminded(agent: Agent, calendar: Calendar, now: datetime) -> None:
    assert todo.review_holidays(agent.user, now) is None


def test_the_reminder_leads_to_the_calendar(lead: Agent, calendar: Calendar, now: datetime) -> None:
    reminder = todo.review_holidays(lead.user, now)
    assert reminder
    assert (reminder.label, reminder.detail, reminder.address) == (
        "Review the public holidays up to 2027",
        "1; the first: Customer care",
        reverse("admin:tickets_calendar_change", args=[calendar.pk]),
    )
