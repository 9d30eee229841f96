"""What takes the place of something personal, by the kind of its field. Plain rules; ``actions`` applies them."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.db.models import CharField, EmailField, Field, FileField, JSONField, TextField, Value
from django.db.models.functions import Cast, Concat

from tickets.privacy.inventory import Unclassed

NOTHING_SAID: Final = "—"
"""Stands where a text has to stand; the same in every language."""

PLACE: Final = "erased.invalid"
"""A domain that can never receive mail (RFC 2606)."""


def is_stored_file(field: Field[Any, Any]) -> bool:
    """Content outside of the database: nothing to write in its place, it has to be removed where it lies."""
    return isinstance(field, FileField)


def blank(field: Field[Any, Any]) -> Any:
    """What to write in place of a personal value. Raises Unclassed for a kind of field that nobody thought about."""
    if field.name == "password":
        return make_password(None)
    if isinstance(field, EmailField) and not field.blank:
        # Addresses are unique, so each row gets its own.
        return Concat(Value("erased-"), Cast("pk", CharField()), Value(f"@{PLACE}"))
    if isinstance(field, JSONField):
        return field.get_default()
    if field.null:
        return None
    if isinstance(field, CharField | TextField):
        # Choices and such have a value that says nothing; texts that may be empty are empty.
        if field.blank or field.has_default():
            return field.get_default()
        return NOTHING_SAID
    raise Unclassed(f"{field.model._meta.label}.{field.name} is personal, and nothing is known to take its place.")
