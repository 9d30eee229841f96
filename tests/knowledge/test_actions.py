import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import CategoryFactory, HelpArticleFactory
from tickets.knowledge import actions as knowledge
from tickets.knowledge.models import HelpArticle

pytestmark = pytest.mark.usefixtures("desk")


def write(**values: object) -> HelpArticle:
    article = HelpArticleFactory.create(**values)
    knowledge.index(article)
    return article


@pytest.fixture
def descaling() -> HelpArticle:
    """In English and Italian."""
    return write(
        title_en="How to descale", body_en="Use vinegar.", title_it="Come togliere il calcare", body_it="Serve l’aceto."
    )


@pytest.fixture
def display() -> HelpArticle:
    """In English only."""
    return write(title_en="Display codes", body_en="E04 is about the water tank. Vinegar helps.")


def titles(found: list[knowledge.Found]) -> list[str]:
    return [one.edition.title for one in found]


def test_an_article_is_found_by_its_words(descaling: HelpArticle, display: HelpArticle) -> None:
    assert titles(knowledge.find("e04", "en")) == ["Display codes"]


def test_an_article_is_found_in_the_readers_language(descaling: HelpArticle) -> None:
    assert titles(knowledge.find("calcare", "it")) == ["Come togliere il calcare"]


def test_an_article_that_is_not_translated_is_found_in_english(descaling: HelpArticle, display: HelpArticle) -> None:
    assert titles(knowledge.find("vinegar", "it")) == ["Display codes"]


def test_a_language_without_any_article_reads_english(descaling: HelpArticle) -> None:
    assert titles(knowledge.find("vinegar", "ja")) == ["How to descale"]


def test_words_of_a_language_that_is_not_the_readers_find_nothing(descaling: HelpArticle) -> None:
    assert titles(knowledge.find("calcare", "en")) == []


def test_an_article_that_is_taken_back_is_not_found(descaling: HelpArticle) -> None:
    descaling.published = False
    descaling.save()
    knowledge.index(descaling)
    assert knowledge.find("vinegar", "en") == []


def test_words_that_were_taken_out_no_longer_find_it(descaling: HelpArticle) -> None:
    HelpArticle.objects.update(body_en="Use citric acid.")
    descaling.refresh_from_db()
    knowledge.index(descaling)
    assert titles(knowledge.find("vinegar", "en")) == []


def test_articles_of_the_topic_are_suggested_first() -> None:
    topic = CategoryFactory.create()
    write(title_en="Vinegar vinegar", body_en="Vinegar.")
    write(title_en="About the topic", body_en="Also vinegar.", category=topic)
    assert titles(knowledge.suggest(topic, "vinegar", "en")) == ["About the topic", "Vinegar vinegar"]


def test_without_words_the_most_helpful_articles_of_the_topic_are_suggested() -> None:
    topic = CategoryFactory.create()
    write(title_en="Less helpful", body_en="x", category=topic)
    write(title_en="More helpful", body_en="x", category=topic, helpful_votes=3)
    write(title_en="Of another topic", body_en="x")
    assert titles(knowledge.suggest(topic, "", "en")) == ["More helpful", "Less helpful"]


def test_no_more_than_asked_for_are_suggested() -> None:
    topic = CategoryFactory.create()
    for number in range(4):
        write(title_en=f"Page {number}", body_en="vinegar", category=topic)
    assert len(knowledge.suggest(topic, "vinegar", "en", limit=2)) == 2


def test_an_article_is_suggested_once() -> None:
    topic = CategoryFactory.create()
    write(title_en="Vinegar", body_en="x", category=topic)
    assert titles(knowledge.suggest(topic, "vinegar", "en")) == ["Vinegar"]


def test_without_a_topic_only_words_suggest(descaling: HelpArticle) -> None:
    assert titles(knowledge.suggest(None, "vinegar", "en")) == ["How to descale"]


def test_votes_are_counted(descaling: HelpArticle) -> None:
    for helpful in (True, True, False):
        knowledge.vote(descaling, helpful=helpful)
    descaling.refresh_from_db()
    assert (descaling.helpful_votes, descaling.unhelpful_votes) == (2, 1)


def test_finding_costs_the_same_however_many_are_found() -> None:
    """The search in two languages, and the articles with their topics."""
    counts = []
    for _ in range(2):
        for _ in range(3):
            write(title_en="Vinegar", body_en="x", category=CategoryFactory.create())
        with CaptureQueriesContext(connection) as queries:
            found = knowledge.find("vinegar", "it")
            [str(one.article.category) for one in found]
        counts.append(len(queries))
    assert counts == [3, 3]
