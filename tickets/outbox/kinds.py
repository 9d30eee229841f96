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

from tickets import moments
from tickets.attachments import limits
from tickets.attachments.texts import explain
from tickets.desk import attempts
from tickets.desk.expectations import Reason
from tickets.desk.models import Attempt, Ticket
from tickets.errors import UnknownKind
from tickets.outbox.models import DeliveryEvent, OutgoingMail, Suspension
from tickets.outbox.tallies import LISTED, tallies

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """``auto_submitted`` is what RFC 3834 calls mail that no person wrote; sent with mail that is marked as automatic.

    ``can_wait`` is for what staff may get in a summary, because nothing is lost within the day; what presses, such as a
    deadline that comes near or a case handed on, never waits.

    ``answers_mail`` is for what the desk answers to a mail by itself: by such answers two machines keep each other busy.
    """

    facts: Callable[[OutgoingMail], Facts]
    for_staff: bool = False
    auto_submitted: str = "auto-generated"
    answers_mail: bool = False
    can_wait: bool = False


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
    return {
        "due": _moment(mail.data["due_at"]),
        "expected": _days(mail, mail.data.get("expected")),
        "topic": _ticket(mail).category.name,
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """A solution that was proposed, and the page that asks whether it worked: each answer's link puts its button first."""

    attempt: Attempt
    page: str

    @property
    def worked(self) -> str:
        return f"{self.page}?worked"

    @property
    def failed(self) -> str:
        return f"{self.page}?failed"


def _reply(mail: OutgoingMail) -> Facts:
    message = mail.message
    if message is None:
        raise ValueError(f"Mail {mail.pk} answers with no message.")
    reference = _ticket(mail).reference
    return {
        "message": message,
        "promises": message.promises.order_by("pk"),
        "attempts": [
            Asked(attempt, address("solutions:answer", attempts.token(reference, attempt.number)))
            for attempt in message.attempts.all()
        ],
        "author": message.author.get_full_name() if message.author else "",
        "files": [attachment.name for attachment in message.attachments.order_by("pk")],
    }


def _escalated(mail: OutgoingMail) -> Facts:
    escalation = (
        _ticket(mail).escalations.select_related("to_tier").filter(to_tier=mail.data["tier"]).latest("at", "pk")
    )
    return {
        "cause": mail.data["cause"],
        "agent": mail.data["agent"],
        "tier": escalation.to_tier.name,
        "due": _moment(mail.data["next_update"]),
    }


def _expectation_changed(mail: OutgoingMail) -> Facts:
    return {
        "before": _days(mail, mail.data["before"]),
        "after": _days(mail, mail.data["after"]),
        "reason": Reason(mail.data["reason"]).label,
        "agent": _ticket(mail).assignee,
    }


def _resolved(mail: OutgoingMail) -> Facts:
    return {"rating_url": address("feedback:rate", mail.data["rating"]), "closes": _moment(mail.data["closes_at"])}


def _request_answered(mail: OutgoingMail) -> Facts:
    data = mail.data
    facts = {**_reply(mail), "accepted": data["accepted"]}
    if not data["accepted"]:
        return facts
    tier = _ticket(mail).escalations.filter(to_tier=data["tier"]).select_related("to_tier").latest("at", "pk").to_tier
    return {**facts, "agent": data["agent"], "tier": tier.name, "due": _moment(data["next_update"])}


def _promise(mail: OutgoingMail) -> Facts:
    return {"promise": _ticket(mail).promises.get(pk=mail.data["promise"])}


def _promise_late(mail: OutgoingMail) -> Facts:
    next_update = _ticket(mail).next_update_at
    to_come = next_update if next_update and next_update > mail.created_at else None
    return {**_promise(mail), "agent": mail.data["agent"], "next_update": to_come}


def _files_refused(mail: OutgoingMail) -> Facts:
    allowed = limits.current()
    return {"refusals": [explain(code, name, allowed, member) for name, code, member in mail.data["files"]]}


def _outage_update(mail: OutgoingMail) -> Facts:
    """``message`` is the update in the language in which there is one."""
    data = mail.data
    return {
        "message": mail.message,
        "outage": data["title"],
        "final": data["final"],
        "due": _moment(data["next_update"]),
    }


# --- To people whom we do not know -------------------------------------------------------------------------------------


def _to_a_stranger(mail: OutgoingMail) -> Facts:
    """Nothing about any case, and nothing that we know of the reader: the same for everybody."""
    return {"name": "", "ticket": None, "reference": "", "url": address("conversations:home"), "wrote": True}


# --- To staff ---------------------------------------------------------------------------------------------------------


def _nothing_more(mail: OutgoingMail) -> Facts:
    return {}


def _due_soon(mail: OutgoingMail) -> Facts:
    clock = _ticket(mail).clocks.filter(metric=mail.data["metric"]).latest("pk")
    return {"metric": clock.get_metric_display(), "due": _moment(mail.data["due"])}


def _rule_fired(mail: OutgoingMail) -> Facts:
    return {"rule": mail.data["rule"], "trigger": mail.data["trigger"]}


def _attempt_answered(mail: OutgoingMail) -> Facts:
    attempt = _ticket(mail).attempts.get(number=mail.data["number"])
    return {"attempt": attempt, "worked": mail.data["outcome"] == attempt.Outcome.WORKED}


def _handed_over(mail: OutgoingMail) -> Facts:
    return {"trigger": mail.data["cause"], "from_agent": mail.data["from_agent"]}


def _followed(mail: OutgoingMail) -> Facts:
    return {"what": mail.data["what"], "tier": _ticket(mail).tier.name}


def _request(mail: OutgoingMail) -> Facts:
    return {"due": _ticket(mail).escalation_requests.get(pk=mail.data["request"]).answer_by}


def _mail_bounced(mail: OutgoingMail) -> Facts:
    came_back = OutgoingMail.objects.get(pk=mail.data["mail"])
    reports = (DeliveryEvent.Kind.BOUNCED, DeliveryEvent.Kind.FAILED, DeliveryEvent.Kind.COMPLAINED)
    event = came_back.events.filter(kind__in=reports).latest("at", "pk")
    return {
        "letter": came_back.subject,
        "address": came_back.recipient,
        "answer": event.detail,
        "complained": event.kind == DeliveryEvent.Kind.COMPLAINED,
        "suspended": Suspension.objects.standing().filter(address=came_back.recipient.lower()).exists(),
    }


def _somebody_wrote(mail: OutgoingMail) -> Facts:
    return {"sender": mail.data["sender"]}


def _outage_overdue(mail: OutgoingMail) -> Facts:
    return {
        "outage": mail.data["title"],
        "due": _moment(mail.data["due"]),
        "url": address("admin:tickets_outage_change", mail.data["outage"]),
    }


@dataclass(frozen=True, slots=True)
class Named:
    """A case in a summary: without the customer's words, because an erasure does not find it there."""

    reference: str
    topic: str
    url: str


def _summary(mail: OutgoingMail) -> Facts:
    rows = Ticket.objects.select_related("category").in_bulk(mail.data["tickets"])
    cases = [
        Named(rows[pk].reference, rows[pk].category.name, address("admin:ticket", rows[pk].reference))
        for pk in mail.data["tickets"]
    ]
    return {
        "tallies": tallies(mail.data["counts"]),
        "cases": cases,
        "shortened": len(cases) >= LISTED,
        "url": address("admin:queue"),
    }


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


def _days(mail: OutgoingMail, value: list[str] | None) -> str:
    """A range of days as its reader writes it; empty where there is none."""
    if not value:
        return ""
    first, last = map(datetime.fromisoformat, value)
    return moments.days(first, last, mail.created_at)


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "acknowledgement": Kind(_acknowledgement, auto_submitted="auto-replied"),
        "reply": Kind(_reply),
        "escalated": Kind(_escalated),
        "request_received": Kind(_request, auto_submitted="auto-replied"),
        "request_answered": Kind(_request_answered),
        "expectation_changed": Kind(_expectation_changed),
        "resolved": Kind(_resolved),
        "promised": Kind(_promise),
        "promise_kept": Kind(_promise),
        "promise_withdrawn": Kind(_promise),
        "promise_late": Kind(_promise_late),
        "assigned": Kind(_nothing_more, for_staff=True, can_wait=True),
        "customer_wrote": Kind(_nothing_more, for_staff=True, can_wait=True),
        "due_soon": Kind(_due_soon, for_staff=True),
        "handed_over": Kind(_handed_over, for_staff=True),
        "rule_fired": Kind(_rule_fired, for_staff=True),
        "followed": Kind(_followed, for_staff=True, can_wait=True),
        "request_late": Kind(_request, for_staff=True),
        "expectation_wanted": Kind(_nothing_more, for_staff=True, can_wait=True),
        "attempt_answered": Kind(_attempt_answered, for_staff=True, can_wait=True),
        "promise_due": Kind(_promise, for_staff=True),
        "promise_handed_over": Kind(_promise, for_staff=True, can_wait=True),
        "promise_broken": Kind(_promise, for_staff=True),
        "mail_bounced": Kind(_mail_bounced, for_staff=True),
        "outage_update": Kind(_outage_update),
        "outage_overdue": Kind(_outage_overdue, for_staff=True),
        "catch_up": Kind(_summary, for_staff=True),
        "digest": Kind(_summary, for_staff=True, can_wait=True),
        "files_refused": Kind(_files_refused, auto_submitted="auto-replied", answers_mail=True),
        "stranger_notice": Kind(_to_a_stranger, auto_submitted="auto-replied", answers_mail=True),
        "contribution_received": Kind(_to_a_stranger, auto_submitted="auto-replied", answers_mail=True),
        "somebody_wrote": Kind(_somebody_wrote, for_staff=True, can_wait=True),
        "staff_note_kept": Kind(_nothing_more, for_staff=True, auto_submitted="auto-replied", answers_mail=True),
        "account": Kind(_account),
    }
)
