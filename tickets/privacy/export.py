"""Everything we hold about one customer, as plain values (GDPR articles 15 and 20)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.db.models import Field, FileField, ForeignKey, Model

from tickets.audit.classes import PUBLIC
from tickets.audit.kinds import all_kinds
from tickets.audit.models import AuditEntry
from tickets.outbox.models import OutgoingMail
from tickets.people.models import Customer
from tickets.privacy.inventory import Reach, inventory, reached

FORMAT: Final = "sportello-export"
VERSION: Final = 1

# Says nothing about a person that they do not know, and opens their account to whoever finds the file.
SECRET: Final = frozenset({"tickets.User.password"})
CONFIDENTIAL: Final = frozenset({"data", "text", "html"})
"""What a mail with a sign-in code does not give away."""


def export(customer: Customer, *, at: datetime, for_customer: bool) -> dict[str, Any]:
    """Every record about the customer, table by table, ready for ``DjangoJSONEncoder``.

    ``for_customer`` leaves out what staff wrote for each other; an officer who answers a request for access has it in
    and decides. Texts of the shop (categories, tiers) are in the active language.
    """
    return {
        "format": FORMAT,
        "version": VERSION,
        "created_at": at,
        "records": {
            **{
                str(model._meta.model_name): [*_rows(model, reach, customer, for_customer)]
                for model, reach in reached().items()
            },
            "sign_in_address": _sign_in_addresses(customer),
        },
    }


def _rows(model: type[Model], reach: Reach, customer: Customer, for_customer: bool) -> Iterator[dict[str, Any]]:
    fields = [entry.field for entry in inventory([model]) if entry.classed != PUBLIC and _is_exported(entry.field)]
    if for_customer:
        fields = [field for field in fields if field.name not in reach.withheld]
    rows = model._default_manager.filter(reach.of(customer)).order_by("pk")
    named = [field.name for field in fields if _is_named(field)]
    if named:
        rows = rows.select_related(*named)
    if for_customer:
        rows = rows.filter(reach.readable)
        if model is AuditEntry:
            rows = rows.filter(code__in=[kind.code for kind in all_kinds() if kind.for_customers])
    values: list[tuple[str, Callable[[Any], Any]]] = [(field.name, _reader(field)) for field in fields]
    for row in rows.distinct():
        hidden = CONFIDENTIAL if isinstance(row, OutgoingMail) and row.confidential else ()
        yield {name: read(row) for name, read in values if name not in hidden}


def _is_exported(field: Field[Any, Any]) -> bool:
    """Not the place of a file in our storage; and not links between many and many, which are about staff."""
    return (
        field.concrete and not field.many_to_many and not isinstance(field, FileField) and _label(field) not in SECRET
    )


def _label(field: Field[Any, Any]) -> str:
    return f"{field.model._meta.label}.{field.name}"


def _reader(field: Field[Any, Any]) -> Callable[[Any], Any]:
    if _is_named(field):
        return lambda row: str(getattr(row, field.name)) if getattr(row, field.attname) is not None else None
    return field.value_from_object


def _is_named(field: Field[Any, Any]) -> bool:
    """A link to a text of the shop is worth more to a reader as that text than as a number."""
    if not isinstance(field, ForeignKey) or field.related_model._meta.app_label != "tickets":
        return False
    return all(entry.classed == PUBLIC for entry in inventory([field.related_model]))


def _sign_in_addresses(customer: Customer) -> list[dict[str, Any]]:
    addresses = apps.get_model("account.EmailAddress").objects.filter(user__customer=customer).order_by("pk")
    return list(addresses.values("email", "verified", "primary"))
