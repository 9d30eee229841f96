"""Looking things up: the same hits in the same order on SQLite and on PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from tickets.search.rules import Term, query_tokens
from tickets.search.schema import FTS_TABLE, TABLE, vector

MAX_QUERY = 200
# A word in the title says more about the object than one in the text. Shared out over all the documents that have the
# word, so that a rare word counts for more; whole numbers, because the two databases round fractions differently.
_WEIGHTS = {"title_tokens": 3_000_000, "body_tokens": 1_000_000}


@dataclass(frozen=True, slots=True)
class Hit:
    """One object in one language. ``object_id`` is text whatever the key was; a higher ``rank`` is a better hit."""

    object_id: str
    language: str
    rank: int


def find(kind: str, text: str, language: str | None = None, limit: int = 20) -> list[Hit]:
    """The objects that have every word of ``text``, best first; where there are none, those that have some.

    The last word may be half typed. ``language`` narrows to what was put under it; without it an object that was put in
    several languages may be hit once in each. Any input is safe, and input without a word finds nothing.
    """
    terms = query_tokens(text[:MAX_QUERY])
    if not terms:
        return []
    rows = _ranked(kind, terms, language, limit)
    most = [row for row in rows if row[3] == len(terms)]
    return [Hit(object_id, language, rank) for object_id, language, rank, _matched in most or rows]


def _ranked(kind: str, terms: Sequence[Term], language: str | None, limit: int) -> list[tuple[str, str, int, int]]:
    """Rows of object, language, rank and number of terms matched: first who has most of the terms."""
    scope, scope_values = "d.kind = %s", [kind]
    if language is not None:
        scope, scope_values = f"{scope} AND d.language = %s", [kind, language]
    selects: list[str] = []
    values: list[str | int] = []
    for number, term in enumerate(terms):
        for column, weight in _WEIGHTS.items():
            source, pattern = _match(column, term)
            selects.append(f"SELECT d.id, {number}, {weight} / COUNT(*) OVER () FROM {source} AND {scope}")
            values += [pattern, *scope_values]
    sql = f"""
        WITH matched (id, term, worth) AS ({" UNION ALL ".join(selects)})
        SELECT d.object_id, d.language, SUM(m.worth), COUNT(DISTINCT m.term)
        FROM matched m JOIN {TABLE} d ON d.id = m.id
        GROUP BY d.id, d.object_id, d.language
        ORDER BY 4 DESC, 3 DESC, d.id DESC
        LIMIT %s
    """  # noqa: S608  # put together from the constants of this package; all input goes in as values
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, limit])
        return [(object_id, found, int(rank), matched) for object_id, found, rank, matched in cursor.fetchall()]


def _match(column: str, term: Term) -> tuple[str, str]:
    """The tables and the condition that find ``term`` in ``column``, and the value for its one placeholder.

    Words hold letters, digits and inner dots only (``rules``), so inside quotes they are words to both databases.
    """
    if connection.vendor == "postgresql":
        return f"{TABLE} d WHERE {vector(column, 'd.')} @@ %s::tsquery", _tsquery(term)
    source = f"{FTS_TABLE} f JOIN {TABLE} d ON d.id = f.rowid WHERE {FTS_TABLE} MATCH %s"
    return source, f"{column} : ({_fts_query(term)})"


def _tsquery(term: Term) -> str:
    quoted = [_quoted(words, "'", "':*" if term.prefix else "'") for words in term.alternatives]
    return " | ".join(f"({' & '.join(words)})" for words in quoted)


def _fts_query(term: Term) -> str:
    quoted = [_quoted(words, '"', '"*' if term.prefix else '"') for words in term.alternatives]
    return " OR ".join(f"({' AND '.join(words)})" for words in quoted)


def _quoted(words: tuple[str, ...], opening: str, last_closing: str) -> list[str]:
    return [f"{opening}{word}{opening}" for word in words[:-1]] + [f"{opening}{words[-1]}{last_closing}"]
