"""The ladder, and when a case climbs it by itself."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets import moments
from tickets.audit.actor import Actor
from tickets.escalation.models import EscalationRule, EscalationTier
from tickets.escalation.rules import missing_levels
from tickets.lifecycle.deadlines import recomputing
from tickets.workspace.admins import DeskAdmin, TickBoxesAdmin, TranslatedAdmin
from tickets.workspace.ladder import rule_words
from tickets.workspace.ladder.rule_form import RuleForm


class TierForm(forms.ModelForm):
    def clean_level(self) -> int:
        """No rung twice, and none left out: a case always climbs to the next one."""
        level: int = self.cleaned_data["level"]
        others = {tier.level: tier for tier in EscalationTier.objects.exclude(pk=self.instance.pk)}
        if level in others:
            raise forms.ValidationError(
                _("“%(tier)s” is at level %(level)s already. Choose another level, or change that tier.")
                % {"tier": others[level], "level": level}
            )
        if missing := missing_levels({*others, level}):
            raise forms.ValidationError(
                _("The ladder would have no level %(missing)s. Choose a level so that none is left out.")
                % {"missing": missing[0]}
            )
        return level


@admin.register(EscalationTier)
class EscalationTierAdmin(TickBoxesAdmin, TranslatedAdmin):
    """The ladder from below. Only the highest tier can be taken away, and only while nobody and nothing is there."""

    form = TierForm
    may_delete = True
    list_display = ["level", "name", "update_minutes"]
    list_display_links = ["level", "name"]
    # One by one, each with its reason if it has to stay.
    actions = None

    def save_model(self, request: HttpRequest, obj: EscalationTier, form: Any, change: bool) -> None:
        """Another rhythm of updates also holds for the cases that are there now."""
        super().save_model(request, obj, form, change)
        if change and "update_minutes" in form.changed_data:
            recomputing.ask(cause="tier", tier=obj, by=Actor.of(request.user), at=timezone.now())

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        tier = self.get_object(request, object_id)
        may = self.has_delete_permission(request, tier)
        if may and tier is not None and (reason := why_it_stays(tier)):
            messages.error(request, reason)
            return redirect("admin:tickets_escalationtier_change", object_id)
        return super().delete_view(request, object_id, extra_context)


def why_it_stays(tier: EscalationTier) -> str:
    """Why a tier cannot be taken away; "" if it can."""
    others = EscalationTier.objects.exclude(pk=tier.pk)
    if not others.exists():
        return _("A desk needs at least one tier: somebody has to answer.")
    if others.filter(level__gt=tier.level).exists():
        return _("Only the highest tier can be taken away; without this one the ladder would have a gap.")
    uses = dict.fromkeys(str(capfirst(relation.related_model._meta.verbose_name_plural)) for relation in _uses(tier))
    if uses:
        refusal = _("This tier is named by: %(what)s. Move what can be moved; a tier that is on record stays.")
        return refusal % {"what": moments.enumeration(uses)}
    return ""


def _uses(tier: EscalationTier) -> list[Any]:
    """Where the tier is named: its agents, cases and topics, what climbed to it, the rules and policies about it."""
    relations: list[Any] = [
        field for field in EscalationTier._meta.get_fields(include_hidden=True) if isinstance(field, ForeignObjectRel)
    ]
    return [
        relation
        for relation in relations
        if relation.related_model._meta.auto_created is False
        and relation.related_model._default_manager.filter(**{relation.field.name: tier}).exists()
    ]


@admin.register(EscalationRule)
class EscalationRuleAdmin(DeskAdmin):
    form = RuleForm
    list_display = ["name", "in_words", "active"]
    list_filter = ["active", "trigger"]
    list_select_related = ["highest_tier", "to_tier"]
    readonly_fields = ["in_words"]
    fieldsets = [
        (None, {"fields": ["name", "active", "in_words"]}),
        (
            gettext_lazy("When …"),
            {
                "fields": ["trigger", "metric", "step", "threshold", "priorities"],
                "description": gettext_lazy(
                    "Clock and step belong to a clock. The number belongs to cases that were opened again, failed attempts"
                    " and ratings. What does not belong to the choice is left out when you save."
                ),
            },
        ),
        (
            gettext_lazy("… then"),
            {
                "fields": [
                    "raise_tier",
                    "to_tier",
                    "highest_tier",
                    "set_priority",
                    "update_minutes",
                    "notify",
                    "answer_minutes",
                ]
            },
        ),
    ]

    @admin.display(description=gettext_lazy("in words"))
    def in_words(self, rule: EscalationRule) -> str:
        return rule_words.sentence(rule) if rule.pk else _("Save it to read it as a sentence here.")
