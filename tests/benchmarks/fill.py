"""A million rows in one statement: each value is a SQL expression over ``n``, or what the field holds by default."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, models


def fill(model: type[models.Model], count: int, *, first: int = 0, **values: str) -> None:
    """Insert ``count`` rows for n from ``first`` on. PostgreSQL only.

    A field that ``values`` does not name gets its default; one without a default, null.
    """
    columns, expressions, parameters = [], [], []
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        columns.append(connection.ops.quote_name(str(field.column)))
        expressions.append(values.get(field.name, "%s"))
        if field.name not in values:
            parameters.append(field.get_db_prep_save(field.get_default(), connection))
    statement = (
        f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({', '.join(columns)})"
        f" SELECT {', '.join(expressions)} FROM generate_series(%s, %s) AS n"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, first, first + count - 1])


def texts(choices: Mapping[int, str] | tuple[str, ...]) -> str:
    """An expression that gives one row after the other one of these texts."""
    listed = ", ".join(f"'{choice}'" for choice in (choices.values() if isinstance(choices, Mapping) else choices))
    return f"(ARRAY[{listed}])[1 + n %% {len(choices)}]"


def keys(model: type[models.Model], **conditions: Any) -> str:
    """An expression that gives one row after the other one of the keys of these few rows."""
    known = list(model._default_manager.filter(**conditions).order_by("pk").values_list("pk", flat=True))
    return f"(ARRAY[{', '.join(map(str, known))}]::bigint[])[1 + n %% {len(known)}]"
