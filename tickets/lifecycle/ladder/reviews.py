"""What we learn from an escalation: it is reviewed once its ticket is closed."""

from datetime import datetime

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from tickets.audit.actor import Actor
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed
from tickets.escalation.models import Escalation
from tickets.lifecycle.case import happening


def escalations_to_review(*, by: Actor) -> QuerySet[Escalation]:
    """Those of closed tickets that went up and that nobody reviewed, without what the reviewer escalated themselves."""
    went_up = Escalation.objects.filter(to_tier__level__gt=F("from_tier__level"))
    return went_up.filter(reviewed_at=None, ticket__status=Status.CLOSED).exclude(by=by.user_id)


def review_escalation(escalation: Escalation, *, verdict: str, lesson: str, by: Actor, at: datetime) -> None:
    """Say whether an escalation was needed, and what would have avoided it. Reviewing again replaces the review.

    Raises NotAllowed while the ticket is not closed, for a case that came down, for whoever escalated it, and for an
    avoidable one without a lesson.
    """
    if verdict == Escalation.Verdict.AVOIDABLE and not lesson.strip():
        raise NotAllowed(_("Write down what would have avoided it, so that the next case need not climb."))
    if escalation.by_id is not None and escalation.by_id == by.user_id:
        raise NotAllowed(_("You escalated this case yourself; somebody else has to review it."))
    if escalation.to_tier.level < escalation.from_tier.level:
        raise NotAllowed(_("Only what went up the ladder is reviewed."))
    with happening(escalation.ticket, by=by, at=at) as case:
        if case.ticket.status != Status.CLOSED:
            raise NotAllowed(_("An escalation is reviewed once its ticket is closed."))
        reviewed = Escalation.objects.filter(pk=escalation.pk)
        if reviewed.filter(verdict=verdict, lesson=lesson).exists():
            return
        reviewed.update(verdict=verdict, lesson=lesson, reviewed_by_id=by.user_id, reviewed_at=at)
        case.note("escalation_reviewed", verdict=verdict)
    escalation.refresh_from_db()
