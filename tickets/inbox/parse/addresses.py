"""Address lists (RFC 5322 section 3.4) as people's programs write them.

What stands in an address is taken literally. Encoded words are read in names and comments only: one inside an address
would otherwise turn into an address that nobody's server has checked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tickets.inbox.parse import limits, words
from tickets.inbox.parse.characters import without_controls


@dataclass(frozen=True, slots=True)
class Mailbox:
    """``address`` is empty where none could be read; ``written`` is what stood in its place."""

    name: str
    address: str
    written: str


_PLAIN = re.compile(r'[^"(<>,;:\\]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_IN_COMMENT = re.compile(r"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_LOCAL = re.compile(r'(?:[^\s"(),:;<>@\[\]\\]+|"(?:[^"\\\r\n]|\\.)*")')
_DOMAIN = re.compile(r"(?:[^\s\"(),:;<>@\[\]\\!#$%&'*+/=?^`{|}~]+|\[[0-9A-Fa-f.:xIPpvV]+\])")
_BARE = re.compile(r"(?<!\S)[^\s<>\"(),;:@]{1,256}@[^\s<>\"(),;:@]{1,256}(?!\S)")
_AROUND_SEPARATORS = re.compile(r"\s*([@.])\s*")


def read(value: str) -> list[Mailbox]:
    """The mailboxes of a list, those of groups among them, in order. ``value`` is one line, its encoded words unread."""
    mailboxes: list[Mailbox] = []
    waiting = ""
    for element in _elements(value):
        mailbox = element.mailbox()
        if mailbox is None:
            continue
        if not mailbox.address and not element.angle and "@" not in mailbox.written:
            # "Doe, Jane <jane@…>" without quotes: the first half of a name.
            waiting = f"{waiting}, {mailbox.name}" if waiting else mailbox.name
            continue
        if waiting and element.angle and mailbox.name:
            mailbox = Mailbox(f"{waiting}, {mailbox.name}", mailbox.address, mailbox.written)
        elif waiting:
            mailboxes.append(Mailbox(waiting, "", waiting))
        waiting = ""
        mailboxes.append(mailbox)
        if len(mailboxes) >= limits.ADDRESSES:
            break
    return [*mailboxes, Mailbox(waiting, "", waiting)] if waiting else mailboxes


@dataclass(slots=True)
class _Element:
    """What stands between two commas."""

    phrase: list[str]
    comments: list[str]
    angle: str = ""
    has_angle: bool = False

    def mailbox(self) -> Mailbox | None:
        phrase = "".join(self.phrase).strip()
        comment = " ".join(self.comments)
        if self.has_angle:
            return Mailbox(_name(phrase or comment), _address(self.angle), self.angle)
        if not phrase:
            return None
        whole = _address(phrase)
        if whole:
            return Mailbox(_name(comment), whole, phrase)
        bare = _BARE.search(phrase)
        if bare and not words.contains(phrase):
            # "Jane jane@example.org"
            rest = phrase[: bare.start()] + phrase[bare.end() :]
            return Mailbox(_name(rest.strip() or comment), _address(bare[0]), phrase)
        return Mailbox(_name(phrase), "", phrase)


def _elements(value: str) -> Iterator[_Element]:
    element = _Element([], [])
    scanner = _Scanner(value)
    for kind, text in scanner.tokens():
        if kind in ",;":
            yield element
            element = _Element([], [])
        elif kind == ":":
            # The name of a group, or "mailto:".
            element = _Element([], [])
        elif kind == "<":
            if element.has_angle:
                # Whatever stands before the last one is a name to mail servers.
                element.phrase.append(f" {element.angle}")
            element.angle, element.has_angle = text, True
        elif kind == "(":
            element.comments.append(text)
        else:
            element.phrase.append(text)
    yield element


class _Scanner:
    """Splits a list into its pieces, in time that is linear in its length: no opening mark is looked for twice in vain."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.open = set('"(<')

    def tokens(self) -> Iterator[tuple[str, str]]:
        position, end = 0, len(self.value)
        while position < end:
            mark = self.value[position]
            plain = _PLAIN.match(self.value, position)
            if plain:
                yield "word", plain[0]
                position = plain.end()
            elif mark in ",;:":
                yield mark, mark
                position += 1
            elif mark in self.open and (closed := self._closed(mark, position)):
                text, position = closed
                yield ("word" if mark == '"' else mark), text
            else:
                # Marks without their partner say nothing.
                self.open.discard(mark)
                position += 1

    def _closed(self, mark: str, position: int) -> tuple[str, int] | None:
        if mark == '"':
            found = _QUOTED.match(self.value, position)
            return (self._quoted(found), found.end()) if found else None
        if mark == "(":
            return self._comment(position)
        end = self.value.find(">", position)
        # "Jane <jane@example.org, bob@…": the bracket is not closed within its own address.
        return (self.value[position + 1 : end], end + 1) if end >= 0 else None

    def _quoted(self, found: re.Match[str]) -> str:
        # A quoted local part keeps its quotes, without which it is another address.
        if self.value.startswith("@", found.end()):
            return found[0]
        return _ESCAPE.sub(r"\1", found[1])

    def _comment(self, position: int) -> tuple[str, int] | None:
        depth = 0
        for found in _IN_COMMENT.finditer(self.value, position):
            depth += {"(": 1, ")": -1}.get(found[0], 0)
            if not depth:
                return self.value[position + 1 : found.end() - 1], found.end()
        return None


def _address(written: str) -> str:
    """An address as written, its domain in lower case; empty if it is none."""
    text = _AROUND_SEPARATORS.sub(r"\1", written.strip())
    if text[:7].lower() == "mailto:":
        text = text[7:]
    if text.startswith("@") and ":" in text:
        # A source route (RFC 5322 section 4.4): servers ignore it.
        text = text.rpartition(":")[2]
    local, at, domain = text.rpartition("@")
    domain = domain.rstrip(".")
    if not at or words.contains(text) or "=?" in text or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        return ""
    if len(text) > 512 or without_controls(text) != text:
        return ""
    return f"{local}@{domain.lower()}"


def _name(text: str) -> str:
    text = " ".join(without_controls(words.decode(text)).split())
    # Quotes that were encoded along with the name.
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    return text
