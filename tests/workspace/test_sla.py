"""A lead edits what the desk promises: every edit is a version, a draft can be tried first."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.desk.priorities import Priority
from tickets.models import (
    Agent,
    Calendar,
    Customer,
    Recomputation,
    SLAClock,
    SLAPolicy,
    SLAPolicyVersion,
    WhatIf,
)
from tickets.sla.content import content
from tickets.sla.models import MetricName
from tickets.sla.rules import Target


def address(policy: SLAPolicy) -> str:
    return reverse("admin:tickets_slapolicy_change", args=[policy.pk])


def sent_back(page: Any) -> dict[str, Any]:
    """What a browser would send if somebody pressed a button of the form as it is."""
    values = {field.html_name: field.value() for field in page.context["form"]}
    return {name: value for name, value in values.items() if value not in (None, False)}


def press(client: Client, policy: SLAPolicy, button: str, **typed: Any) -> Any:
    data = sent_back(client.get(address(policy))) | {button: ""} | typed
    return client.post(address(policy), {name: value for name, value in data.items() if value is not None})


def publish(client: Client, policy: SLAPolicy, **typed: Any) -> Any:
    return press(client, policy, "publish", **{"reason": "We hired two people.", **typed})


@pytest.fixture
def policy(desk: None) -> SLAPolicy:
    return SLAPolicy.objects.get()


@pytest.fixture
def plus(policy: SLAPolicy, lead_client: Client) -> SLAPolicy:
    """For customers who pay; it stands before the one for everybody."""
    data = sent_back(lead_client.get(address(policy))) | {"name_en": "Plus", "plans": ["plus"]}
    lead_client.post(reverse("admin:tickets_slapolicy_add"), data)
    made = SLAPolicy.objects.get(version=0)
    assert publish(lead_client, made).status_code == 302
    made.refresh_from_db()
    return made


def errors(page: Any) -> dict[str, list[str]]:
    assert page.status_code == 422
    return {name: list(messages) for name, messages in page.context["form"].errors.items()}


# --- Versions ---------------------------------------------------------------------------------------------------------


def test_a_desk_begins_with_version_one(policy: SLAPolicy) -> None:
    version = SLAPolicyVersion.objects.get()
    assert (version.number, version.policy, version.terms) == (1, policy, content(policy).as_json())


def test_what_is_saved_as_a_version_is_in_force(lead_client: Client, lead: Agent, policy: SLAPolicy) -> None:
    publish(lead_client, policy, urgent_first_reply="30", name_en="Swift")
    after = SLAPolicy.objects.get()
    assert (after.version, after.name) == (2, "Swift")
    assert after.edition != policy.edition
    assert content(after).targets[Priority.URGENT, MetricName.FIRST_REPLY] == Target(30, business=True)
    version = SLAPolicyVersion.objects.get(number=2)
    assert (version.by, version.reason) == (lead.user, "We hired two people.")


def test_a_version_needs_a_reason(lead_client: Client, policy: SLAPolicy) -> None:
    page = publish(lead_client, policy, urgent_first_reply="30", reason=" ")
    assert errors(page) == {"reason": ["Say why you are changing it. Whoever asks in a year finds it in the history."]}
    assert "30" in str(page.context["form"]["urgent_first_reply"])
    assert SLAPolicy.objects.get().version == 1


def test_a_draft_changes_nothing_that_is_in_force(lead_client: Client, policy: SLAPolicy) -> None:
    before = content(policy)
    press(lead_client, policy, "save", urgent_first_reply="30")
    assert (content(SLAPolicy.objects.get()), SLAPolicy.objects.get().edition) == (before, policy.edition)
    assert not Recomputation.objects.exists()


def test_a_draft_is_there_when_the_page_is_opened_again_and_says_what_is_in_force(
    lead_client: Client, policy: SLAPolicy
) -> None:
    press(lead_client, policy, "save", urgent_first_reply="30")
    page = lead_client.get(address(policy))
    assert page.context["form"]["urgent_first_reply"].value() == "30 min"
    html = page.content.decode()
    assert "This is a draft." in html
    assert html.count("was 1 h</span>") == 1


def test_a_draft_outlives_the_calendar_that_only_it_names(lead_client: Client, policy: SLAPolicy) -> None:
    other = Calendar.objects.create(name="Other")
    other.intervals.create(weekday=0, opens="09:00", closes="17:00")
    press(lead_client, policy, "save", calendar=other.pk)
    other.delete()
    assert lead_client.get(address(policy)).context["form"]["calendar"].value() == policy.calendar_id


def test_a_discarded_draft_is_gone(lead_client: Client, policy: SLAPolicy) -> None:
    press(lead_client, policy, "save", urgent_first_reply="30")
    press(lead_client, policy, "discard")
    assert SLAPolicyVersion.objects.get().number == 1
    assert lead_client.get(address(policy)).context["form"]["urgent_first_reply"].value() == "1 h"


def test_the_history_says_who_changed_what_and_why(lead_client: Client, policy: SLAPolicy) -> None:
    publish(lead_client, policy, urgent_first_reply="30", plans=[])
    html = lead_client.get(address(policy)).content.decode()
    assert "Urgent, First reply: 1 h before, 30 min since" in html
    assert "We hired two people." in html
    assert "Ines Koch" in html


def test_an_edit_does_not_pass_over_somebody_elses(lead_client: Client, policy: SLAPolicy) -> None:
    mine = sent_back(lead_client.get(address(policy)))
    publish(lead_client, policy, urgent_first_reply="30")
    page = lead_client.post(address(policy), mine | {"publish": "", "reason": "Mine", "urgent_first_reply": "20"})
    assert "Somebody else changed this policy while you were writing." in str(errors(page))
    again = sent_back(page) | {"publish": ""}
    assert lead_client.post(address(policy), again).status_code == 302
    assert SLAPolicy.objects.get().version == 3


def test_whoever_may_only_look_changes_nothing(desk_client: Client, policy: SLAPolicy) -> None:
    page = desk_client.get(address(policy))
    assert page.status_code == 200
    assert "Save as draft" not in page.content.decode()
    assert desk_client.post(address(policy), sent_back(page) | {"publish": ""}).status_code == 403


def test_the_page_opens_at_the_same_cost_however_many_policies_there_are(
    lead_client: Client, policy: SLAPolicy, plus: SLAPolicy, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(30):
        lead_client.get(address(policy))


# --- Open cases -------------------------------------------------------------------------------------------------------


def test_open_cases_get_the_due_times_of_a_new_version(
    lead_client: Client,
    policy: SLAPolicy,
    alice: Customer,
    now: datetime,
    eager: None,
    django_capture_on_commit_callbacks: Any,
) -> None:
    ticket = open_ticket(alice, impact="danger")
    with django_capture_on_commit_callbacks(execute=True):
        publish(lead_client, policy, urgent_first_reply="90")
    clock = SLAClock.objects.get(ticket=ticket, metric=MetricName.FIRST_REPLY)
    assert clock.due_at == now + timedelta(minutes=90)
    assert "1 deadline moved." in lead_client.get(address(policy)).content.decode()


# --- New policies and their order -------------------------------------------------------------------------------------


def test_a_new_policy_stands_before_the_last_one(plus: SLAPolicy) -> None:
    assert [each.name for each in SLAPolicy.objects.all()] == ["Plus", "For everybody"]
    assert (plus.version, plus.active, plus.plans) == (1, True, ["plus"])


def test_a_new_policy_that_is_discarded_leaves_nothing(lead_client: Client, policy: SLAPolicy) -> None:
    lead_client.post(reverse("admin:tickets_slapolicy_add"), sent_back(lead_client.get(address(policy))))
    press(lead_client, SLAPolicy.objects.get(version=0), "discard")
    assert SLAPolicy.objects.get() == policy


def test_policies_change_places(lead_client: Client, plus: SLAPolicy) -> None:
    business = {"name_en": "Business", "plans": ["business"]}
    data = sent_back(lead_client.get(address(plus))) | business
    lead_client.post(reverse("admin:tickets_slapolicy_add"), data)
    made = SLAPolicy.objects.get(version=0)
    publish(lead_client, made)
    lead_client.post(reverse("admin:sla_move", args=[made.pk]), {"up": ""})
    assert [each.name for each in SLAPolicy.objects.all()] == ["Business", "Plus", "For everybody"]
    places = list(SLAPolicy.objects.values_list("position", flat=True))
    assert len(set(places)) == 3


def test_a_policy_is_not_moved_behind_one_that_takes_all_its_cases(lead_client: Client, plus: SLAPolicy) -> None:
    page = lead_client.post(reverse("admin:sla_move", args=[plus.pk]), {"down": ""}, follow=True)
    assert "“Plus” would match nothing: “For everybody” stands before it" in page.content.decode()
    assert SLAPolicy.objects.first() == plus


# --- What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"urgent_first_reply": "soon"}, "urgent_first_reply", "Write hours and minutes, such as “1 h 30”"),
        ({"urgent_first_reply": "0"}, "urgent_first_reply", "A target needs at least one minute."),
        ({"low_resolution": "2147483647"}, "low_resolution", "Write hours and minutes, such as “1 h 30”"),
        ({"low_resolution": "527041"}, "low_resolution", "This is more than a year."),
        ({"low_resolution": "400 d", "low_resolution_hours": "always"}, "low_resolution", "This is more than a year."),
        ({"low_first_reply": ""}, "low_first_reply", "Say how long “First reply” may take for “Low”."),
        ({"high_resolution": ""}, "high_resolution", "Say how long “Resolution” may take for “High”."),
        (
            {"high_first_reply": "50"},
            "urgent_first_reply",
            "“Urgent” would be slower than “High” here: 1 h and 50 min.",
        ),
        ({"low_first_reply": "80 h"}, "low_first_reply", "would come after the solution (72 h)"),
        ({"warn_shares": "90, 50"}, "warn_shares", "each larger than the one before"),
        ({"warn_shares": "75, 75"}, "warn_shares", "each larger than the one before"),
        ({"warn_shares": "100"}, "warn_shares", "numbers from 1 to 99"),
        ({"warn_shares": "early"}, "warn_shares", "Write whole numbers with commas between them"),
        ({"remind_shares": "100"}, "remind_shares", "numbers from 101 to 1000"),
        ({"remind_shares": "200, 150"}, "remind_shares", "each larger than the one before"),
        ({"warn_minutes": "60"}, "warn_minutes", "“First reply” for “Urgent” has only 1 h."),
        ({"warn_minutes": "30, 15"}, "warn_minutes", "each number is larger than the one before"),
        ({"plans": ["business"]}, "__all__", "Keep one policy in use that has no conditions."),
        ({"active": None}, "__all__", "Keep one policy in use that has no conditions."),
        ({"name_en": ""}, "name_en", "This field is required."),
    ],
    ids=str,
)
@pytest.mark.parametrize("button", ["publish", "save", "replay"])
def test_what_cannot_be_kept_is_said_beside_its_field(
    button: str, typed: dict[str, Any], field: str, sentence: str, lead_client: Client, policy: SLAPolicy
) -> None:
    page = press(lead_client, policy, button, reason="Because", **typed)
    assert sentence in " ".join(errors(page)[field])
    assert SLAPolicyVersion.objects.get().number == 1


def test_a_policy_that_another_one_leaves_nothing_is_refused_by_name(lead_client: Client, plus: SLAPolicy) -> None:
    page = press(lead_client, plus, "save", plans=[])
    assert "“For everybody” would match nothing: “Plus” stands before it and takes all its cases." in str(errors(page))


def test_weaker_conditions_before_it_leave_a_policy_nothing_either(lead_client: Client, plus: SLAPolicy) -> None:
    data = sent_back(lead_client.get(address(plus))) | {"name_en": "Plus, Italian", "languages": ["it"]}
    lead_client.post(reverse("admin:tickets_slapolicy_add"), data)
    italian = SLAPolicy.objects.get(version=0)
    page = publish(lead_client, italian)
    assert "Move “Plus, Italian” up, before “Plus”" in str(errors(page))
    lead_client.post(reverse("admin:sla_move", args=[italian.pk]), {"up": ""})
    assert publish(lead_client, italian).status_code == 302


def test_a_first_reply_that_may_take_longer_than_two_days_is_allowed_but_said(
    lead_client: Client, policy: SLAPolicy
) -> None:
    typed = {"low_first_reply": "60 h", "low_first_reply_hours": "always"}
    assert publish(lead_client, policy, **typed).status_code == 302
    assert "may wait 60 hours for a first reply" in lead_client.get(address(policy)).content.decode()


def test_a_day_in_business_hours_is_the_calendars_usual_day(lead_client: Client, policy: SLAPolicy) -> None:
    Calendar.objects.get().intervals.filter(weekday__gte=5).delete()
    publish(lead_client, policy, low_resolution="8 d", normal_resolution="2 d", normal_resolution_hours="always")
    targets = content(SLAPolicy.objects.get()).targets
    assert targets[Priority.LOW, MetricName.RESOLUTION] == Target(8 * 12 * 60, business=True)
    assert targets[Priority.NORMAL, MetricName.RESOLUTION] == Target(2 * 24 * 60, business=False)


# --- What if ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def history(alice: Customer, bob: Customer, agent: Agent, now: datetime) -> None:
    """Two cases that were answered in half an hour and in two."""
    for customer, minutes in ((alice, 30), (bob, 120)):
        at = now - timedelta(days=7)
        ticket = open_ticket(customer, at=at)
        lifecycle.reply(ticket, text="Yes.", by=acting(agent), at=at + timedelta(minutes=minutes))


@pytest.mark.usefixtures("history", "eager")
def test_a_replay_counts_what_would_have_been_missed(
    lead_client: Client, policy: SLAPolicy, django_capture_on_commit_callbacks: Any
) -> None:
    hurry = dict.fromkeys(("urgent_first_reply", "high_first_reply", "normal_first_reply"), "60")
    with django_capture_on_commit_callbacks(execute=True):
        press(lead_client, policy, "replay", **hurry, days="30")
    html = lead_client.get(address(policy)).content.decode()
    assert "Replayed on 2 cases of the last 30 days." in html
    assert "1 more miss" in html
    assert "See the 1 case that would have gone otherwise" in html
    assert SLAPolicy.objects.get().version == 1


@pytest.mark.usefixtures("history", "eager")
def test_the_cases_that_would_have_gone_otherwise_are_listed_for_whoever_may_read_them(
    lead_client: Client, policy: SLAPolicy, bob: Customer, django_capture_on_commit_callbacks: Any
) -> None:
    hurry = dict.fromkeys(("urgent_first_reply", "high_first_reply", "normal_first_reply"), "60")
    with django_capture_on_commit_callbacks(execute=True):
        press(lead_client, policy, "replay", **hurry)
    page = lead_client.get(reverse("admin:sla_cases", args=[policy.pk, WhatIf.objects.get().pk]))
    assert [row.ticket.customer for row in page.context["rows"]] == [bob]


@pytest.mark.usefixtures("history", "eager")
def test_a_replay_of_an_earlier_state_of_the_draft_is_not_shown(
    lead_client: Client, policy: SLAPolicy, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        press(lead_client, policy, "replay", urgent_first_reply="30")
    press(lead_client, policy, "save", urgent_first_reply="20")
    assert "Replayed on" not in lead_client.get(address(policy)).content.decode()


@pytest.mark.usefixtures("eager")
def test_a_replay_says_how_many_open_cases_would_move_and_be_late(
    lead_client: Client, policy: SLAPolicy, alice: Customer, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    open_ticket(alice, impact="danger", at=now - timedelta(minutes=40))
    with django_capture_on_commit_callbacks(execute=True):
        press(lead_client, policy, "replay", urgent_first_reply="30")
    html = lead_client.get(address(policy)).content.decode()
    assert "1 open case gets new due times." in html
    assert "1 would already be late; its miss comes after a grace of 15 minutes" in html


def test_a_replay_that_has_just_begun_shows_how_far_it_is(lead_client: Client, policy: SLAPolicy) -> None:
    press(lead_client, policy, "replay", urgent_first_reply="30")
    html = lead_client.get(address(policy)).content.decode()
    assert "data-progress" in html
    assert "0 of 0 cases so far." in html
