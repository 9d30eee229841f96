"""Solutions that are proposed to a customer, and whether they worked."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tickets.audit.actor import Actor, ActorKind
from tickets.desk.models import Attempt, Channel, Message, Ticket
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed
from tickets.escalation.models import EscalationRule, Trigger
from tickets.escalation.rules import Occasion
from tickets.knowledge.models import HelpArticle
from tickets.lifecycle.case import Case, happening
from tickets.lifecycle.hearing import hear
from tickets.lifecycle.ladder.triggers import happens
from tickets.replies.models import CannedReply


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the customer should try, in their language, and what it was taken from."""

    step: str
    article: HelpArticle | None = None
    canned_reply: CannedReply | None = None


def propose(case: Case, message: Message, proposal: Proposal) -> Attempt:
    """The part of an answer that proposes a solution. Raises NotAllowed when it does not say what to try."""
    step = proposal.step.strip()
    if not step:
        raise NotAllowed(_("Say what the customer should try."))
    last = Attempt.objects.filter(ticket=case.ticket).aggregate(last=Max("number"))["last"] or 0
    attempt = Attempt.objects.create(
        ticket=case.ticket,
        number=last + 1,
        message=message,
        step=step,
        article=proposal.article,
        canned_reply=proposal.canned_reply,
    )
    case.note("attempted", number=attempt.number)
    return attempt


def answer_attempt(attempt: Attempt, *, worked: bool, by: Actor, at: datetime, comment: str = "") -> Attempt:
    """Somebody says whether a proposed solution worked: the customer, or an agent whom the customer told.

    They may change their mind until the case is closed; the same answer twice changes nothing. That it failed counts as
    a word from the customer: somebody has to answer it, and a solved case opens again. ``comment`` are the customer's
    own words, which go in as a message. Raises NotAllowed on a closed ticket.
    """
    with happening(attempt.ticket, by=by, at=at) as case:
        if case.ticket.status == Status.CLOSED:
            raise NotAllowed(
                _(
                    "This request is closed. If something is still wrong, write to us: that opens a new one, linked to it."
                )
            )
        # Under the ticket's lock: the first of two clicks may have been quicker.
        attempt.refresh_from_db(fields=["outcome", "answered_at", "answered_kind", "answered_by"])
        outcome = Attempt.Outcome.WORKED if worked else Attempt.Outcome.FAILED
        comment = comment.strip()
        changed = attempt.outcome != outcome
        news = bool(comment) and (changed or not _said(attempt, comment))
        if changed:
            _record(case, attempt, outcome)
        if news:
            _put_down(case, comment)
        if (changed and not worked) or (news and not case.ticket.is_done):
            hear(case)
        if changed and not worked:
            failed = Attempt.objects.filter(ticket=case.ticket, outcome=Attempt.Outcome.FAILED).count()
            happens(case, Occasion(Trigger.ATTEMPTS, "attempts", number=failed))
    return attempt


def _said(attempt: Attempt, comment: str) -> bool:
    """Whether these words came with the same answer already."""
    messages = Message.objects.filter(ticket=attempt.ticket_id, author_kind=ActorKind.CUSTOMER, text=comment)
    return messages.filter(at__gte=attempt.answered_at).exists()


def _record(case: Case, attempt: Attempt, outcome: Attempt.Outcome) -> None:
    attempt.outcome = outcome
    attempt.answered_at = case.at
    attempt.answered_kind = case.by.kind
    attempt.answered_by_id = case.by.user_id
    attempt.save(update_fields=["outcome", "answered_at", "answered_kind", "answered_by"])
    case.note(f"attempt_{outcome.value}", number=attempt.number)
    case.tell_agent("attempt_answered", case.ticket.assignee, number=attempt.number, outcome=outcome.value)


def _put_down(case: Case, words: str) -> None:
    """The customer's words, by whomever they were typed."""
    customer = Actor(ActorKind.CUSTOMER, case.ticket.customer.user_id)
    channel = Channel.PORTAL if case.by.kind == ActorKind.CUSTOMER else Channel.STAFF
    case.say(words, internal=False, language=case.ticket.language, channel=channel, author=customer)
    case.note("customer_wrote", by=customer)


def as_text(ticket: Ticket, language: str) -> str:
    """The attempts for whoever takes over, one a line: ``1. Clean the filter (Did not work)``."""
    with translation.override(language):
        # Translators: one line of a hand-over note: "2. Reset the tank sensor (Did not work)".
        line = pgettext("attempt in a hand-over note", "%(number)s. %(step)s (%(outcome)s)")
        return "\n".join(
            line % {"number": attempt.number, "step": attempt.step, "outcome": attempt.get_outcome_display()}
            for attempt in ticket.attempts.all()
        )


def rule_ahead(ticket: Ticket) -> EscalationRule | None:
    """The next rule that failed attempts set off on this case; None when there is none that has not fired yet."""
    rules = EscalationRule.objects.filter(active=True, trigger=Trigger.ATTEMPTS).exclude(firings__ticket=ticket)
    ahead = rules.order_by("threshold", "pk")
    return next((rule for rule in ahead if not rule.priorities or ticket.priority in rule.priorities), None)
