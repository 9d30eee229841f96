"""The page of a calendar: what a lead sees, types, and is told before anything moves."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from tests.factories import AgentFactory, CategoryFactory, TeamFactory, open_ticket
from tickets import lifecycle
from tickets.calendars import actions
from tickets.calendars.drafts import Day
from tickets.lifecycle.deadlines import calendars
from tickets.models import Agent, Calendar, CalendarDate, Customer, Recomputation, SLAClock, Ticket
from tickets.people import roles
from tickets.people.need_to_know import READ_RESTRICTED

WORKDAY = "08:00-20:00"


@pytest.fixture
def calendar(desk: None) -> Calendar:
    """Monday to Friday 8 to 20, Saturday and Sunday 9 to 17, in Dublin's time."""
    calendar = Calendar.objects.get()
    Calendar.objects.update(time_zone="Europe/Dublin")
    actions.edited(calendar)
    return Calendar.objects.get()


def page_of(calendar: Calendar) -> str:
    return reverse("admin:tickets_calendar_change", args=[calendar.pk])


def typed(calendar: Calendar, **changes: str) -> dict[str, str]:
    """What the page sends when nothing but ``changes`` was typed: one holiday and one special day can be new."""
    week = {f"day_{day}": WORKDAY if day < 5 else "09:00-17:00" for day in range(7)}
    counts = {"holidays-TOTAL_FORMS": "2", "special-TOTAL_FORMS": "2"}
    counts |= {"holidays-INITIAL_FORMS": "0", "special-INITIAL_FORMS": "0"}
    seen = str(Calendar.objects.get(pk=calendar.pk).edition)
    return {"name": calendar.name, "time_zone": calendar.time_zone, "seen": seen, **week, **counts, **changes}


def refusal(client: Client, calendar: Calendar, **changes: str) -> str:
    """The page that comes back, with nothing written."""
    response = client.post(page_of(calendar), typed(calendar, **changes))
    assert response.status_code == 422
    assert Calendar.objects.get(pk=calendar.pk).edition == calendar.edition
    return response.content.decode()


# --- What the page shows ----------------------------------------------------------------------------------------------


def test_the_head_says_who_goes_by_the_calendar(lead_client: Client, calendar: Calendar) -> None:
    AgentFactory.create(calendar=calendar)
    facts = lead_client.get(page_of(calendar)).context["facts"]
    assert facts == ["Europe/Dublin", "used by 1 policy", "and by 1 agent", "76 open hours in a usual week"]


def test_the_head_says_nothing_of_agents_where_none_goes_by_it(lead_client: Client, calendar: Calendar) -> None:
    facts = lead_client.get(page_of(calendar)).context["facts"]
    assert facts == ["Europe/Dublin", "used by 1 policy", "76 open hours in a usual week"]


def test_the_picture_says_each_of_the_coming_days_in_words(lead_client: Client, calendar: Calendar) -> None:
    CalendarDate.objects.create(calendar=calendar, date=date(2026, 11, 25), name="Founders’ day")
    CalendarDate.objects.create(
        calendar=calendar, date=date(2026, 11, 26), name="Stocktaking", opens=time(9), closes=time(12)
    )
    picture = lead_client.get(page_of(calendar)).context["picture"]
    assert [(day.day, day.name, day.open_for, day.times) for day in picture.days[:4]] == [
        ("Mon 23 Nov", "", "12 hrs", "08:00–20:00"),
        ("Tue 24 Nov", "", "12 hrs", "08:00–20:00"),
        ("Wed 25 Nov", "Founders’ day", "", "Closed"),
        ("Thu 26 Nov", "Stocktaking", "3 hrs", "09:00–12:00"),
    ]


def test_the_next_change_of_the_clocks_is_named(lead_client: Client, calendar: Calendar) -> None:
    picture = lead_client.get(page_of(calendar)).context["picture"]
    assert picture.clock_change == "The clocks change next on Sunday, 28 March 2027, a day of 23 hrs."


def test_a_day_on_which_the_clocks_change_counts_what_is_really_open(
    lead: Agent, sign_in: Any, calendar: Calendar
) -> None:
    calendar.intervals.filter(weekday=6).update(opens="00:00")
    actions.edited(calendar)
    with time_machine.travel(datetime(2027, 3, 27, 12, tzinfo=UTC), tick=False):
        days = sign_in(lead.user).get(page_of(calendar)).context["picture"].days
    assert [(day.day, day.open_for, day.times) for day in days if day.day.startswith("Sun")] == [
        ("Sun 28 Mar", "16 hrs", "00:00–17:00"),
        ("Sun 4 Apr", "17 hrs", "00:00–17:00"),
    ]


def test_who_has_no_role_reads_the_calendar_and_changes_nothing(desk_client: Client, calendar: Calendar) -> None:
    page = desk_client.get(page_of(calendar))
    assert ("Sunday", "09:00–17:00") in page.context["week"]
    assert "Save the calendar" not in page.content.decode()
    assert desk_client.post(page_of(calendar), typed(calendar)).status_code == 403


def test_the_page_costs_the_same_however_much_the_calendar_holds(
    lead_client: Client, calendar: Calendar, django_assert_num_queries: Any
) -> None:
    # Session, user; the calendar, its week, its dates; policies and agents that go by it; its last new deadlines.
    with django_assert_num_queries(8):
        lead_client.get(page_of(calendar))
    for day in range(1, 29):
        CalendarDate.objects.create(calendar=calendar, date=date(2026, 12, day), name="Closed")
        AgentFactory.create(calendar=calendar)
    with django_assert_num_queries(8):
        lead_client.get(page_of(calendar))


# --- Trying it --------------------------------------------------------------------------------------------------------


def test_a_clock_can_be_tried_and_is_explained_day_by_day(lead_client: Client, calendar: Calendar) -> None:
    CalendarDate.objects.create(calendar=calendar, date=date(2026, 11, 30), name="St Andrew")
    changes = {"try": "1", "trial-starts": "2026-11-28T15:30", "trial-target": "12"}
    changes |= {"holidays-INITIAL_FORMS": "1", "holidays-0-day": "2026-11-30", "holidays-0-name": "St Andrew"}
    trial = lead_client.post(page_of(calendar), typed(calendar, **changes)).context["trial"]
    assert trial.due == "Tuesday 1 December, 10:30"
    assert trial.lines == [
        "Sat 28 Nov: 1 hr 30 mins",
        "Sun 29 Nov: 8 hrs",
        "Mon 30 Nov, St Andrew: nothing counts",
        "Tue 1 Dec: 2 hrs 30 mins",
    ]


def test_hours_are_tried_as_typed_before_they_are_saved(lead_client: Client, calendar: Calendar) -> None:
    changes = {"try": "1", "trial-starts": "2026-11-23T09:00", "trial-target": "2", "day_0": "9-10, 15-18"}
    page = lead_client.post(page_of(calendar), typed(calendar, **changes))
    assert page.context["trial"].due == "Monday 23 November, 16:00"
    assert Calendar.objects.get().edition == calendar.edition


def test_an_agent_tries_the_calendar_as_it_is(desk_client: Client, calendar: Calendar) -> None:
    sent = {"try": "1", "trial-starts": "2026-11-23T09:00", "trial-target": "2"}
    assert desk_client.post(page_of(calendar), sent).context["trial"].due == "Monday 23 November, 11:00"


def test_a_target_beyond_the_end_of_dates_is_refused(lead_client: Client, calendar: Calendar) -> None:
    changes = {"try": "1", "trial-starts": "9998-12-31T09:00", "trial-target": "8000"}
    page = lead_client.post(page_of(calendar), typed(calendar, **changes))
    assert "the calendar does not go that far" in page.content.decode()


# --- Saving -----------------------------------------------------------------------------------------------------------


def test_what_was_typed_is_written(lead_client: Client, calendar: Calendar) -> None:
    changes = {
        "name": "Dublin desk",
        "day_0": "9-13, 14:00 – 18.00",
        "day_6": "",
        "holidays-0-day": "2026-12-25",
        "holidays-0-name": "Christmas Day",
        "special-0-day": "2026-12-24",
        "special-0-name": "Christmas Eve",
        "special-0-hours": "09:00-11:00, 12:00-24:00",
    }
    assert lead_client.post(page_of(calendar), typed(calendar, **changes)).status_code == 302
    draft = Calendar.objects.get().draft()
    assert (draft.name, draft.weekly[0], draft.weekly.get(6)) == (
        "Dublin desk",
        ((time(9), time(13)), (time(14), time(18))),
        None,
    )
    assert draft.days == {
        date(2026, 12, 24): Day("Christmas Eve", ((time(9), time(11)), (time(12), time(0)))),
        date(2026, 12, 25): Day("Christmas Day"),
    }


def test_an_edit_draws_a_new_edition_and_stays_in_the_history(lead_client: Client, calendar: Calendar) -> None:
    lead_client.post(page_of(calendar), typed(calendar, day_6="10:00-12:00"))
    assert Calendar.objects.get().edition != calendar.edition
    assert LogEntry.objects.get().get_change_message() == "Changed usual week."


def test_a_line_goes_when_it_is_marked_for_removal(lead_client: Client, calendar: Calendar) -> None:
    CalendarDate.objects.create(calendar=calendar, date=date(2026, 12, 25), name="Christmas Day")
    changes = {"holidays-0-day": "2026-12-25", "holidays-0-name": "Christmas Day", "holidays-0-remove": "on"}
    lead_client.post(page_of(calendar), typed(calendar, **changes))
    assert not calendar.dates.exists()


def test_a_new_calendar_is_typed_the_same_way(lead_client: Client, calendar: Calendar) -> None:
    response = lead_client.post(
        reverse("admin:tickets_calendar_add"), typed(calendar, name="Night shift", day_0="0-24")
    )
    made = Calendar.objects.get(name="Night shift")
    assert response["Location"] == page_of(made)
    assert made.draft().weekly[0] == ((time(0), time(0)),)


def test_who_did_not_see_somebody_else_s_edit_is_told_before_it_is_lost(
    lead_client: Client, calendar: Calendar
) -> None:
    mine = typed(calendar, name="Mine")
    actions.edited(calendar)
    first = lead_client.post(page_of(calendar), mine)
    assert "Somebody else changed this calendar in the meantime." in first.content.decode()
    assert 'value="Mine"' in first.content.decode()
    again = first.context["sheet"].form["seen"].value()
    assert lead_client.post(page_of(calendar), {**mine, "seen": again}).status_code == 302


# --- Seen before it is written ----------------------------------------------------------------------------------------


@pytest.fixture
def ticket(alice: Customer, calendar: Calendar) -> Ticket:
    """Opened on Monday at nine; its first answer is due at 17:00, which is eight open hours later."""
    return open_ticket(alice)


def first_answer(ticket: Ticket) -> SLAClock:
    return SLAClock.objects.get(ticket=ticket, metric="first_reply")


def test_the_deadlines_that_would_move_are_shown_before_anything_is_written(
    lead_client: Client, calendar: Calendar, ticket: Ticket
) -> None:
    page = lead_client.post(page_of(calendar), typed(calendar, day_0="08:00-12:00"))
    rows = [(row.clock, row.before, row.after) for row in page.context["rows"] if row.clock == "First reply"]
    due = first_answer(ticket).due_at
    assert rows == [("First reply", due, datetime(2026, 11, 24, 13, tzinfo=UTC))]
    assert page.context["sentence"] == "2 open clocks would move."
    assert Calendar.objects.get().edition == calendar.edition
    assert not Recomputation.objects.exists()


def test_where_there_are_too_many_to_count_it_says_at_least(
    lead_client: Client, calendar: Calendar, ticket: Ticket, bob: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ticket(bob)
    monkeypatch.setattr(calendars, "LOOKED_AT", 1)
    page = lead_client.post(page_of(calendar), typed(calendar, day_0="08:00-12:00"))
    assert page.context["sentence"] == "At least 2 open clocks would move."


def test_once_confirmed_the_deadlines_move_and_say_why(
    lead_client: Client, lead: Agent, calendar: Calendar, ticket: Ticket, now: datetime
) -> None:
    page = lead_client.post(page_of(calendar), typed(calendar, day_0="08:00-12:00"))
    lead_client.post(page_of(calendar), dict(page.context["sent"]) | {"confirmed": "1"})
    lifecycle.recompute(Recomputation.objects.get().pk, at=now)
    clock = first_answer(ticket)
    assert clock.due_at == datetime(2026, 11, 24, 13, tzinfo=UTC)
    assert clock.events.get(kind="apply").cause == "calendar"
    assert Recomputation.objects.get().by == lead.user


def test_a_deleted_holiday_moves_what_waited_for_it(
    lead_client: Client, calendar: Calendar, alice: Customer, now: datetime
) -> None:
    today = CalendarDate.objects.create(calendar=calendar, date=date(2026, 11, 24), name="St Nobody")
    actions.edited(calendar)
    late = open_ticket(alice, at=datetime(2026, 11, 23, 18, tzinfo=UTC))
    changes = {"holidays-0-day": str(today.date), "holidays-0-name": today.name, "holidays-0-remove": "on"}
    before = first_answer(late).due_at
    lead_client.post(page_of(calendar), typed(calendar, **changes, confirmed="1"))
    lifecycle.recompute(Recomputation.objects.get().pk, at=now)
    assert (before, first_answer(late).due_at) == (
        datetime(2026, 11, 25, 14, tzinfo=UTC),
        datetime(2026, 11, 24, 14, tzinfo=UTC),
    )


def test_going_back_keeps_what_was_typed_and_writes_nothing(
    lead_client: Client, calendar: Calendar, ticket: Ticket
) -> None:
    page = lead_client.post(page_of(calendar), typed(calendar, day_0="08:00-12:00"))
    back = lead_client.post(page_of(calendar), dict(page.context["sent"]) | {"back": "1"})
    assert 'value="08:00-12:00"' in back.content.decode()
    assert Calendar.objects.get().edition == calendar.edition


def test_a_new_name_asks_no_questions(lead_client: Client, calendar: Calendar, ticket: Ticket) -> None:
    assert lead_client.post(page_of(calendar), typed(calendar, name="Desk")).status_code == 302
    assert not Recomputation.objects.exists()


def test_no_line_about_a_case_that_the_reader_may_not_read(
    sign_in: Any, agent: Agent, calendar: Calendar, alice: Customer
) -> None:
    agent.user.groups.add(Group.objects.get(name=roles.LEADS))
    agent.user.groups.get().permissions.remove(*Permission.objects.filter(codename=READ_RESTRICTED))
    hidden = open_ticket(
        alice, category=CategoryFactory.create(restricted=True, team=TeamFactory.create(name="Privacy"))
    )
    Ticket.objects.filter(pk=hidden.pk).update(assignee=None)
    page = sign_in(agent.user).post(page_of(calendar), typed(calendar, day_0="08:00-12:00"))
    assert (page.context["sentence"], page.context["rows"]) == ("2 open clocks would move.", [])


# --- What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        ("09:00-13:00, 12:00-18:00", "Monday: one interval lasts until 13:00, but the next opens at 12:00."),
        ("18:00-09:00", "Monday: the closing time 09:00 has to come after the opening time 18:00."),
        ("09:00", "Monday: “09:00” is only one time."),
        ("9:00-25:00", "Monday: there is no time “25:00”."),
        ("all day", "Monday: we cannot read “all day”."),
    ],
)
def test_hours_that_cannot_be_are_refused_by_their_day(
    hours: str, sentence: str, lead_client: Client, calendar: Calendar
) -> None:
    html = refusal(lead_client, calendar, day_0=hours)
    assert sentence in html
    assert f'value="{hours}"' in html


def holiday(number: int, day: str, name: str) -> dict[str, str]:
    return {f"holidays-{number}-day": day, f"holidays-{number}-name": name}


def test_a_holiday_twice_names_the_line_to_change(lead_client: Client, calendar: Calendar) -> None:
    lines = holiday(0, "2026-12-25", "Christmas Day") | holiday(1, "2026-12-25", "Natale")
    html = refusal(lead_client, calendar, **lines)
    assert "Friday, 25 December 2026 is there twice. Change the line “Christmas Day” instead" in html
    assert 'value="Natale"' in html


def test_a_date_is_a_holiday_or_a_special_day(lead_client: Client, calendar: Calendar) -> None:
    special = {"special-0-day": "2026-12-25", "special-0-name": "Half a day", "special-0-hours": "9-12"}
    html = refusal(lead_client, calendar, **holiday(0, "2026-12-25", "Christmas Day"), **special)
    assert "Friday, 25 December 2026 is there as a holiday and as a special day. Keep one of the two lines." in html


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({"holidays-0-name": "Christmas"}, "Give the date of “Christmas”, or remove the line."),
        ({"holidays-0-day": "2026-12-25"}, "Say what Friday, 25 December 2026 is, such as Christmas Day."),
        (holiday(0, "0001-01-01", "Long ago"), "Check the year: 1 is too far away."),
        (holiday(0, "soon", "Some day"), "This is no date. Write it like 2026-12-25."),
        (
            {"special-0-day": "2026-12-24", "special-0-name": "Eve"},
            "Say when you are open on Thursday, 24 December 2026",
        ),
        (
            {"special-0-day": "2026-12-24", "special-0-name": "Eve", "special-0-hours": "9"},
            "Thursday, 24 December 2026: “9” is only one time.",
        ),
    ],
)
def test_half_a_line_says_what_is_missing(
    line: dict[str, str], sentence: str, lead_client: Client, calendar: Calendar
) -> None:
    assert sentence in refusal(lead_client, calendar, **line)


def test_a_calendar_that_never_opens_is_refused(lead_client: Client, calendar: Calendar) -> None:
    week = {f"day_{day}": "" for day in range(7)}
    assert "Add hours to at least one weekday." in refusal(lead_client, calendar, **week)


def test_an_unknown_time_zone_is_refused(lead_client: Client, calendar: Calendar) -> None:
    html = refusal(lead_client, calendar, time_zone="Europe/Atlantis")
    assert "We do not know the time zone “Europe/Atlantis”. Choose one from the list." in html


def test_two_calendars_of_one_name_are_refused(lead_client: Client, calendar: Calendar) -> None:
    Calendar.objects.create(name="Night shift")
    assert "Another calendar has this name." in refusal(lead_client, calendar, name="Night shift")


# --- Deleting ---------------------------------------------------------------------------------------------------------


def test_a_calendar_in_use_is_not_deleted_and_says_by_what(lead_client: Client, calendar: Calendar) -> None:
    response = lead_client.post(
        reverse("admin:tickets_calendar_delete", args=[calendar.pk]), {"post": "yes"}, follow=True
    )
    assert "SLA policies go by it, such as “For everybody”." in response.content.decode()
    assert Calendar.objects.filter(pk=calendar.pk).exists()


def test_agents_keep_their_calendar_from_being_deleted(lead_client: Client, calendar: Calendar) -> None:
    mine = Calendar.objects.create(name="Mine")
    AgentFactory.create(calendar=mine)
    response = lead_client.post(reverse("admin:tickets_calendar_delete", args=[mine.pk]), {"post": "yes"}, follow=True)
    assert "1 agent works by it." in response.content.decode()


def test_a_calendar_that_nothing_goes_by_can_go(lead_client: Client, calendar: Calendar) -> None:
    mine = Calendar.objects.create(name="Mine")
    lead_client.post(reverse("admin:tickets_calendar_delete", args=[mine.pk]), {"post": "yes"})
    assert not Calendar.objects.filter(name="Mine").exists()
