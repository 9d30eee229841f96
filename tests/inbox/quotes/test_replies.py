"""Replies as people send them: beside each text (.txt) lies what its sender wrote themselves (.reply.txt)."""

from pathlib import Path

import pytest

from tickets.inbox.parse.quotes import newest_reply

REPLIES = Path(__file__).parents[1] / "replies"
CASES = sorted(path.name.removesuffix(".reply.txt") for path in REPLIES.glob("*.reply.txt"))


def read(name: str) -> str:
    return (REPLIES / name).read_text(encoding="utf-8").removesuffix("\n")


def test_there_are_replies_to_read() -> None:
    assert len(CASES) >= 150


@pytest.mark.parametrize("case", CASES)
def test_it_is_what_the_sender_wrote(case: str) -> None:
    assert newest_reply(read(f"{case}.txt")) == read(f"{case}.reply.txt")


@pytest.mark.parametrize("case", CASES)
def test_lines_may_end_as_on_windows(case: str) -> None:
    assert newest_reply(read(f"{case}.txt").replace("\n", "\r\n")) == read(f"{case}.reply.txt")


def test_blank_text_stays_blank() -> None:
    assert newest_reply(" \n\n\t\n") == ""
