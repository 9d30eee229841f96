"""Encoded words (RFC 2047), and the many ways in which programs write them wrongly.

Decoding happens once: what an encoded word says is text, never again syntax.
"""

import binascii
import re
from dataclasses import dataclass

from tickets.inbox.parse import charsets, transfer

_START = re.compile(r"=\?([^?\s=][^?\s]{0,60})\?([bBqQ])\?")


@dataclass(slots=True)
class _Word:
    """One encoded word, or several that share a character set; where they stand in the value."""

    charset: str
    content: bytes
    start: int
    end: int


def contains(text: str) -> bool:
    """Whether anything in ``text`` would be taken for an encoded word."""
    return "=?" in text and _START.search(text) is not None


def decode(text: str) -> str:
    """``text`` with its encoded words read. They may hold any character: whoever shows the text takes controls out of it.

    Neighbours of one character set are joined as bytes before they are decoded, because programs split them within a
    letter. Blanks between neighbours are not text (section 6.2).
    """
    if "=?" not in text:
        return text
    pieces, position = [], 0
    for word in _joined(text):
        pieces.append(text[position : word.start])
        pieces.append(charsets.decode(word.content, word.charset)[0])
        position = word.end
    pieces.append(text[position:])
    return "".join(pieces)


def _joined(text: str) -> list[_Word]:
    words: list[_Word] = []
    for word in _words(text):
        last = words[-1] if words else None
        if last and not text[last.end : word.start].strip():
            if last.charset.lower() == word.charset.lower():
                last.content += word.content
                last.end = word.end
                continue
            # The blanks between go with the word after them.
            word.start = last.end
        words.append(word)
    return words


def _words(text: str) -> list[_Word]:
    words: list[_Word] = []
    position = 0
    while start := _START.search(text, position):
        end = _end(text, start.end(), start[2])
        if end < 0:
            break
        # RFC 2231 section 5: a language may follow the character set.
        charset = start[1].partition("*")[0]
        words.append(_Word(charset, _content(text[start.end() : end], start[2]), start.start(), end + 2))
        position = end + 2
    return words


def _end(text: str, start: int, encoding: str) -> int:
    """Where the word's ``?=`` is. A question mark that a program left bare before an escape (``?=C3``) does not end it."""
    end = text.find("?=", start)
    while encoding in "qQ" and end >= 0 and re.match(r"[0-9A-F]{2}", text[end + 2 : end + 4]):
        following = text.find("?=", end + 2)
        if following < 0 or " " in text[end:following]:
            break
        end = following
    return end


def _content(content: str, encoding: str) -> bytes:
    # What is not ASCII here came as raw bytes, and was read as text already.
    raw = content.encode("utf-8", "surrogatepass")
    if encoding in "bB":
        return transfer.base64(raw)[0]
    return binascii.a2b_qp(raw.replace(b"_", b" "), header=False)
