"""Characters that must not pass: those no database takes, and those that make text look like what it is not."""

import re

# C0 and C1 controls, directions that turn text round, invisible separators, lone surrogates, noncharacters.
_UNSEEN = re.compile("\r\n|[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
_MARKS = re.compile("[\u200e\u200f\u061c\u00ad\u200b\u2060]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def without_controls(text: str) -> str:
    """One line: line ends and other controls become blanks or go."""
    return _UNSEEN.sub(lambda found: " " if found[0] in "\t\r\n\x0b\x0c\u2028\u2029" else "", text)


def without_marks(text: str) -> str:
    """Without controls, and without what is there but takes no room: for names that are read one by one."""
    return _MARKS.sub("", without_controls(text))


def stored(text: str) -> str:
    """Text of several lines as every database takes it: no NUL, no half characters, ``\\n`` between lines."""
    text = text.removeprefix("\ufeff").replace("\0", "")
    # Servers double the first half of a line end now and then. Step by step, so that large texts are not there four times.
    for line_end in ("\r\r\n", "\r\n", "\r"):
        text = text.replace(line_end, "\n")
    return _SURROGATE.sub("", text) if _SURROGATE.search(text) else text
