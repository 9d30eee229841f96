"""What holds of every message that was read, whatever it was: asked by the tests and by the search for exceptions."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from tickets.inbox.parse import ParsedMail, Problem


def broken(mail: ParsedMail) -> list[str]:
    """The promises that a message breaks, in words."""
    faults = []
    if Problem.FAILED in mail.problems:
        faults.append("the parser stumbled")
    if not all(is_storable(text) for text in texts(mail)):
        faults.append("a text cannot be stored")
    if not mail.message_id:
        faults.append("it has no identifier")
    if bool(mail.text.strip()) != bool(mail.reply_text.strip()):
        faults.append("what the sender wrote was lost")
    return faults


def is_storable(text: str) -> bool:
    """Whether databases and mail take it: whole characters, and none of them NUL."""
    return "\0" not in text and text.encode("utf-8", "replace").decode("utf-8") == text


def texts(value: Any) -> Iterator[str]:
    """All text in a message, whatever it is in."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value
