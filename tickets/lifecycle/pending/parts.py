"""What goes with an answer, as the plain values that are stored with it, and back."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tickets.desk.models import PendingReply
from tickets.knowledge.models import HelpArticle
from tickets.lifecycle.attempts import Proposal
from tickets.promises.rules import Pledge
from tickets.replies.models import CannedReply


def of_pledge(pledge: Pledge | None) -> dict[str, Any] | None:
    if pledge is None:
        return None
    return {
        "kind": pledge.kind,
        "due_at": pledge.due_at.isoformat(),
        "amount": None if pledge.amount is None else str(pledge.amount),
        "currency": pledge.currency,
        "terms": pledge.terms,
        "key": str(pledge.key) if pledge.key else None,
    }


def pledge_of(pending: PendingReply) -> Pledge | None:
    """What the answer promises."""
    stored = pending.promise
    if not stored:
        return None
    return Pledge(
        kind=stored["kind"],
        due_at=datetime.fromisoformat(stored["due_at"]),
        amount=None if stored["amount"] is None else Decimal(stored["amount"]),
        currency=stored["currency"],
        terms=stored["terms"],
        key=UUID(stored["key"]) if stored["key"] else None,
    )


def of_proposal(proposal: Proposal | None) -> dict[str, Any] | None:
    if proposal is None:
        return None
    return {
        "step": proposal.step,
        "article": proposal.article.pk if proposal.article else None,
        "canned_reply": proposal.canned_reply.pk if proposal.canned_reply else None,
    }


def proposal_of(pending: PendingReply) -> Proposal | None:
    """What the answer asks the customer to try; without what it was taken from, should that be gone."""
    stored = pending.attempt
    if not stored:
        return None
    return Proposal(
        step=stored["step"],
        article=HelpArticle.objects.filter(pk=stored["article"]).first(),
        canned_reply=CannedReply.objects.filter(pk=stored["canned_reply"]).first(),
    )
