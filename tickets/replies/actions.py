"""Ready answers for one ticket: which are offered, and how one reads with its variables filled in."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone, translation

from tickets import moments
from tickets.desk.models import Ticket
from tickets.replies.models import CannedReply
from tickets.replies.rules import fill


@dataclass(frozen=True, slots=True)
class Ready:
    """``language`` is what the text is written in, ``wanted`` what the customer reads: they differ when a translation
    is missing. ``gist`` is the same text for the agent, in the active language. ``empty`` names variables without a value.
    """

    title: str
    text: str
    language: str
    wanted: str
    gist: str
    empty: tuple[str, ...]

    @property
    def is_fallback(self) -> bool:
        return self.language != self.wanted


def offered(ticket: Ticket) -> list[CannedReply]:
    """The replies in use for the ticket's topic, then those for every topic. One statement."""
    links = CannedReply.categories.through.objects.filter(cannedreply=OuterRef("pk"))
    of_topic = Exists(links.filter(category=ticket.category_id))
    replies = CannedReply.objects.filter(active=True).alias(of_topic=of_topic, has_topics=Exists(links))
    return list(replies.filter(Q(of_topic=True) | Q(has_topics=False)).order_by("-of_topic", "position", "pk"))


def ready(reply: CannedReply, ticket: Ticket, *, agent: str, at: datetime) -> Ready:
    """The reply in the customer's language, dates in their time; in the source language when nobody translated it yet."""
    wanted = ticket.customer.language
    language = wanted if _text(reply, "body", wanted) else settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(ticket.customer.zone):
        filled = fill(_text(reply, "body", language), _values(ticket, agent, at))
    with timezone.override(ticket.customer.zone):
        gist = fill(reply.body, _values(ticket, agent, at)).text
    return Ready(reply.title, filled.text, language, wanted, gist, filled.empty)


def _text(reply: CannedReply, field: str, language: str) -> str:
    """The stored text of exactly this language, without any falling back."""
    return getattr(reply, f"{field}_{language.replace('-', '_')}", "") or ""


def _values(ticket: Ticket, agent: str, at: datetime) -> dict[str, str]:
    return {
        "first_name": ticket.customer.first_name,
        "name": ticket.customer.name,
        "reference": ticket.reference,
        "order": ticket.order.number if ticket.order else "",
        "product": ticket.order_line.product if ticket.order_line else "",
        "agent": agent,
        "next_due": moments.moment_in_zone(ticket.next_update_at, at) if ticket.next_update_at else "",
        "shop": settings.SHOP_NAME,
    }
