"""A mail's HTML as somebody reads it who sees no markup."""

import re
from html import unescape
from html.parser import HTMLParser

MARKS = str.maketrans("", "", "\u2066\u2067\u2068\u2069")


# Elements without an end tag.
VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden: list[bool] = [False]
        """Of the elements around, the innermost last: whether it, or one around it, is not shown."""
        self.target = ""
        self.label = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag not in VOID:
            unseen = tag == "head" or "display: none" in (has.get("style") or "")
            self.hidden.append(unseen or self.hidden[-1])
        if tag == "a":
            self.target, self.label = has["href"] or "", ""

    def handle_endtag(self, tag: str) -> None:
        unseen = self.hidden.pop() if tag not in VOID else self.hidden[-1]
        if tag == "a" and self.label.strip() != self.target:
            self.words.append(f" {self.target} ")
        if tag in {"p", "h1", "h2", "li", "div"} and not unseen:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden[-1]:
            self.words.append(data)
            self.label += data


def spoken(html: str) -> list[str]:
    """Its words in order, with the target of each link behind its label."""
    reader = _Reader()
    reader.feed(html)
    return words("".join(reader.words))


def announced(html: str) -> list[str]:
    """The words that lists of mail show after the subject, and the mail itself does not."""
    found = re.search(r'<div class="preheader"[^>]*>(.*?)</div>', html, re.DOTALL)
    return words(unescape(re.sub(r"<[^>]+>", "", found[1]))) if found else []


def words(text: str) -> list[str]:
    return text.translate(MARKS).split()
