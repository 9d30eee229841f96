"""Rows to test with. Tickets come through the front door, so that they have clocks, a record and an assignee."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from tickets import lifecycle, models
from tickets.audit.actor import Actor

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday morning: ten o'clock in Rome, when the first desk is open."""

PASSWORD = "sportello-test"


@cache
def hashed_password() -> str:
    """The password as it is stored. Hashed once: in processes under the project's own settings that takes a fifth of a second."""
    return make_password(PASSWORD)


class UserFactory(DjangoModelFactory[models.User]):
    class Meta:
        model = models.User

    email = factory.Sequence(lambda number: f"person{number}@shop.example")
    name = factory.Sequence(lambda number: f"Person {number}")
    password = factory.LazyFunction(hashed_password)


class CustomerFactory(DjangoModelFactory[models.Customer]):
    class Meta:
        model = models.Customer

    name = factory.Sequence(lambda number: f"Customer {number}")
    email = factory.Sequence(lambda number: f"customer{number}@mail.example")
    user = factory.SubFactory(UserFactory, email=factory.SelfAttribute("..email"), name=factory.SelfAttribute("..name"))
    time_zone = "Europe/Dublin"


class TeamFactory(DjangoModelFactory[models.Team]):
    class Meta:
        model = models.Team
        django_get_or_create = ("name",)

    name = "Customer care"


class AgentFactory(DjangoModelFactory[models.Agent]):
    """``tier`` is a level, ``languages`` a mapping of codes to levels."""

    class Meta:
        model = models.Agent
        skip_postgeneration_save = True

    class Params:
        level = 1

    user = factory.SubFactory(UserFactory, is_staff=True)
    tier = factory.LazyAttribute(lambda self: models.EscalationTier.objects.get(level=self.level))

    @factory.post_generation
    def teams(self, create: bool, extracted: list[models.Team] | None, **_: Any) -> None:
        self.teams.set(extracted or [TeamFactory.create()])

    @factory.post_generation
    def languages(self, create: bool, extracted: dict[str, int] | None, **_: Any) -> None:
        for language, level in (extracted or {"en": 5}).items():
            self.fluencies.create(language=language, level=level)


class OrderFactory(DjangoModelFactory[models.Order]):
    class Meta:
        model = models.Order

    customer = factory.SubFactory(CustomerFactory)
    number = factory.Sequence(lambda number: f"{10400 + number}")
    status = "delivered"
    placed_at = datetime(2026, 11, 9, 8, 30, tzinfo=UTC)
    delivered_at = datetime(2026, 11, 12, 10, 0, tzinfo=UTC)
    total = "488.90"


class OrderLineFactory(DjangoModelFactory[models.OrderLine]):
    class Meta:
        model = models.OrderLine

    order = factory.SubFactory(OrderFactory)
    product = "Brio 2 espresso machine, steel"
    sku = "BRIO-2-S"
    serial_number = "B2X411807"


class CategoryFactory(DjangoModelFactory[models.Category]):
    class Meta:
        model = models.Category

    slug = factory.Sequence(lambda number: f"topic-{number}")
    name = factory.Sequence(lambda number: f"Topic {number}")
    team = factory.SubFactory(TeamFactory)
    first_tier = factory.LazyFunction(lambda: models.EscalationTier.objects.get(level=1))


class IntakeFormFactory(DjangoModelFactory[models.IntakeForm]):
    class Meta:
        model = models.IntakeForm

    category = factory.SubFactory(CategoryFactory)


class IntakeFieldFactory(DjangoModelFactory[models.IntakeField]):
    class Meta:
        model = models.IntakeField

    form = factory.SubFactory(IntakeFormFactory)
    key = factory.Sequence(lambda number: f"question-{number}")
    label = factory.Sequence(lambda number: f"Question {number}")


class HelpArticleFactory(DjangoModelFactory[models.HelpArticle]):
    class Meta:
        model = models.HelpArticle

    slug = factory.Sequence(lambda number: f"article-{number}")
    title = factory.Sequence(lambda number: f"Article {number}")
    body = "First paragraph.\n\nSecond paragraph."


class CannedReplyFactory(DjangoModelFactory[models.CannedReply]):
    class Meta:
        model = models.CannedReply

    title = factory.Sequence(lambda number: f"Ready answer {number}")
    body = "Dear {first_name},\n\nthank you for {reference}."


def acting(agent: models.Agent) -> Actor:
    """The actor that an agent is."""
    return Actor.of(agent.user)


def open_ticket(customer: models.Customer | None = None, **changes: Any) -> models.Ticket:
    """A ticket as the portal opens it; change any argument of ``lifecycle.open_ticket``."""
    customer = customer or CustomerFactory.create()
    arguments = {
        "category": models.Category.objects.get(slug="other"),
        "subject": "The machine stops",
        "text": "It stops with E04.",
        "impact": "limited",
        "by": Actor("customer", customer.user_id),
        "at": NOW,
        **changes,
    }
    return lifecycle.open_ticket(customer=customer, **arguments)
