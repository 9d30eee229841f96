"""The ladder, and when a case climbs it by itself."""

from django.contrib import admin

from tickets.escalation.models import EscalationRule, EscalationTier
from tickets.workspace.admins import DeskAdmin, TranslatedAdmin


@admin.register(EscalationTier)
class EscalationTierAdmin(TranslatedAdmin):
    list_display = ["level", "name", "update_minutes"]
    list_display_links = ["level", "name"]


@admin.register(EscalationRule)
class EscalationRuleAdmin(DeskAdmin):
    list_display = ["name", "metric", "step", "highest_tier", "active"]
    list_filter = ["active"]
    list_select_related = ["highest_tier"]
