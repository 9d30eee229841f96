"""Who writes to whom about what in every sample: people, words and rows that are in no database."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings

from tickets.desk.models import Attempt, Category, Message, Ticket
from tickets.outbox.kinds import address
from tickets.people.models import Agent, Customer, User

REFERENCE: Final = "K7Q4-9M2X"
UNSIGNED: Final = "sample"
"""Stands where a real mail has a signature: whoever follows the link learns that it does not hold."""


@dataclass(frozen=True, slots=True)
class Words:
    """What people would have written, in their own language."""

    zone: str
    customer: str
    agent: str
    lead: str
    topic: str
    tier: str
    subject: str
    answer: str
    step: str
    terms: str
    evidence: str
    withdrawn: str
    note: str
    rule: str
    outage: str
    update: str
    file: str


@dataclass(frozen=True, slots=True)
class Scene:
    """One case, as its mail in one language tells it at ``at``."""

    language: str
    at: datetime
    words: Words

    @classmethod
    def of(cls, language: str, at: datetime) -> Self:
        scenes = _scenes()
        return cls(language, at, scenes.get(language) or scenes[settings.LANGUAGE_CODE])

    def later(self, **duration: float) -> datetime:
        return self.at + timedelta(**duration)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.words.zone)

    @property
    def customer(self) -> Customer:
        return Customer(
            name=self.words.customer,
            email="alice@example.com",
            language=self.language,
            time_zone=self.words.zone,
        )

    @property
    def agent(self) -> Agent:
        return Agent(user=User(name=self.words.agent, email="agent@example.com"))

    @property
    def ticket(self) -> Ticket:
        return Ticket(
            reference=REFERENCE,
            customer=self.customer,
            category=Category(slug="sample", name=self.words.topic),
            subject=self.words.subject,
            language=self.language,
            created_at=self.at,
        )

    def message(self, text: str) -> Message:
        return Message(text=text, language=self.language, at=self.at)

    def attempt(self, outcome: str = Attempt.Outcome.WAITING) -> Attempt:
        return Attempt(number=1, step=self.words.step, outcome=outcome)

    def refund(self, **values: Any) -> Any:
        """A promise with an amount and terms."""
        return self.promise("refund", amount=Decimal("49.90"), currency="EUR", terms=self.words.terms, **values)

    def promise(self, kind: str, **values: Any) -> Any:
        """By name, because mail and promises do not know each other."""
        promise = apps.get_model("tickets", "Promise")
        return promise(kind=kind, **{"due_at": self.later(days=3), "made_at": self.at, **values})

    def metric(self, code: str) -> str:
        """A clock's name in the active language; by name, as promises."""
        return str(apps.get_model("tickets", "SLAClock")(metric=code).get_metric_display())

    def signed(self, view: str) -> str:
        """A page that is opened without signing in."""
        return address(view, UNSIGNED)


@cache
def _scenes() -> Mapping[str, Words]:
    written = tomllib.loads(Path(__file__).with_name("scene.toml").read_text(encoding="utf-8"))
    return {language: Words(**words) for language, words in written.items()}
