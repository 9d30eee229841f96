"""Filters that write for both parts of a mail, so that text and HTML can share each translated sentence."""

from datetime import datetime
from typing import Final

from django import template
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tickets import moments

register = template.Library()

LETTER_BYTES: Final = 50_000
"""So much of what somebody wrote goes by mail: Gmail cuts a mail off after 102 kB, mark-up counted, and with it the way back
to the request."""

# First-strong isolate and its end (UAX 9): what <bdi> is in HTML.
ISOLATE, END = "\u2068", "\u2069"


@register.filter(needs_autoescape=True)
def isolated(value: object, autoescape: bool = True) -> str | SafeString:
    """A name or a title that must not be torn apart where the sentence around it runs the other way.

    Left alone in the text part of languages written from left to right, where the marks would only be in the way.
    """
    return format_html("<bdi>{}</bdi>", value) if autoescape else _marked(value)


@register.filter(needs_autoescape=True)
def unbroken(value: object, autoescape: bool = True) -> str | SafeString:
    """As ``isolated``, for references and codes: these stay on one line, too."""
    return format_html('<bdi class="unbroken">{}</bdi>', value) if autoescape else _marked(value)


def _marked(value: object) -> str:
    return f"{ISOLATE}{value}{END}" if translation.get_language_bidi() else str(value)


@register.filter(needs_autoescape=True)
def when(value: datetime, at: datetime, autoescape: bool = True) -> str | SafeString:
    """A moment in full with its zone, machine-readable in HTML."""
    words = moments.moment_in_zone(value, at)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), words) if autoescape else words


@register.filter
def beginning(text: str) -> str:
    """As much of a text as goes by mail: all of it, nearly always; else up to the end of a line or a word."""
    if not goes_on(text):
        return text
    cut = text.encode()[:LETTER_BYTES].decode(errors="ignore")
    for end in ("\n", " "):
        if (at := cut.rfind(end)) > len(cut) // 2:
            return f"{cut[:at].rstrip()} …"
    return f"{cut} …"


@register.filter
def goes_on(text: str) -> bool:
    """Whether there is more of a text than :func:`beginning` gives."""
    return len(text.encode()) > LETTER_BYTES


@register.filter(needs_autoescape=True)
def linked(url: str, autoescape: bool = True) -> str | SafeString:
    """An address of ours, in full in both parts: people check where a link leads before they follow it."""
    return format_html('<a href="{}" dir="ltr">{}</a>', url, url) if autoescape else url
