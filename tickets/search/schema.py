"""The database side of the index, made by a migration: FTS5 on SQLite, GIN over tsvector on PostgreSQL.

Both read the words that Python already folded, so neither database's own idea of words, accents or languages matters
and both find the same. Neither needs a write of ours: triggers keep FTS5 up to date, expressions keep GIN.

Django changes a SQLite table by making a new one in its place, and the triggers go with the old one: a migration that
alters ``SearchDocument`` has to end with ``drop_index`` and ``create_index``.
"""

from typing import Any

from django.db import NotSupportedError

_SQLITE_CREATE = (
    # "ascii" splits at ASCII punctuation only and leaves every other script alone. The dot is inside of numbers
    # (2.4.1).
    """
    CREATE VIRTUAL TABLE tickets_searchdocument_fts USING fts5(
        title_tokens, body_tokens, content='tickets_searchdocument', content_rowid='id', detail='column',
        tokenize="ascii tokenchars '.'"
    )
    """,
    """
    CREATE TRIGGER tickets_searchdocument_added AFTER INSERT ON tickets_searchdocument BEGIN
        INSERT INTO tickets_searchdocument_fts(rowid, title_tokens, body_tokens)
        VALUES (new.id, new.title_tokens, new.body_tokens);
    END
    """,
    # A table with its content elsewhere forgets a row only when it is told the words that the row had.
    """
    CREATE TRIGGER tickets_searchdocument_removed AFTER DELETE ON tickets_searchdocument BEGIN
        INSERT INTO tickets_searchdocument_fts(tickets_searchdocument_fts, rowid, title_tokens, body_tokens)
        VALUES ('delete', old.id, old.title_tokens, old.body_tokens);
    END
    """,
    """
    CREATE TRIGGER tickets_searchdocument_changed AFTER UPDATE ON tickets_searchdocument BEGIN
        INSERT INTO tickets_searchdocument_fts(tickets_searchdocument_fts, rowid, title_tokens, body_tokens)
        VALUES ('delete', old.id, old.title_tokens, old.body_tokens);
        INSERT INTO tickets_searchdocument_fts(rowid, title_tokens, body_tokens)
        VALUES (new.id, new.title_tokens, new.body_tokens);
    END
    """,
    "INSERT INTO tickets_searchdocument_fts(tickets_searchdocument_fts) VALUES ('rebuild')",
)
_SQLITE_DROP = (
    "DROP TRIGGER IF EXISTS tickets_searchdocument_added",
    "DROP TRIGGER IF EXISTS tickets_searchdocument_removed",
    "DROP TRIGGER IF EXISTS tickets_searchdocument_changed",
    "DROP TABLE IF EXISTS tickets_searchdocument_fts",
)

# A query uses these indexes only if it says exactly the same expressions (``index``). With "fastupdate" new words would
# wait in a list that every search reads through, and the planner, who knows, would rather read the whole table.
_POSTGRESQL_CREATE = (
    """
    CREATE INDEX tickets_searchdocument_title ON tickets_searchdocument
    USING gin (array_to_tsvector(string_to_array(title_tokens, ' '))) WITH (fastupdate = off)
    """,
    """
    CREATE INDEX tickets_searchdocument_body ON tickets_searchdocument
    USING gin (array_to_tsvector(string_to_array(body_tokens, ' '))) WITH (fastupdate = off)
    """,
)
_POSTGRESQL_DROP = (
    "DROP INDEX IF EXISTS tickets_searchdocument_title",
    "DROP INDEX IF EXISTS tickets_searchdocument_body",
)

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
