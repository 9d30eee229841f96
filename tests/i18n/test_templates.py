"""Every word that a template shows goes through the catalogues."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.template.base import Lexer, Token, TokenType

FOLDERS = ("portal/templates", "tickets/templates")
TEMPLATES = sorted(
    path.relative_to(settings.BASE_DIR)
    for folder in FOLDERS
    for path in (settings.BASE_DIR / folder).rglob("*")
    if path.suffix in {".html", ".txt"}
)

WORD = re.compile(r"[^\W\d_]{2,}")
# Filters that show the text that they are given.
SPOKEN_FILTER = re.compile(r"""\|\s*(?:default|default_if_none|pluralize|join|add):\s*["'][^"']*[^\W\d_]{2,}""")

# Attributes that are read out or shown. "data-text-…" is what our scripts show.
SPOKEN_ATTRIBUTE = re.compile(
    r"^(alt|title|placeholder|aria-label|aria-description|aria-roledescription|label|data-text.*)$"
)
SILENT_ELEMENTS = {"script", "style", "code", "kbd"}
# The block of our pages that holds nothing but names of the style sheet.
CLASSES = "layout"
# What is the same in every language.
NAMES = {"Message-ID", "Sportello"}


class Spoken(HTMLParser):
    """Collects the texts and attributes of a page that people see or hear."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT_ELEMENTS
        self.said += [value for name, value in attributes if value and SPOKEN_ATTRIBUTE.match(name)]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT_ELEMENTS

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


def unmarked(source: str) -> list[str]:
    """Words of a template that no translator ever sees."""
    tokens = list(_outside_of_translations(Lexer(source).tokenize()))
    page = Spoken()
    page.feed("".join(token.contents if token.token_type == TokenType.TEXT else "" for token in tokens))
    page.close()
    texts = [" ".join(text.split()) for text in page.said if WORD.search(text)]
    filters = [
        token.contents for token in tokens if token.token_type == TokenType.VAR and SPOKEN_FILTER.search(token.contents)
    ]
    return [text for text in texts + filters if text not in NAMES]


def _outside_of_translations(tokens: list[Token]) -> Iterator[Token]:
    end = ""
    for token in tokens:
        words = token.contents.split() if token.token_type == TokenType.BLOCK else []
        if end:
            end = "" if words[:1] == [end] else end
        elif words[:1] in (["blocktranslate"], ["comment"]):
            end = f"end{words[0]}"
        elif words == ["block", CLASSES]:
            end = "endblock"
        else:
            yield token


def test_every_word_of_a_template_is_for_translators_too() -> None:
    assert len(TEMPLATES) > 100
    found = {str(path): unmarked((settings.BASE_DIR / path).read_text(encoding="utf-8")) for path in TEMPLATES}
    assert {path: texts for path, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    "source",
    [
        "<p>Good morning</p>",
        '<p>{% translate "Good morning" %}, friend</p>',
        '<img alt="A cat">',
        '<button data-text-failed="Try again">{{ label }}</button>',
        '{{ name|default:"nobody" }}',
        "{% blocktranslate %}Good{% endblocktranslate %} morning",
    ],
)
def test_the_sweep_finds_bare_words(source: str) -> None:
    assert unmarked(source)


@pytest.mark.parametrize(
    "source",
    [
        '<p class="lead">{% translate "Good morning" %} · {{ name }}</p>',
        "{% blocktranslate trimmed with name=user.name %}Good morning, {{ name }}{% endblocktranslate %}",
        "{# a remark #}{% comment %}another{% endcomment %}<script src=\"{% static 'js/app.js' %}\"></script>",
        '<time datetime="{{ at|date:"c" }}">{{ at|date:"DATE_FORMAT" }}</time>',
    ],
)
def test_the_sweep_lets_marked_words_and_code_pass(source: str) -> None:
    assert unmarked(source) == []
