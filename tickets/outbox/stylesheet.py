"""The look of our mail as mail programs can read it: no custom properties, no rem, no ``light-dark()``.

``mail.css`` is written with the portal's own tokens. Here each becomes its value by day; what differs by night follows
in a media query, which css-inline leaves in the head for the programs that know it.
"""

import re
from functools import cache
from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured

TEXT_PX: Final = 16
LARGE_TEXT_PX: Final = 21
"""One rem in an ordinary mail, and in large print."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_TOKEN = re.compile(r"(--[\w-]+)\s*:\s*([^;]+);")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_VARIABLE = re.compile(r"var\((--[\w-]+)\)")
_LIGHT_DARK = re.compile(r"light-dark\(([^,()]+),\s*([^,()]+)\)")
_REM = re.compile(r"(\d*\.?\d+)rem\b")


@cache
def stylesheet(rem: int = TEXT_PX) -> str:
    """The style sheet with one rem as that many pixels."""
    tokens = _tokens()
    rules = _RULE.findall(_COMMENT.sub("", (Path(__file__).with_name("mail.css")).read_text(encoding="utf-8")))
    by_day, by_night = [], []
    for selector, body in rules:
        declarations = [line.strip() for line in body.split(";") if line.strip()]
        day = [_plain(line, tokens, rem, night=False) for line in declarations]
        night = [_plain(line, tokens, rem, night=True) for line in declarations]
        by_day.append(f"{selector.strip()} {{ {'; '.join(day)} }}")
        # !important, because the declarations by day end in style attributes.
        changed = [f"{line} !important" for line, other in zip(night, day, strict=True) if line != other]
        if changed:
            by_night.append(f"{selector.strip()} {{ {'; '.join(changed)} }}")
    return "\n".join([*by_day, "@media (prefers-color-scheme: dark) {", *by_night, "}"])


@cache
def _tokens() -> dict[str, str]:
    path = finders.find("css/tokens.css")
    if path is None:
        raise ImproperlyConfigured("css/tokens.css is not among the static files, so mail has no colours.")
    tokens: dict[str, str] = {}
    for name, value in _TOKEN.findall(_COMMENT.sub("", Path(path).read_text(encoding="utf-8"))):
        # The first is the token; what follows adapts it to preferences that mail programs do not tell.
        tokens.setdefault(name, value.strip())
    return tokens


def _plain(text: str, tokens: dict[str, str], rem: int, *, night: bool) -> str:
    while _VARIABLE.search(text):
        text = _VARIABLE.sub(lambda match: tokens[match[1]], text)
    text = _LIGHT_DARK.sub(r"\2" if night else r"\1", text)
    return _REM.sub(lambda match: f"{round(float(match[1]) * rem)}px", text)
