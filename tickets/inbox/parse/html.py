"""HTML as text, for mail that brings no text of its own: every word that a reader would see, in lines as they would fall.

A scanner of one pass and not a parser: mail is cut off, nested wrongly and sometimes built to make parsers slow. Each
character is looked at a bounded number of times.
"""

import re
from html import unescape
from urllib.parse import unquote

from tickets.inbox.parse import limits

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]{0,40})([^<>]*)>?")
_DECLARATION = re.compile(r"<[!?][^<>]*>?")
_CONTENT_ID = re.compile(r"""\bcid:([^\s"'<>)]{1,255})""", re.IGNORECASE)
_STRAY = re.compile(r"<+(?=<)")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_SPACES = re.compile(" {2,}")
_EMPTY_LINES = re.compile(r"\n(?:[ \t>]*\n){2,}")
# With everything in them no text.
_UNREAD = frozenset({"script", "style", "title", "template", "xml", "object"})
_LINES = frozenset(
    (
        *("address", "article", "aside", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure"),
        *("footer", "form", "header", "html", "legend", "li", "main", "nav", "option", "section"),
        *("table", "tbody", "tfoot", "thead", "tr"),
    )
)
_PARAGRAPHS = frozenset(("blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "ul"))
_MAX_QUOTE = 20
_MAX_ATTRIBUTES = 4_096


def text(html: str) -> tuple[str, bool]:
    """The words of an HTML document, and whether all of it was read. Quoted blocks have ``>`` before their lines."""
    is_whole = len(html) <= limits.HTML_CHARACTERS
    reader = _Reader(html[: limits.HTML_CHARACTERS])
    return reader.read(), is_whole


def shown_identifiers(html: str) -> set[str]:
    """The Content-IDs that a page refers to (RFC 2392)."""
    return {unquote(unescape(found)) for found in _CONTENT_ID.findall(html)}


class _Reader:
    def __init__(self, html: str) -> None:
        self.html = html
        self.folded = html.lower()
        self.pieces: list[str] = []
        self.lines: list[str] = []
        # How deep a quote the next line is in, and how deep the last one was.
        self.quotes = 0
        self.depth = 0
        self.wants_gap = False
        self.preformatted = 0
        # Ends that were looked for in vain: not to be looked for again.
        self.missing: set[str] = set()

    def read(self) -> str:
        position = 0
        while (mark := self.html.find("<", position)) >= 0:
            self._words(self.html[position:mark])
            position = self._markup(mark)
        self._words(self.html[position:])
        self._break()
        return _EMPTY_LINES.sub("\n\n", "\n".join(self.lines)).strip("\n")

    def _markup(self, mark: int) -> int:
        """Read what begins with ``<``, and say where it ends."""
        if self.html.startswith("<!--", mark):
            end = self._find("-->", mark + 4)
            return end + 3 if end >= 0 else mark + 4
        tag = _TAG.match(self.html, mark)
        if tag:
            return self._tag(tag)
        stray = _STRAY.match(self.html, mark)
        if stray:
            self._words(stray[0])
            return stray.end()
        declaration = _DECLARATION.match(self.html, mark)
        if declaration:
            return declaration.end()
        self._words("<")
        return mark + 1

    def _tag(self, tag: re.Match[str]) -> int:
        name, closes = tag[2].lower(), bool(tag[1])
        end = self._after_attributes(tag)
        if name in _UNREAD and not closes:
            close = self._find(f"</{name}", end)
            # Never closed: what is in it ends with the next tag.
            return close if close >= 0 else max(end, self.html.find("<", end))
        if name == "br":
            self._break()
        elif name in {"td", "th"} and not closes and self.pieces:
            self.pieces.append(" ")
        elif name == "pre":
            self._break()
            self.preformatted = max(0, self.preformatted + (-1 if closes else 1))
        elif name in _PARAGRAPHS:
            self._paragraph()
            if name == "blockquote":
                self.quotes = min(_MAX_QUOTE, max(0, self.quotes + (-1 if closes else 1)))
        elif name in _LINES:
            self._line()
            if name == "li" and not closes:
                self.pieces.append("• ")
        return end

    def _after_attributes(self, tag: re.Match[str]) -> int:
        """Where a tag ends whose attributes may have ``>`` in their quotes."""
        attributes = tag[3]
        for quote in "\"'":
            if attributes.count(quote) % 2 and len(attributes) < _MAX_ATTRIBUTES:
                close = self.html.find(quote, tag.end(), tag.end() + _MAX_ATTRIBUTES)
                end = self.html.find(">", close, close + _MAX_ATTRIBUTES) if close >= 0 else -1
                if end >= 0:
                    return end + 1
        return tag.end()

    def _find(self, end: str, position: int) -> int:
        if end in self.missing:
            return -1
        found = self.folded.find(end, position)
        if found < 0:
            self.missing.add(end)
        return found

    def _words(self, words: str) -> None:
        if not words:
            return
        words = unescape(words)
        if self.preformatted:
            *whole, last = words.replace("\r\n", "\n").split("\n")
            for line in whole:
                self.pieces.append(line)
                self._break()
            self.pieces.append(last)
        else:
            self.pieces.append(_BLANKS.sub(" ", words))

    def _line(self) -> None:
        if "".join(self.pieces).strip():
            self._break()
        else:
            self.pieces.clear()

    def _paragraph(self) -> None:
        self._line()
        self.wants_gap = bool(self.lines)

    def _break(self) -> None:
        content = "".join(self.pieces).rstrip()
        if not self.preformatted:
            content = _SPACES.sub(" ", content.lstrip(" "))
        if self.wants_gap:
            # Between a quote and what is outside of it, the gap is outside.
            self.lines.append(("> " * min(self.quotes, self.depth)).rstrip())
            self.wants_gap = False
        self.lines.append(("> " * self.quotes + content).rstrip())
        self.depth = self.quotes
        self.pieces.clear()
