"""A customer's request comes in."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from tickets.attachments.models import Attachment
from tickets.audit.actor import Actor, ActorKind
from tickets.desk import priorities
from tickets.desk.models import Category, Channel, IntakeAnswer, IntakeDraft, IntakeField, IntakeForm, Ticket
from tickets.desk.statuses import Status
from tickets.escalation.models import EscalationTier, Trigger
from tickets.escalation.rules import Occasion
from tickets.lifecycle import case as cases
from tickets.lifecycle.expectations import begin_to_expect
from tickets.lifecycle.files import attach
from tickets.lifecycle.ladder.triggers import happens
from tickets.lifecycle.outages.links import join_outage
from tickets.lifecycle.routing import route
from tickets.orders.models import OrderLine
from tickets.people.models import Customer
from tickets.sla.clockwork import Clockwork
from tickets.sla.rules import Event


def answer_expected(*, customer: Customer, category: Category, impact: str, at: datetime) -> datetime | None:
    """By when somebody would be answered who sent this in the portal now. Writes nothing: it is said before they send."""
    ticket = Ticket(
        customer=customer,
        category=category,
        priority=priorities.derive(impact, category.default_priority),
        tier=_first_tier(category),
        language=customer.language,
        channel=Channel.PORTAL,
    )
    clocks = Clockwork(ticket, [])
    clocks.react(Event.CUSTOMER_MESSAGE, status=Status.NEW, at=at)
    return clocks.answer_due(at=at)


def open_ticket(
    *,
    customer: Customer,
    category: Category,
    subject: str,
    text: str,
    by: Actor,
    at: datetime,
    language: str | None = None,
    impact: str = "",
    order_line: OrderLine | None = None,
    form: IntakeForm | None = None,
    answers: Mapping[IntakeField, str] | None = None,
    files: Iterable[Attachment] = (),
    notice_id: int | None = None,
    channel: str = Channel.PORTAL,
    draft: IntakeDraft | None = None,
    follow_up_of: Ticket | None = None,
) -> Ticket:
    """Put a request on record: message, answers, files, clocks, assignee, record, acknowledgement. One transaction.

    Clocks start with the customer's own message, whoever types it. ``language`` is the language of the message and
    of the answers to it; the customer's own when not given. ``notice_id`` is the version of the privacy notice that was
    shown. ``draft`` is removed in the same transaction.
    """
    with transaction.atomic():
        ticket = Ticket.objects.create(
            customer=customer,
            order=order_line.order if order_line else None,
            order_line=order_line,
            category=category,
            intake_form=form,
            subject=subject,
            impact=impact,
            priority=priorities.derive(impact, category.default_priority),
            status=Status.NEW,
            tier=_first_tier(category),
            team=category.team,
            language=language or customer.language,
            channel=channel,
            notice_id=notice_id,
            follow_up_of=follow_up_of,
            created_at=at,
            updated_at=at,
        )
        IntakeAnswer.objects.bulk_create(
            IntakeAnswer(ticket=ticket, field=field, value=value) for field, value in (answers or {}).items() if value
        )
        case = cases.begin(ticket, by=by, at=at)
        author = Actor(ActorKind.CUSTOMER, customer.user_id)
        message = case.say(text, internal=False, language=ticket.language, channel=channel, author=author)
        case.clocks.react(Event.CUSTOMER_MESSAGE, status=Status.NEW, at=at)
        answer_by = case.clocks.answer_due(at=at)
        case.note("opened", answer_by=answer_by.isoformat() if answer_by else None)
        attach(case, message, files)
        if follow_up_of is not None:
            case.note("follow_up", reference=follow_up_of.reference)
        route(case)
        if not join_outage(case) and category.critical_outage:
            happens(case, Occasion(Trigger.OUTAGE, "outage"))
        case.tell_customer(
            "acknowledgement",
            message=message,
            due_at=answer_by.isoformat() if answer_by else None,
            expected=begin_to_expect(case),
        )
        cases.save([case])
        if draft is not None:
            draft.delete()
    return ticket


def _first_tier(category: Category) -> EscalationTier:
    return category.first_tier or EscalationTier.objects.order_by("level")[0]
