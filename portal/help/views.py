"""The help centre: for everybody, signed in or not."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tickets.desk.models import Category
from tickets.knowledge import actions as knowledge
from tickets.knowledge.actions import Found
from tickets.knowledge.models import HelpArticle
from tickets.knowledge.rules import as_html, for_reader
from tickets.people import languages

RELATED = 5
VOTED = "voted_articles"
"""Where the session keeps the articles that somebody voted on: one opinion each."""


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All articles by topic; or those that have the words of ``?q=``."""
    query = request.GET.get("q", "").strip()
    language = _language()
    context: dict[str, Any] = {"query": query}
    if query:
        context["found"] = knowledge.find(query, language)
    else:
        published = HelpArticle.objects.filter(published=True).select_related("category")
        context["topics"] = _by_topic(knowledge.for_language(published, language))
    return render(request, "portal/help/index.html", context)


@login_not_required
@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article in the reader's language, or in another one that it exists in (``?language=``)."""
    shown = _published(slug)
    editions = knowledge.editions(shown)
    reader = _language()
    edition = editions.get(request.GET.get("language", "")) or for_reader(editions, reader)
    if edition is None:
        raise Http404
    context = {
        "article": shown,
        "edition": edition,
        "html": as_html(edition.body),
        "info": get_language_info(edition.language),
        "is_foreign": edition.language != reader,
        "is_missing": reader not in editions,
        "reader_language": languages.name(reader),
        "others": [get_language_info(code) for code in editions if code != edition.language],
        "related": _related(shown, reader),
        "voted": shown.pk in request.session.get(VOTED, []),
    }
    return render(request, "portal/help/article.html", context)


@login_not_required
@require_POST
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """Count a yes or a no, once a session and article."""
    judged = _published(slug)
    voted = request.session.get(VOTED, [])
    if judged.pk not in voted and request.POST.get("helped") in ("yes", "no"):
        knowledge.vote(judged, helpful=request.POST["helped"] == "yes")
        request.session[VOTED] = [*voted, judged.pk]
        messages.success(request, _("Thank you. Your answer helps us to write better pages."))
    return redirect("help:article", slug=slug)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/help/accessibility.html")


def _published(slug: str) -> HelpArticle:
    return get_object_or_404(HelpArticle.objects.select_related("category"), slug=slug, published=True)


def _language() -> str:
    return languages.closest(get_language() or "")


def _by_topic(articles: list[Found]) -> list[tuple[Category | None, list[Found]]]:
    """In the order of the topics; what has none comes last."""
    topics: dict[Category | None, list[Found]] = {}
    for found in articles:
        topics.setdefault(found.article.category, []).append(found)
    return sorted(topics.items(), key=lambda topic: (topic[0] is None, topic[0].position if topic[0] else 0))


def _related(shown: HelpArticle, language: str) -> list[Found]:
    if shown.category_id is None:
        return []
    others = HelpArticle.objects.filter(category=shown.category_id, published=True).exclude(pk=shown.pk)
    return knowledge.for_language(others[:RELATED], language)
