"""Requests as they happened: each told step by step through ``tickets.lifecycle``, all of them side by side in time.

A story yields the moment of its next step and is resumed when everything before that moment has happened, in other
stories and by the clocks. So loads, deadlines, escalations and mails are what they would be, had the shop really been
open for these weeks. What would lie in the future has not happened yet.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Min

from tickets import lifecycle
from tickets.attachments import actions as attachments
from tickets.attachments import limits
from tickets.attachments.models import Attachment
from tickets.audit.actor import Actor
from tickets.calendars.rules import OpeningHours
from tickets.desk.expectations import Reason
from tickets.desk.models import Category, IntakeForm, Ticket
from tickets.desk.priorities import Priority
from tickets.desk.statuses import Status
from tickets.escalation.models import EscalationTier
from tickets.knowledge.models import HelpArticle
from tickets.lifecycle.expectations import OUR_TURN
from tickets.lifecycle.resolution import CLOSES_AFTER
from tickets.management.demo import pictures
from tickets.orders.models import OrderLine
from tickets.outbox.models import MailState, OutgoingMail
from tickets.outbox.render import render
from tickets.people.models import Agent, Customer
from tickets.privacy.models import PolicyVersion
from tickets.promises.models import Promise
from tickets.sla.models import SLAClock

Row = Mapping[str, Any]

BY_CUSTOMERS: Final = frozenset({"write", "tried", "confirm", "reopen", "rate"})
"""Steps that happen at any hour; all others wait for the desk to be open."""


def tell(
    rows: list[Row], *, hours: OpeningHours, until: datetime, meanwhile: Iterable[Iterator[datetime]] = ()
) -> None:
    """Let everything happen that the rows tell, in order of time, as far as it lies before ``until``.

    ``meanwhile`` are stories of more than one request.
    """
    stories = [*(_Story(row, hours).told(until) for row in rows), *meanwhile]
    # The number breaks ties, so that generators are never compared.
    ahead = [(next(story), number, story) for number, story in enumerate(stories)]
    heapq.heapify(ahead)
    while ahead and ahead[0][0] <= until:
        moment, number, story = heapq.heappop(ahead)
        pass_time(until=moment)
        following = next(story, None)
        _post()
        if following is not None:
            heapq.heappush(ahead, (following, number, story))
    pass_time(until=until)


def pass_time(*, until: datetime) -> None:
    """Let the desk do what falls due by itself, each at its moment, as a worker that never sleeps would have done."""
    while (due := _next_due()) is not None and due <= until:
        lifecycle.sweep(at=due)
        _post()


def _next_due() -> datetime | None:
    clock = SLAClock.objects.aggregate(first=Min("next_step_at"))["first"]
    promise = Promise.objects.aggregate(first=Min("next_step_at"))["first"]
    solved = Ticket.objects.filter(status=Status.RESOLVED).aggregate(first=Min("resolved_at"))["first"]
    expected = Ticket.objects.filter(status__in=OUR_TURN).aggregate(first=Min("expected_until"))["first"]
    return min((due for due in (clock, promise, expected, solved and solved + CLOSES_AFTER) if due), default=None)


def _post() -> None:
    """Mails of these weeks are written and count as sent a moment later; nothing is handed to any mail server."""
    for mail in OutgoingMail.objects.filter(state=MailState.QUEUED).select_related("customer", "ticket", "message"):
        mail.state = MailState.SENT
        mail.attempts = 1
        mail.sent_at = mail.created_at + timedelta(seconds=2)
        render(mail, at=mail.sent_at)
        mail.save()


@dataclass(slots=True)
class _Told:
    """How far a story has come."""

    ticket: Ticket
    customer: Customer

    @property
    def desk(self) -> Actor:
        """Whoever has the ticket now; somebody of its tier while nobody has."""
        agent = self.ticket.assignee or Agent.objects.filter(tier=self.ticket.tier)[0]
        return Actor.of(agent.user)

    @property
    def author(self) -> Actor:
        return _as(self.customer)


class _Story:
    def __init__(self, row: Row, hours: OpeningHours) -> None:
        self.row = row
        self.hours = hours
        self.customer = Customer.objects.select_related("user").get(email=row["customer"])

    def told(self, until: datetime) -> Iterator[datetime]:
        moment = self._opening(until)
        yield moment
        told = _Told(open_request(self.customer, self.row, at=moment), self.customer)
        for step in self.row.get("then", ()):
            moment = self._after(moment, step)
            yield moment
            told.ticket.refresh_from_db()
            STEPS[step["step"]](told, step, moment)

    def _opening(self, until: datetime) -> datetime:
        """A day and a time by the customer's own clock, or so many hours ago."""
        if "hours_ago" in self.row:
            return until - timedelta(hours=self.row["hours_ago"])
        day = until.astimezone(self.customer.zone).date() - timedelta(days=self.row["days_ago"])
        return datetime.combine(day, time.fromisoformat(self.row["time"]), self.customer.zone)

    def _after(self, moment: datetime, step: Row) -> datetime:
        pause = timedelta(hours=step["hours"])
        return moment + pause if step["step"] in BY_CUSTOMERS else self.hours.add(moment, pause)


def open_request(customer: Customer, row: Row, *, at: datetime) -> Ticket:
    """What a customer sends in from the portal."""
    category = Category.objects.get(slug=row["category"])
    form = IntakeForm.objects.filter(category=category, active=True).first()
    questions = {question.key: question for question in form.fields.all()} if form else {}
    return lifecycle.open_ticket(
        customer=customer,
        category=category,
        subject=row["subject"],
        text=row["text"].strip(),
        by=_as(customer),
        at=at,
        impact=row["impact"],
        order_line=_line(customer, row),
        form=form,
        answers={questions[key]: value for key, value in row.get("answers", {}).items()},
        files=_files(row, at),
        notice_id=PolicyVersion.objects.values_list("pk", flat=True).first(),
    )


def _as(customer: Customer) -> Actor:
    return Actor("customer", customer.user_id)


def _line(customer: Customer, row: Row) -> OrderLine | None:
    if "order" not in row:
        return None
    return OrderLine.objects.select_related("order").get(
        order__customer=customer, order__number=row["order"], sku=row["sku"]
    )


def _files(row: Row, at: datetime) -> list[Attachment]:
    received = []
    for file in row.get("files", ()):
        attachment, verdict = attachments.receive(
            file["name"],
            pictures.draw(file["picture"], file["says"]),
            limits=limits.current(),
            at=at,
            description=file["description"],
        )
        if attachment is None:
            raise ValueError(f"{file['name']}: {verdict.code}")
        received.append(attachment)
    return received


# --- Steps ------------------------------------------------------------------------------------------------------------


def _reply(told: _Told, step: Row, at: datetime) -> None:
    lifecycle.reply(
        told.ticket,
        text=step["text"].strip(),
        by=told.desk,
        at=at,
        status=Status(step.get("status", Status.PENDING)),
        files=_files(step, at),
        attempt=_proposal(step),
    )


def _proposal(step: Row) -> lifecycle.Proposal | None:
    if "attempt" not in step:
        return None
    article = HelpArticle.objects.get(slug=step["article"]) if "article" in step else None
    return lifecycle.Proposal(step["attempt"], article=article)


def _tried(told: _Told, step: Row, at: datetime) -> None:
    """The customer's answer to the newest attempt."""
    attempt = told.ticket.attempts.order_by("-number")[0]
    lifecycle.answer_attempt(attempt, worked=step["worked"], by=told.author, at=at)


def _expect(told: _Told, step: Row, at: datetime) -> None:
    today = at.astimezone(told.customer.zone).date()
    lifecycle.set_expectation(
        told.ticket,
        earliest=today + timedelta(days=step["from_days"]),
        latest=today + timedelta(days=step["to_days"]),
        reason=Reason(step["reason"]),
        by=told.desk,
        at=at,
    )


def _note(told: _Told, step: Row, at: datetime) -> None:
    lifecycle.add_note(told.ticket, text=step["text"].strip(), by=told.desk, at=at, language="en")


def _write(told: _Told, step: Row, at: datetime) -> None:
    message = lifecycle.receive_customer_message(
        told.ticket, text=step["text"].strip(), by=told.author, at=at, files=_files(step, at)
    )
    told.ticket = message.ticket


def _promise(told: _Told, step: Row, at: datetime) -> None:
    amount = step.get("amount")
    lifecycle.promise(
        told.ticket,
        kind=step["kind"],
        due_at=(at + timedelta(days=step["days"])).replace(minute=0, second=0, microsecond=0),
        by=told.desk,
        at=at,
        amount=Decimal(amount) if amount else None,
        currency="EUR" if amount else "",
        terms=step.get("terms", ""),
    )


def _owed(told: _Told) -> Promise:
    return Promise.objects.owed().get(ticket=told.ticket)


def _keep(told: _Told, step: Row, at: datetime) -> None:
    lifecycle.keep_promise(_owed(told), by=told.desk, at=at, evidence=step["evidence"])


def _withdraw(told: _Told, step: Row, at: datetime) -> None:
    lifecycle.withdraw_promise(_owed(told), by=told.desk, at=at, reason=step["reason"])


def _hand_over_promise(told: _Told, step: Row, at: datetime) -> None:
    to = Agent.objects.filter(tier__level=step["tier"]).order_by("pk")[0]
    lifecycle.hand_over_promise(_owed(told), to=to, note=step["note"], by=told.desk, at=at)


def _escalate(told: _Told, step: Row, at: datetime) -> None:
    note = lifecycle.HandOver(
        **{name: step.get(name, "").strip() for name in ("known", "tried", "expected", "promised")}
    )
    to = EscalationTier.objects.get(level=step["tier"]) if "tier" in step else None
    lifecycle.escalate(told.ticket, note=note, by=told.desk, at=at, to=to)


def _hand_back(told: _Told, step: Row, at: datetime) -> None:
    lifecycle.hand_back(
        told.ticket,
        to=EscalationTier.objects.get(level=step["tier"]),
        note=lifecycle.HandOver(known=step["known"].strip()),
        by=told.desk,
        at=at,
    )


def _ask(told: _Told, step: Row, at: datetime) -> None:
    lifecycle.ask_for_escalation(told.ticket, reason=step["reason"], words=step["text"].strip(), by=told.author, at=at)


def _sort(told: _Told, step: Row, at: datetime) -> None:
    category = Category.objects.get(slug=step["category"])
    lifecycle.change_category(told.ticket, category=category, by=told.desk, at=at)


def _weigh(told: _Told, step: Row, at: datetime) -> None:
    lifecycle.change_priority(told.ticket, priority=Priority(step["priority"]), by=told.desk, at=at)


def _confirm(told: _Told, step: Row, at: datetime) -> None:
    lifecycle.confirm_solved(told.ticket, by=told.author, at=at)


def _reopen(told: _Told, step: Row, at: datetime) -> None:
    lifecycle.reopen(told.ticket, by=told.author, at=at, text=step["text"].strip())


def _rate(told: _Told, step: Row, at: datetime) -> None:
    lifecycle.rate(
        told.ticket,
        cycle=told.ticket.reopened_count + 1,
        stars=step["stars"],
        comment=step.get("comment", ""),
        by=told.author,
        at=at,
    )


STEPS: Final[Mapping[str, Callable[[_Told, Row, datetime], None]]] = {
    "reply": _reply,
    "note": _note,
    "write": _write,
    "tried": _tried,
    "expect": _expect,
    "promise": _promise,
    "keep": _keep,
    "withdraw": _withdraw,
    "hand_over_promise": _hand_over_promise,
    "escalate": _escalate,
    "hand_back": _hand_back,
    "ask": _ask,
    "sort": _sort,
    "weigh": _weigh,
    "confirm": _confirm,
    "reopen": _reopen,
    "rate": _rate,
}
