"""The database side of the index, made by a migration: FTS5 on SQLite, GIN over tsvector on PostgreSQL.

Both read the words that Python already folded, so neither database's own idea of words, accents or languages matters
and both find the same. Neither needs a write of ours: triggers keep FTS5 up to date, expressions keep GIN.

Django changes a SQLite table by making a new one in its place, and the triggers go with the old one: a migration that
alters ``SearchDocument`` has to end with ``drop_index`` and ``create_index``.
"""

from typing import Any

from django.db import NotSupportedError

TABLE = "tickets_searchdocument"
FTS_TABLE = "tickets_searchdocument_fts"
COLUMNS = ("title_tokens", "body_tokens")


def vector(column: str, prefix: str = "") -> str:
    """The indexed PostgreSQL expression; a query uses the index only if it says exactly this."""
    return f"array_to_tsvector(string_to_array({prefix}{column}, ' '))"


# "ascii" splits at ASCII punctuation only and leaves every other script alone. The dot is inside of numbers (2.4.1).
_SQLITE_CREATE = (
    f"""CREATE VIRTUAL TABLE {FTS_TABLE} USING fts5(
        title_tokens, body_tokens, content='{TABLE}', content_rowid='id', detail='column', tokenize="ascii tokenchars '.'"
    )""",
    f"""CREATE TRIGGER {TABLE}_added AFTER INSERT ON {TABLE} BEGIN
        INSERT INTO {FTS_TABLE}(rowid, title_tokens, body_tokens) VALUES (new.id, new.title_tokens, new.body_tokens);
    END""",
    # An external-content table forgets a row only when it is told the words it had.
    f"""CREATE TRIGGER {TABLE}_removed AFTER DELETE ON {TABLE} BEGIN
        INSERT INTO {FTS_TABLE}({FTS_TABLE}, rowid, title_tokens, body_tokens)
        VALUES ('delete', old.id, old.title_tokens, old.body_tokens);
    END""",
    f"""CREATE TRIGGER {TABLE}_changed AFTER UPDATE ON {TABLE} BEGIN
        INSERT INTO {FTS_TABLE}({FTS_TABLE}, rowid, title_tokens, body_tokens)
        VALUES ('delete', old.id, old.title_tokens, old.body_tokens);
        INSERT INTO {FTS_TABLE}(rowid, title_tokens, body_tokens) VALUES (new.id, new.title_tokens, new.body_tokens);
    END""",
    f"INSERT INTO {FTS_TABLE}({FTS_TABLE}) VALUES ('rebuild')",
)
_SQLITE_DROP = (
    f"DROP TRIGGER IF EXISTS {TABLE}_added",
    f"DROP TRIGGER IF EXISTS {TABLE}_removed",
    f"DROP TRIGGER IF EXISTS {TABLE}_changed",
    f"DROP TABLE IF EXISTS {FTS_TABLE}",
)
_POSTGRESQL_CREATE = tuple(f"CREATE INDEX {TABLE}_{column} ON {TABLE} USING gin ({vector(column)})" for column in COLUMNS)
_POSTGRESQL_DROP = tuple(f"DROP INDEX IF EXISTS {TABLE}_{column}" for column in COLUMNS)

_STATEMENTS = {
    "sqlite": (_SQLITE_CREATE, _SQLITE_DROP),
    "postgresql": (_POSTGRESQL_CREATE, _POSTGRESQL_DROP),
}


def create_index(apps: Any, schema_editor: Any) -> None:
    """Build the index over the rows that are there. For ``RunPython(create_index, drop_index)``."""
    create, _drop = _statements_for(schema_editor.connection.vendor)
    for statement in create:
        schema_editor.execute(statement)


def drop_index(apps: Any, schema_editor: Any) -> None:
    """Take the index away; the rows stay."""
    _create, drop = _statements_for(schema_editor.connection.vendor)
    for statement in drop:
        schema_editor.execute(statement)


def _statements_for(vendor: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        return _STATEMENTS[vendor]
    except KeyError:
        raise NotSupportedError(f"The search index is written for SQLite and PostgreSQL, not for {vendor}.") from None
