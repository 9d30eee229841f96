"""What may be promised, when whoever keeps it is reminded, and which words promise something."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final, Protocol
from uuid import UUID

from babel.numbers import get_currency_precision, is_currency
from django.utils.translation import gettext as _

from tickets.promises.phrases import DENIALS, PHRASES

REFUND: Final = "refund"

LONGEST: Final = timedelta(days=731)

SHARE: Final = 0.75
"""So much of the time is used up when whoever keeps a promise is reminded of it …"""

WORKING_DAY: Final = timedelta(hours=8)
A_DAY: Final = timedelta(days=1)
"""… but not earlier than a working day before the date; for whoever works round the clock, a day."""


class Hours(Protocol):
    """When somebody works (``tickets.calendars.rules.OpeningHours``)."""

    def elapsed(self, start: datetime, end: datetime) -> timedelta: ...
    def add(self, start: datetime, duration: timedelta) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Pledge:
    """What is about to be promised. ``key`` is that of the form: a form that is sent twice makes one promise."""

    kind: str
    due_at: datetime
    amount: Decimal | None = None
    currency: str = ""
    terms: str = ""
    key: UUID | None = None


def faults(pledge: Pledge, *, at: datetime) -> dict[str, str]:
    """Why it cannot be promised: for each field at fault a sentence that says what to change."""
    found = {"due_at": _fault_of_date(pledge.due_at, at)}
    if pledge.amount is not None:
        found |= _faults_of_amount(pledge.amount, pledge.currency)
    elif pledge.kind == REFUND:
        found["amount"] = _("Say how much will be refunded.")
    return {name: sentence for name, sentence in found.items() if sentence}


def _fault_of_date(due_at: datetime, at: datetime) -> str:
    if due_at <= at:
        return _("A promise needs a date that is still to come.")
    if due_at > at + LONGEST:
        return _("That date is more than two years away. Look at the year once more.")
    return ""


def _faults_of_amount(amount: Decimal, currency: str) -> dict[str, str]:
    if amount <= 0 or not currency:
        return {"amount": _("An amount has to be above zero and needs a currency.")}
    if not is_currency(currency):
        return {"currency": _("There is no currency “%(code)s”. Use three letters, such as EUR.") % {"code": currency}}
    digits = get_currency_precision(currency)
    if round(amount, digits) != amount:
        return {"amount": _("%(code)s has no coin that small. Round the amount.") % {"code": currency}}
    return {}


def exceeds(pledge: Pledge, total: Decimal, currency: str) -> bool:
    """Whether more would be refunded than the order cost; amounts in another currency cannot be compared."""
    return pledge.kind == REFUND and pledge.amount is not None and pledge.currency == currency and pledge.amount > total


def reminder_at(start: datetime, due_at: datetime, hours: Hours | None) -> datetime:
    """When to remind whoever keeps a promise that counts from ``start``: after three quarters of their working time
    until then, but at most a working day before. Without hours, or when none of them lie between, the clock on the wall counts.
    """
    time = hours.elapsed(start, due_at) if hours else timedelta(0)
    if hours and time:
        return hours.add(start, _before_reminder(time, WORKING_DAY))
    return start + _before_reminder(due_at - start, A_DAY)


def _before_reminder(time: timedelta, notice: timedelta) -> timedelta:
    return max(time * SHARE, time - notice)


def sounds_like_a_promise(text: str, language: str) -> bool:
    """Whether an answer in ``language`` commits the desk to something, such as "we will refund".

    Made to be right when it says yes: wordings that it does not know pass. Quoted lines are the customer's own words.
    """
    own = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))
    phrases, denial = _wordings(language)
    return any(phrase.search(clause) for clause in _clauses(own) if not denial.search(clause) for phrase in phrases)


# Of "49,90" and "1.200": neither ends a sentence.
_IN_NUMBERS: Final = re.compile(r"(?<=\d)[.,](?=\d)")
_SENTENCES: Final = re.compile(r"([^.!?…。！？؟\n]+)([.!?…。！？؟]*)")
_BETWEEN_CLAUSES: Final = re.compile(r"[,;:–—،؛、]")


def _clauses(text: str) -> Iterator[str]:
    """What is said, clause by clause; questions say nothing."""
    for sentence, end in _SENTENCES.findall(_IN_NUMBERS.sub("", text)):
        if not set(end) & set("?？؟"):
            yield from _BETWEEN_CLAUSES.split(sentence)


@cache
def _wordings(language: str) -> tuple[tuple[re.Pattern[str], ...], re.Pattern[str]]:
    phrases = tuple(re.compile(phrase, re.IGNORECASE) for phrase in PHRASES.get(language, ()))
    return phrases, re.compile(DENIALS.get(language, r"(?!)"), re.IGNORECASE)
