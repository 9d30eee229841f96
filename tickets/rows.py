"""Writing many rows at once, with as little work a row as there can be.

PostgreSQL gets all rows as one JSON document, and reads the columns' types from the table: Django's own way prepares each
value of each row by itself, which costs a sweep more than everything else that it does.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def insert(rows: Iterable[Row]) -> list[Row]:
    """Write new rows of one table, in one statement for any number; they know their keys afterwards."""
    rows = list(rows)
    if not rows:
        return rows
    model = type(rows[0])
    if len(rows) == 1 or connection.vendor != "postgresql":
        return list(model._default_manager.bulk_create(rows))
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(_quoted(field) for field in fields)
    statement = (
        f"INSERT INTO {_table(model)} ({columns}) SELECT {columns}"  # noqa: S608 - names of our own tables and columns
        f" FROM json_populate_recordset(NULL::{_table(model)}, %s::json) RETURNING {_quoted(model._meta.pk)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [_document(rows, fields)])
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = key
            row._state.adding = False
            row._state.db = connection.alias
    return rows


def update(rows: Sequence[Row], fields: Collection[str]) -> None:
    """Write these fields of existing rows of one table, in one statement for any number.

    The caller holds the rows' locks, so none of them can be gone.
    """
    if len(rows) == 1:
        rows[0].save(update_fields=fields)
    elif rows and connection.vendor == "postgresql":
        _update_from_document(rows, fields)
    elif rows:
        # An upsert that always finds its row: ``bulk_update`` would spell out a CASE a row and field, which costs Django
        # thirty times as much.
        type(rows[0])._default_manager.bulk_create(
            rows, update_conflicts=True, update_fields=fields, unique_fields=["pk"]
        )


def _update_from_document(rows: Sequence[Row], names: Collection[str]) -> None:
    model = type(rows[0])
    key, fields = model._meta.pk, [model._meta.get_field(name) for name in names]
    changes = ", ".join(f"{_quoted(field)} = new.{_quoted(field)}" for field in fields)
    statement = (
        f"UPDATE {_table(model)} AS old SET {changes}"  # noqa: S608 - names of our own tables and columns
        f" FROM json_populate_recordset(NULL::{_table(model)}, %s::json) AS new"
        f" WHERE old.{_quoted(key)} = new.{_quoted(key)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [_document(rows, [key, *fields])])


def _document(rows: Sequence[Model], fields: Sequence[Any]) -> str:
    columns = [field.column for field in fields]
    values = attrgetter(*(field.attname for field in fields))
    return json.dumps([dict(zip(columns, values(row), strict=True)) for row in rows], default=_as_text)


def _as_text(value: object) -> str:
    """What JSON has no form for, as PostgreSQL reads it; to the microsecond, which Django's own encoder cuts off."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():f} seconds"
    return str(value)


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _quoted(field: Any) -> str:
    return connection.ops.quote_name(field.column)
