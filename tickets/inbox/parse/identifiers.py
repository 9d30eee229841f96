"""Message identifiers (RFC 5322 section 3.6.4), with their angle brackets."""

import re

from tickets.inbox.parse import limits

_IN_BRACKETS = re.compile(r"<([^<>]{1,998})>")
_BARE = re.compile(r"[^\s<>,;\"()]{1,998}@[^\s<>,;\"()]{1,998}")


def first(value: str) -> str:
    """The first identifier of a header; empty if there is none."""
    return next(iter(read(value)), "")


def read(value: str) -> list[str]:
    """All identifiers of a header, in order. Those without brackets get them; folding within them is undone."""
    found = ["".join(inner.split()) for inner in _IN_BRACKETS.findall(value)]
    found = [inner for inner in found if inner] or _BARE.findall(value)
    return [f"<{inner}>" for inner in dict.fromkeys(found)][-limits.REFERENCES :]
