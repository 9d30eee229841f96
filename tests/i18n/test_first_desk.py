"""What a new desk starts with is there in the complete languages, too."""

from tickets.management.catalogues import COMPLETE
from tickets.management.content import texts


def test_a_new_desks_own_texts_are_translated(desk: None) -> None:
    found = list(texts())
    assert len(found) > 10
    assert [str(text) for text in found if not text.languages >= set(COMPLETE)] == []
