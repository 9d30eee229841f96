"""Help articles."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from tickets.knowledge import actions
from tickets.knowledge.models import HelpArticle
from tickets.workspace.admins import TranslatedAdmin


@admin.register(HelpArticle)
class HelpArticleAdmin(TranslatedAdmin):
    list_display = ["title", "category", "published", "position", "helpful_votes", "unhelpful_votes"]
    list_filter = ["published"]
    list_select_related = ["category"]
    search_fields = ["title", "slug"]
    prepopulated_fields = {"slug": ["title"]}

    def save_model(self, request: HttpRequest, obj: HelpArticle, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        actions.index(obj)
