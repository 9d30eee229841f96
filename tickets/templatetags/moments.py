"""Moments, amounts and lists in the reader's language and time zone, for every template of the desk."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tickets import moments

register = template.Library()


@register.filter
def moment(value: datetime | None, at: datetime | None = None) -> str:
    """Date and time in full: ``Thursday 26 November, 12:00``. The year is named when it is not that of ``at`` (now)."""
    return moments.moment(value, at or timezone.now()) if value else ""


@register.filter
def moment_in_zone(value: datetime | None, at: datetime | None = None) -> str:
    """As ``moment``, and whose clocks say so: ``Thursday 26 November, 12:00, Dublin time``."""
    return moments.moment_in_zone(value, at or timezone.now()) if value else ""


@register.filter
def day(value: date | None, at: datetime | None = None) -> str:
    """The date in full: ``Thursday 26 November``."""
    return moments.day(value, at or timezone.now()) if value else ""


@register.simple_tag
def days(first: datetime, last: datetime, at: datetime | None = None) -> str:
    """A range of days: ``{% days ticket.expected_from ticket.expected_until now as range %}``."""
    return moments.days(first, last, at or timezone.now())


@register.filter
def enumeration(values: Iterable[object]) -> SafeString:
    """Such as ``Marta Rinaldi and Omar Farsi``; each stands for itself, whatever the direction of its letters."""
    return mark_safe(moments.enumeration(format_html("<bdi>{}</bdi>", value) for value in values))  # noqa: S308


@register.filter
def clock_time(value: datetime | None) -> str:
    """Hours and minutes: ``12:00``."""
    return moments.clock_time(value) if value else ""


@register.filter
def exact_time(value: datetime | None) -> str:
    """Hours, minutes and seconds: ``12:00:15``."""
    return moments.exact_time(value) if value else ""


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """``{{ promise.amount|money:promise.currency }}``: ``€49.90``."""
    return moments.money(amount, currency) if amount is not None else ""
