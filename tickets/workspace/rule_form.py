"""An escalation rule as a lead fills it in, and what is wrong with it in a lead's words."""

from typing import Any

from django import forms
from django.db.models import Min
from django.utils.translation import gettext as _

from tickets.desk import priorities
from tickets.desk.models import Category
from tickets.escalation.ladder import COUNTED
from tickets.escalation.models import EscalationRule, Notify, Trigger
from tickets.workspace.admins import codes_field
from tickets.workspace.rule_words import when

BEST_RATING = 5

OCCASION = ("trigger", "metric", "step", "threshold", "priorities")


class RuleForm(forms.ModelForm):
    priorities = codes_field(priorities.choices, label=EscalationRule._meta.get_field("priorities").verbose_name)
    notify = codes_field(Notify.choices, label=EscalationRule._meta.get_field("notify").verbose_name)

    class Meta:
        model = EscalationRule
        fields = "__all__"  # noqa: DJ007 (all of them are the lead's)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._forget_what_belongs_to_other_triggers(cleaned)
        if not self.errors:
            self._refuse_a_number_that_is_always_met(cleaned)
            self._refuse_a_rule_that_does_nothing(cleaned)
            self._refuse_tiers_that_contradict(cleaned)
            self._refuse_the_same_occasion_twice(cleaned)
        return cleaned

    def _forget_what_belongs_to_other_triggers(self, cleaned: dict[str, Any]) -> None:
        """A rule about ratings that names a clock would wait for both, and for ever."""
        trigger = cleaned.get("trigger")
        if trigger != Trigger.CLOCK:
            cleaned |= {"metric": "", "step": ""}
        if trigger not in COUNTED:
            cleaned["threshold"] = None
        if trigger != Trigger.REQUEST:
            cleaned["answer_minutes"] = None

    def _refuse_a_number_that_is_always_met(self, cleaned: dict[str, Any]) -> None:
        number = cleaned["threshold"]
        if cleaned["trigger"] == Trigger.RATING and number and number >= BEST_RATING:
            self.add_error("threshold", _("Every rating has five stars or fewer. Choose a number from 1 to 4."))

    def _refuse_a_rule_that_does_nothing(self, cleaned: dict[str, Any]) -> None:
        if not any(cleaned[name] for name in ("raise_tier", "set_priority", "update_minutes", "notify")):
            self.add_error(
                None,
                _(
                    "This rule does nothing. Let it hand the case on, set the priority or the updates, or tell somebody."
                ),
            )

    def _refuse_tiers_that_contradict(self, cleaned: dict[str, Any]) -> None:
        straight, highest = cleaned["to_tier"], cleaned["highest_tier"]
        if (straight or highest) and not cleaned["raise_tier"]:
            self.add_error(
                "raise_tier",
                _("You chose a tier, so tick this too; or leave the tiers empty if the case stays where it is."),
            )
        if straight and highest and straight.level > highest.level:
            tiers = {"straight": straight, "highest": highest}
            self.add_error(
                "highest_tier",
                _("“%(straight)s” is above “%(highest)s”, so these two contradict each other. Leave one of them empty.")
                % tiers,
            )
        self._refuse_a_tier_where_cases_begin(cleaned)

    def _refuse_a_tier_where_cases_begin(self, cleaned: dict[str, Any]) -> None:
        begin = _lowest_level_where_cases_begin()
        for name in ("to_tier", "highest_tier"):
            tier = cleaned[name]
            if tier and tier.level <= begin:
                self.add_error(
                    name,
                    _("Cases begin at level %(level)s, so none could climb to “%(tier)s”. Choose a tier above it.")
                    % {"level": begin, "tier": tier},
                )

    def _refuse_the_same_occasion_twice(self, cleaned: dict[str, Any]) -> None:
        if not cleaned["active"]:
            return
        occasion = {name: cleaned[name] for name in OCCASION if name != "priorities"}
        others = EscalationRule.objects.filter(active=True, **occasion).exclude(pk=self.instance.pk)
        wanted = set(cleaned["priorities"])
        same = next((rule for rule in others if set(rule.priorities) == wanted), None)
        if same is not None:
            self.add_error(
                None,
                _(
                    "The rule “%(rule)s” waits for exactly this already: %(when)s. Change that one, or take it out of use."
                )
                % {"rule": same, "when": when(same)},
            )


def _lowest_level_where_cases_begin() -> int:
    """Topics without a tier of their own begin at the foot of the ladder."""
    topics = Category.objects.filter(active=True)
    if topics.filter(first_tier=None).exists():
        return 1
    return topics.aggregate(level=Min("first_tier__level"))["level"] or 1
