"""The demo's words and figures, as people would write them down: TOML, and articles as plain text."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from django.conf import settings


@cache
def read(name: str) -> dict[str, Any]:
    """One of the files here, by its name without the ending."""
    return tomllib.loads(resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with each ``name = {en = …, it = …}`` spread over the columns that modeltranslation made of it (``name_it``)."""
    known = {code for code, _name in settings.LANGUAGES}
    spread: dict[str, Any] = {}
    for field, value in row.items():
        if isinstance(value, Mapping) and set(value) <= known:
            spread |= {f"{field}_{code}": text.strip() for code, text in value.items()}
        else:
            spread[field] = value
    return spread


def articles(slug: str) -> dict[str, dict[str, str]]:
    """Title, summary and body of an article by language, from ``articles/<slug>.<language>.txt``."""
    texts: dict[str, dict[str, str]] = {"title": {}, "summary": {}, "body": {}}
    for code, _name in settings.LANGUAGES:
        file = resources.files(__name__).joinpath("articles", f"{slug}.{code}.txt")
        if file.is_file():
            title, summary, body = file.read_text(encoding="utf-8").split("\n", 2)
            for field, text in (("title", title), ("summary", summary), ("body", body)):
                texts[field][code] = text.strip()
    return texts
