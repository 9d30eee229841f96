import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.knowledge.rules import Edition, as_html, complete, for_reader

ENGLISH = Edition("en", "Title", "", "Text")
ITALIAN = Edition("it", "Titolo", "", "Testo")
GERMAN = Edition("de", "Titel", "", "Text")


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One.\r\n\r\n\r\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("One\nline two", "<p>One<br>line two</p>"),
        ("## Before\nText", "<h2>Before</h2>\n<p>Text</p>"),
        ("### Deeper", "<h3>Deeper</h3>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b\n10) c", "<ol><li>a</li><li>b</li><li>c</li></ol>"),
        ("You need:\n- a cloth\n1. Wipe", "<p>You need:</p>\n<ul><li>a cloth</li></ul>\n<ol><li>Wipe</li></ol>"),
        ("#hashtag and 5.5 bar", "<p>#hashtag and 5.5 bar</p>"),
        ("", ""),
    ],
)
def test_marks_become_elements(body: str, html: str) -> None:
    assert as_html(body) == html


def test_html_in_an_article_is_shown_and_not_run() -> None:
    assert (
        as_html("## <script>\n- <b>x</b> & y")
        == "<h2>&lt;script&gt;</h2>\n<ul><li>&lt;b&gt;x&lt;/b&gt; &amp; y</li></ul>"
    )


@given(st.text(alphabet="<>&\"'#-1. \n{}ab"))
def test_no_text_brings_an_element_of_its_own(body: str) -> None:
    html = str(as_html(body))
    for element in ("p", "h2", "h3", "ul", "ol", "li"):
        html = html.replace(f"<{element}>", "").replace(f"</{element}>", "")
    assert "<" not in html.replace("<br>", "")


@pytest.mark.parametrize(
    ("editions", "language", "expected"),
    [
        ([ENGLISH, ITALIAN], "it", ITALIAN),
        ([ENGLISH, GERMAN], "it", ENGLISH),
        ([GERMAN], "it", GERMAN),
        ([], "it", None),
    ],
)
def test_a_reader_gets_their_language_or_the_next_best(
    editions: list[Edition], language: str, expected: Edition | None
) -> None:
    assert for_reader(complete(editions), language) == expected


@pytest.mark.parametrize("half", [Edition("it", "Titolo", "", " "), Edition("it", "", "In breve", "Testo")])
def test_a_half_translation_is_not_shown(half: Edition) -> None:
    assert complete([half, ENGLISH]) == {"en": ENGLISH}
