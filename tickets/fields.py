"""Form fields that the portal and the desk have in common."""

import unicodedata
from typing import Any

from django import forms

_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Me"})
"""Categories that show nothing by themselves: controls, zero-width and direction marks, accents without a letter."""


class WrittenField(forms.CharField):
    """Words that somebody writes for others to read. Where there is nothing to see, nothing was written."""

    def to_python(self, value: Any) -> str | None:
        text: str | None = super().to_python(value)
        return text if text and can_be_seen(text) else self.empty_value


def can_be_seen(text: str) -> bool:
    """Whether a reader finds anything on the page."""
    return any(not character.isspace() and unicodedata.category(character) not in _UNSEEN for character in text)
