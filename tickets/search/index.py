"""Looking things up: the same hits in the same order on SQLite and on PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from tickets.search.rules import Term, query_tokens

MAX_QUERY = 200
# A word in the title says more about the object than one in the text. Shared out over all the documents that have the
# word, so that a rare word counts for more; whole numbers, because the two databases round fractions differently.
_WEIGHTS = {"title_tokens": 3_000_000, "body_tokens": 1_000_000}
_FOUND_IN = {
    # CROSS keeps the order: left to itself, SQLite may ask the full-text index once for every row of the kind.
    "sqlite": """
        tickets_searchdocument_fts f CROSS JOIN tickets_searchdocument d ON d.id = f.rowid
        WHERE tickets_searchdocument_fts MATCH %s
    """,
    "postgresql": """
        tickets_searchdocument d WHERE array_to_tsvector(string_to_array(d.{column}, ' ')) @@ %s::tsquery
    """,
}


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
    complete = [row for row in rows if row[3] == len(terms)]
    return [Hit(object_id, found, rank) for object_id, found, rank, _matched in complete or rows]


def _ranked(kind: str, terms: Sequence[Term], language: str | None, limit: int) -> list[tuple[str, str, int, int]]:
    """Rows of object, language, rank and number of terms matched, those with the most terms first."""
    scope = "d.kind = %s" if language is None else "d.kind = %s AND d.language = %s"
    scope_values = [kind] if language is None else [kind, language]
    selects: list[str] = []
    values: list[str | int] = []
    for number, term in enumerate(terms):
        for column, weight in _WEIGHTS.items():
            found_in = _FOUND_IN[connection.vendor].format(column=column)
            selects.append(f"SELECT d.id, {number}, {weight} / COUNT(*) OVER () FROM {found_in} AND {scope}")  # noqa: S608
            values += [_pattern(column, term), *scope_values]
    # Put together from the constants above; everything that somebody typed goes in as a value.
    sql = f"""
        WITH matched (id, term, worth) AS ({" UNION ALL ".join(selects)})
        SELECT d.object_id, d.language, SUM(m.worth), COUNT(DISTINCT m.term)
        FROM matched m JOIN tickets_searchdocument d ON d.id = m.id
        GROUP BY d.id, d.object_id, d.language
        ORDER BY 4 DESC, 3 DESC, d.id DESC
        LIMIT %s
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, limit])
        return [(object_id, found, int(rank), matched) for object_id, found, rank, matched in cursor.fetchall()]


def _pattern(column: str, term: Term) -> str:
    """The term in the database's own query language.

    Words hold letters, digits and inner dots only (see ``rules``), so inside of quotes they are words to both
    databases.
    """
    if connection.vendor == "postgresql":
        return _joined(term, "'", ":*", " & ", " | ")
    found = _joined(term, '"', "*", " AND ", " OR ")
    return f"{column} : ({found})"


def _joined(term: Term, quote: str, prefix: str, conjunction: str, disjunction: str) -> str:
    alternatives = []
    for words in term.alternatives:
        quoted = conjunction.join(f"{quote}{word}{quote}" for word in words)
        alternatives.append(f"({quoted}{prefix if term.prefix else ''})")
    return disjunction.join(alternatives)
