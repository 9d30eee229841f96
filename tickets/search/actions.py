"""What is searchable. The database keeps its index over these rows by itself (see ``schema``)."""

from tickets.search.models import SearchDocument
from tickets.search.rules import tokens

# PostgreSQL refuses a tsvector of more than one megabyte. Nobody looks for a word on page 300 of a pasted log.
MAX_CHARACTERS = 200_000


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
    return " ".join(dict.fromkeys(tokens(text[:MAX_CHARACTERS])))
