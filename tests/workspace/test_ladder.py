"""The ladder and its rules as leads edit them: what is refused, and in which words."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories import TeamFactory, acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Customer, EscalationRule, EscalationTier, Recomputation
from tickets.workspace.ladder.rule_words import sentence


def tier(level: int) -> EscalationTier:
    return EscalationTier.objects.get(level=level)


def save_tier(browser: Client, row: EscalationTier | None = None, **fields: Any) -> list[str]:
    """The messages that refuse it; none if it is saved."""
    address = (
        reverse("admin:tickets_escalationtier_change", args=[row.pk])
        if row
        else reverse("admin:tickets_escalationtier_add")
    )
    names = {f"name_{code}": fields.get("name", "Somebody") for code, _name in settings.LANGUAGES}
    descriptions = {f"description_{code}": "" for code, _name in settings.LANGUAGES}
    page = browser.post(address, {"update_minutes": "480", **names, **descriptions, **fields})
    return refusals(page)


def refusals(page: Any) -> list[str]:
    if page.status_code == 302:
        return []
    form = page.context["adminform"].form
    return [message for messages in form.errors.values() for message in messages]


def delete_tier(browser: Client, row: EscalationTier) -> list[str]:
    page = browser.post(reverse("admin:tickets_escalationtier_delete", args=[row.pk]), {"post": "yes"}, follow=True)
    return [str(message) for message in page.context["messages"]]


# --- Tiers ------------------------------------------------------------------------------------------------------------


def test_a_ladder_has_no_gap(lead_client: Client) -> None:
    assert save_tier(lead_client, level="6") == [
        "The ladder would have no level 5. Choose a level so that none is left out."
    ]


def test_no_level_is_there_twice(lead_client: Client) -> None:
    assert save_tier(lead_client, level="2") == [
        "“Senior specialist” is at level 2 already. Choose another level, or change that tier."
    ]


def test_a_tier_cannot_be_moved_so_that_a_gap_opens(lead_client: Client) -> None:
    assert save_tier(lead_client, tier(2), level="5") == [
        "The ladder would have no level 2. Choose a level so that none is left out."
    ]


def test_a_tier_can_be_put_on_top(lead_client: Client) -> None:
    assert save_tier(lead_client, level="5") == []
    assert EscalationTier.objects.count() == 5


def test_a_tier_in_the_middle_stays(lead_client: Client) -> None:
    said = delete_tier(lead_client, tier(2))
    assert said == ["Only the highest tier can be taken away; without this one the ladder would have a gap."]


def test_a_tier_in_use_stays(lead_client: Client, lead: Agent) -> None:
    EscalationRule.objects.all().delete()
    tier(4).delete()
    assert delete_tier(lead_client, tier(3)) == [
        "This tier is named by: Agents. Move what can be moved; a tier that is on record stays."
    ]


def test_the_highest_tier_can_go_when_nothing_needs_it(lead_client: Client) -> None:
    delete_tier(lead_client, tier(4))
    assert EscalationTier.objects.count() == 3


def test_the_last_tier_stays(lead_client: Client, lead: Agent) -> None:
    EscalationRule.objects.all().delete()
    lead.tier = tier(1)
    lead.save()
    EscalationTier.objects.filter(level__gt=1).delete()
    assert delete_tier(lead_client, tier(1)) == ["A desk needs at least one tier: somebody has to answer."]


def test_another_rhythm_reaches_the_cases_that_are_there(lead_client: Client) -> None:
    save_tier(lead_client, tier(2), level="2", update_minutes="60")
    asked = Recomputation.objects.get()
    assert (asked.cause, asked.tier) == ("tier", tier(2))


def test_another_name_moves_no_deadline(lead_client: Client) -> None:
    save_tier(lead_client, tier(2), level="2", name="Specialists", update_minutes=str(tier(2).update_minutes))
    assert not Recomputation.objects.exists()


# --- Rules ------------------------------------------------------------------------------------------------------------

EMPTY = {"name": "A rule", "active": "on", "metric": "", "step": "", "threshold": "", "to_tier": "", "highest_tier": ""}
EMPTY |= {"set_priority": "", "update_minutes": "", "answer_minutes": ""}


def save_rule(browser: Client, **fields: Any) -> list[str]:
    """The messages that refuse it; none if it is saved. No other rule is in the way."""
    EscalationRule.objects.exclude(name="In the way").delete()
    return refusals(browser.post(reverse("admin:tickets_escalationrule_add"), {**EMPTY, **fields}))


def test_a_rule_is_saved(lead_client: Client) -> None:
    assert save_rule(lead_client, trigger="rating", threshold="2", raise_tier="on", notify=["leads"]) == []
    rule = EscalationRule.objects.get()
    assert (rule.threshold, rule.notify, rule.raise_tier) == (2, ["leads"], True)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"trigger": "clock", "raise_tier": "on"}, "Say which clock, and at which of its steps."),
        ({"trigger": "reopened", "raise_tier": "on"}, "Say at which number."),
        (
            {"trigger": "request", "notify": ["leads"]},
            "Say within how many minutes a lead answers: the customer is told the date.",
        ),
        (
            {"trigger": "rating", "threshold": "5", "raise_tier": "on"},
            "Every rating has five stars or fewer. Choose a number from 1 to 4.",
        ),
        (
            {"trigger": "promise"},
            "This rule does nothing. Let it hand the case on, set the priority or the updates, or tell somebody.",
        ),
    ],
)
def test_what_is_missing_or_means_nothing_is_refused(lead_client: Client, fields: dict[str, Any], refusal: str) -> None:
    assert save_rule(lead_client, **fields) == [refusal]


def test_two_tiers_that_contradict_each_other_are_refused(lead_client: Client) -> None:
    tiers = {"to_tier": str(tier(4).pk), "highest_tier": str(tier(3).pk)}
    assert save_rule(lead_client, trigger="promise", raise_tier="on", **tiers) == [
        "“Product manager” is above “Team lead”, so these two contradict each other. Leave one of them empty."
    ]


def test_a_tier_without_handing_on_is_refused(lead_client: Client) -> None:
    assert save_rule(lead_client, trigger="promise", notify=["leads"], to_tier=str(tier(3).pk)) == [
        "You chose a tier, so tick this too; or leave the tiers empty if the case stays where it is."
    ]


def test_a_highest_tier_where_cases_begin_is_refused(lead_client: Client) -> None:
    assert save_rule(lead_client, trigger="promise", raise_tier="on", highest_tier=str(tier(1).pk)) == [
        "Cases begin at level 1, so none could climb to “Customer care”. Choose a tier above it."
    ]


def in_the_way(**does: Any) -> EscalationRule:
    return EscalationRule.objects.create(name="In the way", trigger="promise", **{"raise_tier": True, **does})


def test_two_rules_for_the_same_occasion_are_refused(lead_client: Client) -> None:
    in_the_way()
    assert save_rule(lead_client, trigger="promise", notify=["leads"]) == [
        "The rule “In the way” waits for exactly this already: When a promise was broken. "
        "Change that one, or take it out of use."
    ]


@pytest.mark.parametrize("other", [{"active": False}, {"priorities": ["urgent"]}])
def test_a_rule_for_other_cases_or_out_of_use_is_not_in_the_way(lead_client: Client, other: dict[str, Any]) -> None:
    in_the_way(**other)
    assert save_rule(lead_client, trigger="promise", notify=["leads"]) == []


def test_what_belongs_to_another_trigger_is_left_out(lead_client: Client) -> None:
    """A rule about promises that also names a clock would never apply."""
    stray = {"metric": "first_reply", "step": "breach", "threshold": "2", "answer_minutes": "60"}
    save_rule(lead_client, trigger="promise", notify=["leads"], **stray)
    rule = EscalationRule.objects.get()
    assert (rule.metric, rule.step, rule.threshold, rule.answer_minutes) == ("", "", None, None)


def test_a_rule_that_a_lead_makes_applies(
    lead_client: Client, alice: Customer, agent: Agent, senior: Agent, now: datetime
) -> None:
    save_rule(lead_client, trigger="promise", raise_tier="on")
    ticket = open_ticket(alice)
    due_at = now + timedelta(hours=1)
    lifecycle.promise(ticket, kind="update", due_at=due_at, by=acting(agent), at=now)
    lifecycle.break_promises(at=due_at)
    ticket.refresh_from_db()
    assert ticket.assignee == senior


# --- In words ---------------------------------------------------------------------------------------------------------


def test_the_list_says_each_rule_as_a_sentence(lead_client: Client) -> None:
    text = lead_client.get(reverse("admin:tickets_escalationrule_changelist")).content.decode()
    assert "When the deadline of “First reply” is missed: hand to the next tier, not above Team lead." in text
    assert (
        "When the customer gives 2 stars or fewer: hand to the next tier, not above Team lead; tell the leads." in text
    )


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            {"trigger": "clock", "metric": "next_reply", "step": "warn", "notify": ["assignee", "followers"]},
            "When the deadline of “Next reply” comes close: tell whoever has the case; tell its followers.",
        ),
        (
            {
                "trigger": "clock",
                "metric": "resolution",
                "step": "overdue",
                "update_minutes": 60,
                "priorities": ["high"],
            },
            "When “Resolution” is long overdue (only priority High): news for the customer every 1 hr of opening hours.",
        ),
        (
            {"trigger": "reopened", "threshold": 1, "raise_tier": True},
            "When a case is opened again: hand to the next tier.",
        ),
        ({"trigger": "attempts", "threshold": 2, "raise_tier": True}, "When 2 attempts failed: hand to the next tier."),
        (
            {"trigger": "outage", "set_priority": "urgent", "notify": ["leads"]},
            "When the topic is a critical outage: set the priority to Urgent; tell the leads.",
        ),
        (
            {"trigger": "request", "answer_minutes": 480},
            "When the customer asks for somebody more senior: promise a lead’s answer within 8 hrs of opening hours.",
        ),
    ],
)
def test_a_rule_reads_as_a_sentence(rule: dict[str, Any], words: str) -> None:
    assert sentence(EscalationRule(**{"raise_tier": False, **rule})) == words


def test_it_names_the_tier_that_it_goes_straight_to(desk: None) -> None:
    rule = EscalationRule(trigger="promise", raise_tier=True, to_tier=tier(3))
    assert sentence(rule) == "When a promise was broken: hand straight to Team lead."


def test_teams_of_a_tier_are_ticked(lead_client: Client) -> None:
    team = TeamFactory.create(name="Workshop")
    save_tier(lead_client, tier(2), level="2", teams=[str(team.pk)])
    assert list(tier(2).teams.all()) == [team]
