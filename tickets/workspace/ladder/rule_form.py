"""An escalation rule as a lead fills it in, and what is wrong with it in a lead's words."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from django import forms
from django.db.models import Min, QuerySet
from django.utils.translation import gettext as _

from tickets.desk import priorities
from tickets.desk.models import Category
from tickets.escalation.ladder import COUNTED
from tickets.escalation.models import EscalationRule, Notify, Trigger
from tickets.workspace.admins import codes_field
from tickets.workspace.ladder.rule_words import when

BEST_RATING = 5

Cleaned: TypeAlias = dict[str, Any]

Fault: TypeAlias = tuple[str | None, str]
"""The field that is wrong (None: all of them together), and what to change."""


class RuleForm(forms.ModelForm):
    priorities = codes_field(priorities.choices, label=EscalationRule._meta.get_field("priorities").verbose_name)
    notify = codes_field(Notify.choices, label=EscalationRule._meta.get_field("notify").verbose_name)

    class Meta:
        model = EscalationRule
        fields = "__all__"  # noqa: DJ007 (all of them are the lead's)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        _forget_what_belongs_to_other_triggers(cleaned)
        if not self.errors:
            # All of them first: to add an error takes the value away.
            for field, fault in list(self._faults(cleaned)):
                self.add_error(field, fault)
        return cleaned

    def _faults(self, cleaned: Cleaned) -> Iterator[Fault]:
        yield from _number_that_is_always_met(cleaned)
        yield from _nothing_to_do(cleaned)
        yield from _tiers_that_contradict(cleaned)
        yield from _tiers_where_cases_begin(cleaned)
        if cleaned["active"]:
            others = EscalationRule.objects.filter(active=True).exclude(pk=self.instance.pk)
            yield from _same_occasion_twice(cleaned, others)


def _forget_what_belongs_to_other_triggers(cleaned: Cleaned) -> None:
    """A rule about ratings that names a clock would wait for both, and for ever."""
    trigger = cleaned.get("trigger")
    if trigger != Trigger.CLOCK:
        cleaned |= {"metric": "", "step": ""}
    if trigger not in COUNTED:
        cleaned["threshold"] = None
    if trigger != Trigger.REQUEST:
        cleaned["answer_minutes"] = None


def _number_that_is_always_met(cleaned: Cleaned) -> Iterator[Fault]:
    number = cleaned["threshold"]
    if cleaned["trigger"] == Trigger.RATING and number and number >= BEST_RATING:
        yield "threshold", _("Every rating has five stars or fewer. Choose a number from 1 to 4.")


def _nothing_to_do(cleaned: Cleaned) -> Iterator[Fault]:
    if not any(cleaned[name] for name in ("raise_tier", "set_priority", "update_minutes", "notify")):
        yield (
            None,
            _("This rule does nothing. Let it hand the case on, set the priority or the updates, or tell somebody."),
        )


def _tiers_that_contradict(cleaned: Cleaned) -> Iterator[Fault]:
    straight, highest = cleaned["to_tier"], cleaned["highest_tier"]
    if (straight or highest) and not cleaned["raise_tier"]:
        yield (
            "raise_tier",
            _("You chose a tier, so tick this too; or leave the tiers empty if the case stays where it is."),
        )
    if straight and highest and straight.level > highest.level:
        refusal = _(
            "“%(straight)s” is above “%(highest)s”, so these two contradict each other. Leave one of them empty."
        )
        yield "highest_tier", refusal % {"straight": straight, "highest": highest}


def _tiers_where_cases_begin(cleaned: Cleaned) -> Iterator[Fault]:
    begin = _lowest_level_where_cases_begin()
    for name in ("to_tier", "highest_tier"):
        tier = cleaned[name]
        if tier and tier.level <= begin:
            refusal = _("Cases begin at level %(level)s, so none could climb to “%(tier)s”. Choose a tier above it.")
            yield name, refusal % {"level": begin, "tier": tier}


def _same_occasion_twice(cleaned: Cleaned, others: QuerySet[EscalationRule]) -> Iterator[Fault]:
    occasion = {name: cleaned[name] for name in ("trigger", "metric", "step", "threshold")}
    wanted = set(cleaned["priorities"])
    for rule in others.filter(**occasion):
        if set(rule.priorities) == wanted:
            refusal = _(
                "The rule “%(rule)s” waits for exactly this already: %(when)s. Change that one, or take it out of use."
            )
            yield None, refusal % {"rule": rule, "when": when(rule)}


def _lowest_level_where_cases_begin() -> int:
    """Topics without a tier of their own begin at the foot of the ladder."""
    topics = Category.objects.filter(active=True)
    if topics.filter(first_tier=None).exists():
        return 1
    return topics.aggregate(level=Min("first_tier__level"))["level"] or 1
