"""The formatted part of mail from anybody, fit to be looked at: no scripts, no forms, no links, nothing from elsewhere.

Two passes. The first lets through the tags and attributes that carry meaning, closes what was left open and bounds how deep
they nest: the second builds a tree, and the time that takes grows with the square of the depth. The second is nh3, which is
relied on for safety. The frame in which the page is shown, and its content security policy, would hold even without them.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from html import escape, unescape
from typing import Final
from urllib.parse import unquote

import nh3

from tickets.inbox.parse import MailAttachment

MOST_CHARACTERS: Final = 300_000
"""As much of the formatted part is shown; the text is shown beside it in any case."""

DEPTH: Final = 100

PICTURES: Final = frozenset({"image/gif", "image/jpeg", "image/png", "image/webp"})
MOST_PICTURE_BYTES: Final = 5 * 1024 * 1024
"""Pictures within the text are part of the page; beyond this they are only files."""

_TAGS: Final = frozenset(
    (
        *(
            "abbr",
            "b",
            "blockquote",
            "br",
            "caption",
            "center",
            "cite",
            "code",
            "col",
            "colgroup",
            "dd",
            "del",
            "div",
            "dl",
        ),
        *(
            "dt",
            "em",
            "font",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "i",
            "img",
            "ins",
            "li",
            "ol",
            "p",
            "pre",
            "q",
            "s",
        ),
        *(
            "small",
            "span",
            "strike",
            "strong",
            "sub",
            "sup",
            "table",
            "tbody",
            "td",
            "tfoot",
            "th",
            "thead",
            "tr",
            "u",
            "ul",
        ),
    )
)
_EMPTY: Final = frozenset({"br", "col", "hr", "img"})
_END_BY_THEMSELVES: Final = frozenset({"dd", "dt", "li", "p", "td", "th", "tr"})
"""Seldom closed: the next of their kind ends them."""
_WITH_CONTENT: Final = ("head", "script", "style", "title", "template", "svg", "math", "select", "textarea", "object")
_ATTRIBUTES: Final = {
    "*": {"align", "dir", "lang", "style"},
    "font": {"color", "size"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start", "type"},
    "table": {"bgcolor", "border", "cellpadding", "cellspacing", "width"},
    "td": {"bgcolor", "colspan", "rowspan", "width"},
    "th": {"bgcolor", "colspan", "rowspan", "width"},
}
# What shows who said what. Nothing that hides, moves or covers words, and nothing that is fetched.
_STYLES: Final = frozenset(
    (
        *(
            "background-color",
            "border",
            "border-collapse",
            "border-left",
            "color",
            "direction",
            "font-family",
            "font-size",
        ),
        *("font-style", "font-weight", "margin-left", "padding", "padding-left", "text-align", "text-decoration"),
        *("vertical-align", "white-space"),
    )
)

# Possessive: nothing that was read is read again, whatever follows.
_TOKEN = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})((?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>|<[!?][^<>]*+>?""")
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,30})\s{0,9}=\s{0,9}("[^"]*+"|'[^']*+'|[^\s"'>]++)""")
_HALVES = re.compile("[\ud800-\udfff]")


def harmless(html: str, files: Sequence[MailAttachment] = ()) -> str:
    """A page that shows what ``html`` shows, with the pictures among ``files`` that it holds within its text.

    Never raises for what the mail is; time and memory follow from the bounds above.
    """
    calm = _calmed(_HALVES.sub("\ufffd", html[:MOST_CHARACTERS]))
    body = nh3.clean(
        calm,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=_Pictures(files),
        url_schemes={"cid", "data"},
        filter_style_properties=set(_STYLES),
        link_rel=None,
    )
    return f'<!doctype html><meta charset="utf-8"><title></title><body style="background:#fff;color:#000">{body}'


class _Pictures:
    """Puts the pictures that came with the mail where it refers to them, and drops every other address."""

    def __init__(self, files: Sequence[MailAttachment]) -> None:
        self.files: Mapping[str, MailAttachment] = {
            file.content_id: file for file in files if file.content_id and file.content_type.lower() in PICTURES
        }
        self.left = MOST_PICTURE_BYTES

    def __call__(self, tag: str, attribute: str, value: str) -> str | None:
        if attribute != "src":
            return value
        scheme, _colon, name = value.partition(":")
        file = self.files.get(unquote(name)) if scheme.lower() == "cid" else None
        if file is None or len(file.content) > self.left:
            return None
        # A mail that shows one picture a thousand times does not become a thousand pictures.
        self.left -= len(file.content)
        return f"data:{file.content_type.lower()};base64,{base64.b64encode(file.content).decode()}"


def _calmed(html: str) -> str:
    """The same words within known tags, each of which is closed, and none deeper than ``DEPTH``."""
    pieces: list[str] = []
    open_tags: list[str] = []
    done = 0
    shown = _without_hidden(html)
    for token in _TOKEN.finditer(shown):
        pieces.append(_as_words(shown[done : token.start()]))
        done = token.end()
        name = (token[2] or "").lower()
        if name not in _TAGS:
            continue
        if token[1]:
            _close(name, open_tags, pieces)
        elif name in _EMPTY:
            pieces.append(f"<{name}{_attributes(token[3])}>")
        else:
            if name in _END_BY_THEMSELVES and open_tags[-1:] == [name]:
                _close(name, open_tags, pieces)
            if len(open_tags) >= DEPTH:
                continue
            open_tags.append(name)
            pieces.append(f"<{name}{_attributes(token[3])}>")
    pieces.append(_as_words(shown[done:]))
    pieces += [f"</{name}>" for name in reversed(open_tags)]
    return "".join(pieces)


def _close(name: str, open_tags: list[str], pieces: list[str]) -> None:
    if name not in open_tags:
        return
    while True:
        last = open_tags.pop()
        pieces.append(f"</{last}>")
        if last == name:
            return


def _attributes(text: str) -> str:
    given = {name.lower(): unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(text)}
    return "".join(f' {name}="{escape(value)}"' for name, value in given.items())


def _as_words(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _without_hidden(html: str) -> str:
    """Without comments, and without what no reader would see as text. What never ends stays: it may be the mail itself."""
    html = _cut_out(html, "<!--", "-->")
    for name in _WITH_CONTENT:
        html = _cut_out(html, f"<{name}", f"</{name}")
    return html


def _cut_out(html: str, start: str, end: str) -> str:
    folded = html.lower()
    if len(folded) != len(html):
        # A letter whose small form is two letters: the places would not be the same.
        folded = html
    pieces, done = [], 0
    while (begin := folded.find(start, done)) >= 0:
        # Not <header> for <head>.
        after = folded[begin + len(start) : begin + len(start) + 1]
        if start != "<!--" and after.isalnum():
            pieces.append(html[done : begin + len(start)])
            done = begin + len(start)
            continue
        finish = folded.find(end, begin + len(start))
        if finish < 0:
            break
        pieces.append(html[done:begin])
        close = folded.find(">", finish)
        done = len(html) if close < 0 else close + 1
    return "".join([*pieces, html[done:]])
