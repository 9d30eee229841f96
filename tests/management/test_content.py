import pytest

from tests.factories import HelpArticleFactory
from tickets.management.content import texts

pytestmark = pytest.mark.django_db


def languages_of(article: object, field: str) -> set[str]:
    found = [text for text in texts() if (text.model, text.pk, text.field) == ("HelpArticle", article.pk, field)]
    return set(found[0].languages) if found else set()


def test_it_says_which_languages_a_text_exists_in() -> None:
    article = HelpArticleFactory.create(title="Descaling", title_it="Decalcificare")
    assert languages_of(article, "title") == {"en", "it"}


def test_a_text_that_the_shop_did_not_write_is_missing_nowhere() -> None:
    article = HelpArticleFactory.create(summary="")
    assert languages_of(article, "summary") == set()


def test_it_looks_into_every_kind_of_object_that_the_first_desk_has(desk: None) -> None:
    assert {text.model for text in texts()} == {
        "Category",
        "EscalationTier",
        "IntakeField",
        "PolicyVersion",
        "SLAPolicy",
    }
