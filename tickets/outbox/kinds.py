"""Every kind of mail: what its templates are given, who reads it, and what machines are told about it.

Templates are ``mail/<kind>.subject.txt``, ``.txt`` and ``.html``. Facts are looked up while the reader's language and zone
are active, through the mail's own rows: a tier by its name in that language, a promise as it stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from tickets.desk.models import Ticket
from tickets.errors import UnknownKind
from tickets.outbox.models import OutgoingMail

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """``auto_submitted`` is what RFC 3834 calls mail that no person wrote; sent with mail that is marked as automatic."""

    facts: Callable[[OutgoingMail], Facts]
    for_staff: bool = False
    auto_submitted: str = "auto-generated"


def kind_of(mail: OutgoingMail) -> Kind:
    """Raises UnknownKind for a mail that nobody has templates for."""
    try:
        return KINDS[mail.kind]
    except KeyError:
        raise UnknownKind(mail.kind) from None


def address(view: str, *args: object) -> str:
    """A page's full address, for a mail."""
    return f"{settings.SITE_URL}{reverse(view, args=args)}"


def _ticket(mail: OutgoingMail) -> Ticket:
    """The ticket that all mail is about, except about signing in."""
    if mail.ticket is None:
        raise ValueError(f"Mail {mail.pk} is about no ticket.")
    return mail.ticket


# --- To customers -----------------------------------------------------------------------------------------------------


def _acknowledgement(mail: OutgoingMail) -> Facts:
    return {"due": _moment(mail.data["due_at"]), "topic": _ticket(mail).category.name}


def _reply(mail: OutgoingMail) -> Facts:
    message = mail.message
    if message is None:
        raise ValueError(f"Mail {mail.pk} answers with no message.")
    return {
        "message": message,
        "author": message.author.get_full_name() if message.author else "",
        "files": [attachment.name for attachment in message.attachments.order_by("pk")],
    }


def _escalated(mail: OutgoingMail) -> Facts:
    escalation = (
        _ticket(mail).escalations.select_related("to_tier").filter(to_tier=mail.data["tier"]).latest("at", "pk")
    )
    return {
        "late": mail.data["cause"] == "clock",
        "agent": mail.data["agent"],
        "tier": escalation.to_tier.name,
        "due": _moment(mail.data["next_update"]),
    }


def _resolved(mail: OutgoingMail) -> Facts:
    return {"rating_url": address("feedback:rate", mail.data["rating"]), "closes": _moment(mail.data["closes_at"])}


def _promise(mail: OutgoingMail) -> Facts:
    return {"promise": _ticket(mail).promises.get(pk=mail.data["promise"])}


# --- To staff ---------------------------------------------------------------------------------------------------------


def _nothing_more(mail: OutgoingMail) -> Facts:
    return {}


def _due_soon(mail: OutgoingMail) -> Facts:
    clock = _ticket(mail).clocks.filter(metric=mail.data["metric"]).latest("pk")
    return {"metric": clock.get_metric_display(), "due": _moment(mail.data["due"])}


def _rule_fired(mail: OutgoingMail) -> Facts:
    return {"rule": mail.data["rule"], "trigger": mail.data["trigger"]}


def _handed_over(mail: OutgoingMail) -> Facts:
    return {"late": mail.data["cause"] == "clock", "from_agent": mail.data["from_agent"]}


# --- About signing in -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``kind`` is text, code (a code to type in) or link (an address to open)."""

    kind: str
    text: str


def _account(mail: OutgoingMail) -> Facts:
    """Subject and text are the templates of the sign-in itself; the formatted part is made of the same paragraphs."""
    prefix = mail.data["template"]
    facts = {"shop": settings.SHOP_NAME, **mail.data["facts"]}
    if timestamp := facts.get("timestamp"):
        facts["timestamp"] = datetime.fromisoformat(timestamp)
    text = render_to_string(f"{prefix}_message.txt", facts)
    return {
        "account_subject": render_to_string(f"{prefix}_subject.txt", facts),
        "paragraphs": [_paragraph(part, facts.get("code", "")) for part in text.split("\n\n") if part.strip()],
    }


def _paragraph(part: str, code: str) -> Paragraph:
    text = part.strip()
    if code and text == code:
        return Paragraph("code", text)
    return Paragraph("link" if text.startswith(f"{settings.SITE_URL}/") and len(text.split()) == 1 else "text", text)


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "acknowledgement": Kind(_acknowledgement, auto_submitted="auto-replied"),
        "reply": Kind(_reply),
        "escalated": Kind(_escalated),
        "resolved": Kind(_resolved),
        "promised": Kind(_promise),
        "assigned": Kind(_nothing_more, for_staff=True),
        "customer_wrote": Kind(_nothing_more, for_staff=True),
        "due_soon": Kind(_due_soon, for_staff=True),
        "handed_over": Kind(_handed_over, for_staff=True),
        "rule_fired": Kind(_rule_fired, for_staff=True),
        "promise_broken": Kind(_promise, for_staff=True),
        "account": Kind(_account),
    }
)
