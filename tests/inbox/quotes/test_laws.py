"""What holds for any text at all."""

from hypothesis import given
from hypothesis import strategies as st

from tests.inbox.quotes.styles import STYLES, above
from tickets.inbox.parse.quotes import newest_reply

# Lines that mean something to the rules, so that chance puts them together.
TELLING = st.sampled_from(
    [
        "> it leaks",
        ">",
        ">> deeper",
        "It does.",
        "Blue",
        "--",
        "-- ",
        "Sent from my iPhone",
        "On Wed, 11 Nov 2026 at 09:14, Shop <shop@example.com> wrote:",
        "On Wed, 11 Nov 2026 at",
        "09:14, Shop <shop@example.com>",
        "wrote:",
        "> On Wed, 11 Nov 2026 at 09:14, Shop <shop@example.com> wrote:",
        "Tom wrote:",
        "You wrote on 11.11.:",
        "From: Shop <shop@example.com>",
        "Sent: 11 November 2026",
        "Subject: K7Q4-9M2X",
        "________________________________",
        "-----Original Message-----",
        "---------- Forwarded message ---------",
        "yes:",
        "",
        "\ud800",
        "\x00",
        "\u200b",
        "\xa0",
    ]
)
TEXTS = st.text() | st.lists(TELLING | st.text(max_size=12), max_size=14).map("\n".join)

SAID = st.text(alphabet="abcdefgh nopqrst äéñøłж日あ한, ", min_size=1, max_size=70)
OWN_WORDS = st.lists(SAID.filter(str.strip).map(lambda line: f"{line.strip()}."), min_size=1, max_size=6)


def lines_of(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@given(TEXTS)
def test_its_lines_are_lines_of_the_text_in_their_order(text: str) -> None:
    given_lines = iter(lines_of(text))
    assert [line for line in lines_of(newest_reply(text)) if line and line not in given_lines] == []


@given(TEXTS)
def test_something_is_left_of_everything(text: str) -> None:
    assert bool(newest_reply(text).strip()) == bool(text.strip())


@given(TEXTS)
def test_what_is_left_is_left_a_second_time(text: str) -> None:
    once = newest_reply(text)
    assert newest_reply(once) == once


@given(own=OWN_WORDS, quoted=st.lists(st.text(alphabet=st.characters(exclude_categories=["C", "Z"])), min_size=1),
       style=st.sampled_from(STYLES))  # fmt: skip
def test_own_words_come_back_whatever_is_quoted_below(own: list[str], quoted: list[str], style) -> None:
    words = "\n".join(own)
    assert newest_reply(above(words, style("\n".join(quoted)))) == words
