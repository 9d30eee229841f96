"""The languages of the desk, as settings name them."""

from django.conf import settings


def choices() -> list[tuple[str, str]]:
    """A callable, so that a language added in the settings asks for no migration."""
    return list(settings.LANGUAGES)


def name(code: str) -> str:
    """A language in the active language; its code when the settings no longer know it."""
    return str(dict(settings.LANGUAGES).get(code, code))


def closest(code: str) -> str:
    """The desk's language that serves somebody who asked for ``code`` (``pt-BR``, ``it``); the source language if none does."""
    known = dict(settings.LANGUAGES)
    return next(
        (candidate for candidate in (code.lower(), code.lower().split("-")[0]) if candidate in known),
        settings.LANGUAGE_CODE,
    )
