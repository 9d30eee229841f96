"""The formatted part of anybody's mail: what it says stays, what it could do does not, and nothing keeps us busy."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attachments.crafted import picture
from tickets.inbox.parse import MailAttachment
from tickets.workspace.inbox import formatted
from tickets.workspace.inbox.formatted import harmless

BODY = '<body style="background:#fff;color:#000">'
WAND = MailAttachment("wand.jpg", "image/jpeg", picture("JPEG"), inline=True, content_id="wand@mail")


def body(html: str, *files: MailAttachment) -> str:
    return harmless(html, files).partition(BODY)[2]


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>Hi <b>there</b></p>", "<p>Hi <b>there</b></p>"),
        ("a < b &amp; c > d", "a &lt; b &amp; c &gt; d"),
        ("<p>one<p>two", "<p>one</p><p>two</p>"),
        ('<p style="color: red; position: fixed">x</p>', '<p style="color:red">x</p>'),
        ("<header>Not a head</header>", "Not a head"),
        ('<P ALIGN="center">x</P>', '<p align="center">x</p>'),
        ('<td colspan="2">', ""),
        ("<!--[if mso]>Outlook<![endif]-->x", "x"),
    ],
)
def test_what_carries_meaning_stays(html: str, shown: str) -> None:
    assert body(html) == shown


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<script>alert(1)</script>x", "x"),
        ("<style>p { color: red }</style>x", "x"),
        ('<p onclick="alert(1)">x</p>', "<p>x</p>"),
        ('<a href="https://evil.example">x</a>', "x"),
        ('<form action="/admin/"><input name="a">x</form>', "x"),
        ('<iframe src="https://evil.example"></iframe>x', "x"),
        ('<img src="https://evil.example/seen.gif" alt="Logo">', '<img alt="Logo">'),
        ('<img src="data:image/svg+xml,x">', "<img>"),
        ('<p style="background-image: url(https://evil.example)">x</p>', '<p style="">x</p>'),
        ('<meta http-equiv="refresh" content="0;url=https://evil.example">x', "x"),
    ],
)
def test_what_could_do_something_goes(html: str, shown: str) -> None:
    assert "evil" not in body(html)
    assert body(html) == shown


def test_many_paragraphs_that_nobody_closed_stay_paragraphs() -> None:
    assert body("<p>x" * 300).count("<p>") == 300


def test_pictures_within_the_text_are_part_of_the_page() -> None:
    assert body('<img src="cid:wand%40mail" alt="The wand">', WAND).startswith('<img src="data:image/jpeg;base64,')


def test_drawings_that_can_hold_scripts_are_no_pictures() -> None:
    drawing = MailAttachment("a.svg", "image/svg+xml", b"<svg/>", inline=True, content_id="wand@mail")
    assert body('<img src="cid:wand@mail">', drawing) == "<img>"


def test_one_picture_shown_a_thousand_times_stays_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formatted, "MOST_PICTURE_BYTES", 3 * len(WAND.content))
    assert body('<img src="cid:wand@mail">' * 1000, WAND).count("base64") == 3


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "<div>",
            "<b>",
            "<p><b a=1>x</p>",
            "<",
            "<a ",
            '<a "',
            "<!--",
            "<style",
            "<head",
            "<table><tr><td>",
            "</div>",
        ),
        *("<font color=1><p>", "<div x='", "&", "<![CDATA["),
    ],
)
def test_no_page_keeps_us_busy(piece: str) -> None:
    begin = time.process_time()
    harmless(piece * (formatted.MOST_CHARACTERS // len(piece)))
    assert time.process_time() - begin < 2


PIECES = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b>", "<script>", "</script>", "<!--", "-->", "<img src=cid:a>", "<div ", '"', ">"]
    )
    | st.text(max_size=5),
    max_size=30,
).map("".join)


@given(PIECES | st.text(st.characters(exclude_categories=()), max_size=60))
def test_it_takes_anything_and_lets_no_script_through(html: str) -> None:
    page = harmless(html)
    assert "<script" not in page
    page.encode()


@given(st.lists(st.sampled_from(["coffee", "<b>", "</b>", "<div>", "</div>", "</p>", "<br>"]), max_size=30))
def test_no_word_is_lost(pieces: list[Any]) -> None:
    assert body(" ".join(pieces)).count("coffee") == pieces.count("coffee")
