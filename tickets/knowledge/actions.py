"""Help articles are found, suggested and judged."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db.models import F, QuerySet
from modeltranslation.utils import build_localized_fieldname

from tickets.desk.models import Category
from tickets.knowledge.models import HelpArticle
from tickets.knowledge.rules import SOURCE, Edition, complete, for_reader
from tickets.search import actions as search
from tickets.search import index as search_index

KIND: Final = "article"
"""What articles are called in the search index."""


@dataclass(frozen=True, slots=True)
class Found:
    """An article and the language in which this reader gets it."""

    article: HelpArticle
    edition: Edition


def editions(article: HelpArticle) -> dict[str, Edition]:
    """The article in every language in which it is complete, in the order of the settings."""
    return complete(
        Edition(
            language=code,
            **{
                name: getattr(article, build_localized_fieldname(name, code)) or ""
                for name in ("title", "summary", "body")
            },
        )
        for code, _name in settings.LANGUAGES
    )


def index(article: HelpArticle) -> None:
    """Make a published article findable in each of its languages; call it after every change of the article."""
    search.remove(KIND, article.pk)
    if article.published:
        for edition in editions(article).values():
            search.put(KIND, article.pk, edition.language, edition.title, f"{edition.summary}\n{edition.body}")


def find(text: str, language: str, limit: int = 20) -> list[Found]:
    """Published articles about ``text``, best first: those in the reader's language, then those not translated yet."""
    hits = search_index.find(KIND, text, language, limit)
    if language != SOURCE:
        hits += search_index.find(KIND, text, SOURCE, limit)
    keys = list(dict.fromkeys(int(hit.object_id) for hit in hits))
    in_own = {int(hit.object_id) for hit in hits if hit.language == language}
    found = for_language(HelpArticle.objects.filter(pk__in=keys, published=True).select_related("category"), language)
    # English words found an article that the reader gets in their own language: the words are not on their page.
    shown = {one.article.pk: one for one in found if one.article.pk in in_own or one.edition.language != language}
    return [shown[key] for key in keys if key in shown][:limit]


def suggest(category: Category | None, text: str, language: str, limit: int = 3) -> list[Found]:
    """Articles that may spare somebody who is about to write a request: about their words, else about the topic.

    Among what the words find, articles of the topic come first.
    """
    found = find(text, language)
    if category is not None:
        found.sort(key=lambda one: one.article.category_id != category.pk)
        known = {one.article.pk for one in found}
        more = HelpArticle.objects.filter(category=category, published=True).exclude(pk__in=known)
        found += for_language(more.order_by("-helpful_votes", "position", "pk")[:limit], language)
    return found[:limit]


def for_language(articles: QuerySet[HelpArticle], language: str) -> list[Found]:
    """The articles as a reader of ``language`` gets them, less those that are complete in no language."""
    return [
        Found(article, edition)
        for article in articles
        if (edition := for_reader(editions(article), language)) is not None
    ]


def vote(article: HelpArticle, *, helpful: bool) -> None:
    """Count one reader's opinion. That each reader has one only is the door's to see to."""
    name = "helpful_votes" if helpful else "unhelpful_votes"
    # Not through save(): two readers at once are two votes, and a vote is no change of the article.
    HelpArticle.objects.filter(pk=article.pk).update(**{name: F(name) + 1})
