"""A mail's HTML as somebody reads it who sees no markup."""

from html.parser import HTMLParser

MARKS = str.maketrans("", "", "\u2066\u2067\u2068\u2069")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = False
        self.target = ""
        self.label = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden = self.hidden or tag == "head"
        if tag == "a":
            self.target, self.label = dict(attrs)["href"] or "", ""

    def handle_endtag(self, tag: str) -> None:
        self.hidden = self.hidden and tag != "head"
        if tag == "a" and self.label.strip() != self.target:
            self.words.append(f" {self.target} ")
        if tag in {"p", "h1", "li", "div"}:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)
            self.label += data


def spoken(html: str) -> list[str]:
    """Its words in order, with the target of each link behind its label."""
    reader = _Reader()
    reader.feed(html)
    return words("".join(reader.words))


def words(text: str) -> list[str]:
    return text.translate(MARKS).split()
