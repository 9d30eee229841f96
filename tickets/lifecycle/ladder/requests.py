"""A customer asks for somebody more senior, is told by when a lead answers, and is answered."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tickets.audit.actor import Actor
from tickets.desk.models import Channel, Message, Ticket
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed
from tickets.escalation.models import Escalation, EscalationRequest, EscalationRule, EscalationTier, Trigger
from tickets.escalation.rules import Occasion
from tickets.lifecycle import case as cases
from tickets.lifecycle.batches import all_or_each
from tickets.lifecycle.case import Case, happening
from tickets.lifecycle.ladder.moving import HandOver, move, tier_above
from tickets.lifecycle.ladder.triggers import happens
from tickets.lifecycle.reopening import open_again
from tickets.people import actions as people
from tickets.sla.clockwork import Clockwork
from tickets.sla.rules import Event

BATCH = 500


def escalation_answer_due(ticket: Ticket, *, at: datetime) -> datetime | None:
    """By when a lead would answer a customer who asked now, in the desk's opening hours; None where nobody can ask.

    Nobody can ask without a rule for it, on a ticket that is done, and while an earlier request waits for its answer.
    """
    waiting = EscalationRequest.objects.filter(ticket=ticket, answered_at=None)
    if ticket.is_done or waiting.exists():
        return None
    return _answer_due(Clockwork(ticket, []), at)


def _answer_due(clocks: Clockwork, at: datetime) -> datetime | None:
    """Of several rules that apply, the one that promises the soonest answer."""
    rules = EscalationRule.objects.filter(active=True, trigger=Trigger.REQUEST).order_by("answer_minutes")
    for minutes, priorities in rules.values_list("answer_minutes", "priorities"):
        if minutes and (not priorities or clocks.ticket.priority in priorities):
            return clocks.opening_hours().add(at, timedelta(minutes=minutes))
    return None


def ask_for_escalation(ticket: Ticket, *, reason: str, words: str, by: Actor, at: datetime) -> EscalationRequest:
    """The customer wants somebody more senior, and is promised a lead's answer by a date. The same request sent twice is one.

    Raises NotAllowed where :func:`escalation_answer_due` is None, or with another request that waits for its answer.
    """
    with happening(ticket, by=by, at=at) as case:
        waiting = EscalationRequest.objects.filter(ticket=case.ticket, answered_at=None).first()
        if waiting is not None:
            return _the_same(waiting, reason, words)
        answer_by = None if case.ticket.is_done else _answer_due(case.clocks, at)
        if answer_by is None:
            raise NotAllowed(
                _("This cannot be asked for here at the moment. Write a message instead: we read every one.")
            )
        request = EscalationRequest.objects.create(
            ticket=case.ticket, reason=reason, words=words, at=at, answer_by=answer_by
        )
        case.note("asked_for_senior", reason=reason, answer_by=answer_by.isoformat())
        case.tell_customer("request_received", request=request.pk)
        if case.ticket.status == Status.PENDING:
            # It is our turn: until a lead has answered, nobody waits for the customer.
            case.change_status(Status.OPEN)
        happens(case, Occasion(Trigger.REQUEST, f"request:{request.pk}"))
    return request


def _the_same(waiting: EscalationRequest, reason: str, words: str) -> EscalationRequest:
    if (waiting.reason, waiting.words) != (reason, words):
        raise NotAllowed(_("You have asked for this already, and a team lead will answer you."))
    return waiting


def answer_escalation_request(
    request: EscalationRequest,
    *,
    accept: bool,
    text: str,
    by: Actor,
    at: datetime,
    note: HandOver | None = None,
    to: EscalationTier | None = None,
) -> Message:
    """A lead answers the customer in a public message; if they ``accept``, the case moves up, to the next tier or ``to``.

    Raises NotAllowed without a text, for a request that was answered already, and for accepting one on a closed ticket
    or at the top of the ladder.
    """
    if not text.strip():
        raise NotAllowed(_("Write to the customer what you decided, and why."))
    decision = EscalationRequest.Decision.ACCEPTED if accept else EscalationRequest.Decision.DECLINED
    with happening(request.ticket, by=by, at=at) as case:
        waiting = EscalationRequest.objects.filter(pk=request.pk, answered_at=None).first()
        if waiting is None:
            raise NotAllowed(_("Somebody has answered this request already."))
        message = _say(case, text)
        case.note("request_answered", decision=decision.value)
        if accept:
            _move_up(case, note or HandOver(expected=waiting.words), to)
        EscalationRequest.objects.filter(pk=waiting.pk).update(
            decision=decision, answered_at=at, answered_by_id=by.user_id, answer=message
        )
        case.tell_customer("request_answered", message=message, automatic=False, **_who_has_it(case, accept=accept))
    request.refresh_from_db()
    return message


def _say(case: Case, text: str) -> Message:
    message = case.say(text, internal=False, language=case.ticket.customer.language, channel=Channel.STAFF)
    case.clocks.react(Event.STAFF_REPLY, status=Status(case.ticket.status), at=case.at)
    if case.ticket.status == Status.NEW:
        case.change_status(Status.OPEN)
    return message


def _move_up(case: Case, note: HandOver, to: EscalationTier | None) -> None:
    if case.ticket.status == Status.CLOSED:
        raise NotAllowed(_("This ticket is closed, so nobody can take it over. Answer without handing it on."))
    tier = tier_above(case.ticket, to)
    if case.ticket.status == Status.RESOLVED:
        open_again(case)
    move(case, tier, cause=Escalation.Cause.REQUEST, note=note, tell_customer=False)


def _who_has_it(case: Case, *, accept: bool) -> dict[str, Any]:
    """What the answer's mail says besides the answer: one mail says it all."""
    if not accept:
        return {"accepted": False}
    next_update = case.clocks.answer_due(at=case.at)
    assignee = case.ticket.assignee
    return {
        "accepted": True,
        "agent": str(assignee.user) if assignee else "",
        "tier": case.ticket.tier_id,
        "next_update": next_update.isoformat() if next_update else None,
    }


def notice_late_requests(*, at: datetime) -> int:
    """Tell the leads once about each request that nobody answered by its date; returns how many. Part of the sweep."""
    late = EscalationRequest.objects.filter(answered_at=None, late_at=None, answer_by__lte=at).order_by("answer_by")
    return all_or_each(late, partial(_notice, late, at), at=at, limit=BATCH)


def _notice(late: QuerySet[EscalationRequest], at: datetime, keys: list[int]) -> int:
    locked = late.filter(pk__in=keys).select_for_update(of=("self", "ticket"), skip_locked=True)
    requests = list(locked.select_related("ticket"))
    if not requests:
        return 0
    tickets = Ticket.objects.select_related(*cases.RELATED).filter(pk__in=[request.ticket_id for request in requests])
    loaded = {case.ticket.pk: case for case in cases.load(list(tickets), by=Actor.system(), at=at)}
    EscalationRequest.objects.filter(pk__in=[request.pk for request in requests]).update(late_at=at)
    leads = people.leads()
    for request in requests:
        case = loaded[request.ticket_id]
        case.tells_of(request.answer_by)
        case.note("request_late", answer_by=request.answer_by.isoformat())
        for lead in leads:
            case.tell_user("request_late", lead, request=request.pk)
    cases.save(loaded.values())
    return len(requests)
