"""A hostile text takes time in proportion to its length. Measured by growth: machines differ, the exponent does not."""

import time

import pytest

from tickets.inbox.parse.quotes import newest_reply

SMALL, TIMES = 8_000, 8
# Eight times the text is sixty-four times the work where something is quadratic.
AT_MOST = 24

FLOODS = {
    "own lines": "hello there\n",
    "quoted lines": "> hello\n",
    "answers": "> a\nb\n",
    "attributions": "Shop <shop@example.com>:\n",
    "half attributions": "On 1 2 3 4 wrote wrote 10:10:\n",
    "header fields": "From: a\nTo: b\n",
    "rules": "________\n",
    "signatures": "-- \nme\n",
    "phones": "Sent from my iPhone\n",
    "blank lines": "\n \n",
    "brackets in one line": "<",
    "addresses in one line": "<a@b.c>",
    "marks in one line": "> ",
    "figures in one line": "1",
    "colons in one line": "a: ",
    "words for wrote in one line": "wrote: ",
    "brackets in lines of 300": "<a" * 150 + ":\n",
    "blanks in lines of 300": "a" + " " * 298 + ":\n",
    "dates in lines of 300": "11.11.2026 " * 27 + ":\n",
    "sent from in lines of 90": "sent from " * 9 + "\n",
}


def seconds(text: str) -> float:
    """The least time of three: what else runs on the machine only adds."""

    def once() -> float:
        begun = time.process_time()
        newest_reply(text)
        return time.process_time() - begun

    return min(once() for _attempt in range(3))


@pytest.mark.parametrize("flood", FLOODS)
def test_it_grows_with_the_text(flood: str) -> None:
    small = FLOODS[flood] * (SMALL // len(FLOODS[flood]))
    # A clock that ticks in milliseconds cannot tell less.
    assert seconds(small * TIMES) < max(seconds(small), 0.002) * AT_MOST


def test_ten_million_characters_are_not_looked_at_one_by_one() -> None:
    assert newest_reply("x y\n" * 2_500_000).startswith("x y\nx y")


def test_an_answer_above_an_endless_quote_is_found() -> None:
    assert newest_reply("Thanks!\n\n-----Original Message-----\n" + "x y\n" * 500_000) == "Thanks!"
