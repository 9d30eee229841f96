"""Versions of the notices that customers are shown."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from tickets.privacy.models import PolicyVersion
from tickets.workspace.admins import TranslatedAdmin


@admin.register(PolicyVersion)
class PolicyVersionAdmin(TranslatedAdmin):
    """A text that was shown stays as it was shown: another text is another version."""

    list_display = ["kind", "version", "title", "published_at"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
