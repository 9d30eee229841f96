"""Who did something. A plain value, so that every layer can name an actor without knowing the people's tables."""

from dataclasses import dataclass
from typing import Any, Self

from django.db import models
from django.utils.translation import pgettext_lazy


class ActorKind(models.TextChoices):
    CUSTOMER = "customer", pgettext_lazy("who did it", "Customer")
    AGENT = "agent", pgettext_lazy("who did it", "Staff")
    SYSTEM = "system", pgettext_lazy("who did it", "The desk itself")
    SENDER = "sender", pgettext_lazy("who did it", "Somebody by mail")


@dataclass(frozen=True, slots=True)
class Actor:
    """``user_id`` is None for the system, for a customer who has no sign-in, and for a sender of mail whom nobody vouches for."""

    kind: str
    user_id: int | None = None

    @classmethod
    def system(cls) -> Self:
        return cls(ActorKind.SYSTEM)

    @classmethod
    def sender(cls) -> Self:
        """Whoever sent a mail: an address is easily forged, so nobody we know."""
        return cls(ActorKind.SENDER)

    @classmethod
    def of(cls, user: Any) -> Self:
        """The actor behind a signed-in user: staff act as agents, everybody else as a customer."""
        return cls(ActorKind.AGENT if user.is_staff else ActorKind.CUSTOMER, user.pk)
