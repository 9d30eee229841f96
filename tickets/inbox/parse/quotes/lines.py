"""One line of a mail as the rules look at it."""

import re
import unicodedata
from typing import Final

# No program writes a longer line of its own; what is longer is somebody's text, and is not looked into.
LONGEST_LINE: Final = 400

# Marks that programs put around addresses and dates in right-to-left languages, and ones that nobody sees.
_INVISIBLE: Final = dict.fromkeys(
    [
        0x00AD,
        0x061C,
        0x180E,
        0x200B,
        0x200C,
        0x200D,
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        0x2060,
        *range(0x2066, 0x206A),
        0xFEFF,
    ]
)
_BLANKS: Final = re.compile(r"\s+")
_QUOTED: Final = re.compile(r"[ \t\xa0]{0,3}[>＞]")
_QUOTE_MARKS: Final = re.compile(r"(?:[ \t\xa0]{0,3}[>＞])+[ \t\xa0]?")


def folded(line: str) -> str:
    """The line without case, invisible marks and surplus blanks; "" if it is too long for a program to have written."""
    if len(line) > LONGEST_LINE:
        return ""
    plain = line.translate(_INVISIBLE)
    if not plain.isascii():
        plain = unicodedata.normalize("NFC", plain)
    # A Turkish capital İ folds to an i with a dot above it.
    return _BLANKS.sub(" ", plain.casefold().replace("i\u0307", "i")).strip()


def is_blank(line: str) -> bool:
    """Nothing to see on it."""
    return not line or line.isspace() or (len(line) <= LONGEST_LINE and not line.translate(_INVISIBLE).strip())


def is_quoted(line: str) -> bool:
    """It begins with the mark of a quote."""
    return _QUOTED.match(line) is not None


def without_quote_marks(line: str) -> str:
    """The line as it stood in the mail that is quoted."""
    return _QUOTE_MARKS.sub("", line, count=1)
