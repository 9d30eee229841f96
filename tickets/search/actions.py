"""What is searchable. The database keeps its index over these rows by itself (see ``schema``)."""

from tickets.search.models import SearchDocument
from tickets.search.rules import tokens

# Nobody looks for a word on page 100 of a pasted log, and PostgreSQL refuses a tsvector of more than one megabyte.
MAX_CHARACTERS = 200_000
MAX_BYTES = 500_000


def put(kind: str, object_id: object, language: str, title: str, body: str) -> None:
    """Make the object findable by these words in this language, in place of what was known of it before."""
    SearchDocument.objects.update_or_create(
        kind=kind,
        object_id=str(object_id),
        language=language,
        defaults={"title_tokens": _stored(title), "body_tokens": _stored(body)},
    )


def remove(kind: str, object_id: object) -> None:
    """Forget the object in every language. Not being there is no error."""
    SearchDocument.objects.filter(kind=kind, object_id=str(object_id)).delete()


def _stored(text: str) -> str:
    words = " ".join(dict.fromkeys(tokens(text[:MAX_CHARACTERS])))
    if len(words.encode()) <= MAX_BYTES:
        return words
    return words.encode()[:MAX_BYTES].decode(errors="ignore").rpartition(" ")[0]
