"""One ticket inside one business event: loaded under a lock, changed in memory, written in set statements at the end.

An event on one ticket and a sweep over five hundred use the same steps; only the number of rows in each statement differs.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from tickets import rows
from tickets.audit import actions as audit
from tickets.audit.actions import Trail
from tickets.audit.actor import Actor
from tickets.calendars import actions as calendars
from tickets.calendars.rules import OpeningHours
from tickets.desk.models import Message, Ticket
from tickets.desk.priorities import Priority
from tickets.desk.statuses import Status
from tickets.escalation.models import Escalation, RuleFiring
from tickets.outbox import actions as outbox
from tickets.outbox import catching_up, digests
from tickets.outbox.actions import Letter
from tickets.outbox.kinds import KINDS
from tickets.outbox.summaries import Entry
from tickets.people.models import Agent, Digest, User
from tickets.people.need_to_know import READ_RESTRICTED
from tickets.sla import clockwork
from tickets.sla.clockwork import Clockwork
from tickets.sla.rules import Event

RELATED = (
    "customer__user",
    "category",
    "tier",
    "assignee__user",
    "assignee__calendar",
    "last_message",
    "order_line",
    "order",
)

STATUS_EVENTS = {
    Status.PENDING: Event.PENDING,
    Status.ON_HOLD: Event.ON_HOLD,
    Status.OPEN: Event.OPENED,
    Status.RESOLVED: Event.RESOLVED,
    Status.CLOSED: Event.CLOSED,
}


@dataclass(slots=True)
class Case:
    """What an event works on. Change the ticket through :meth:`set`, so that one UPDATE carries all of it."""

    ticket: Ticket
    by: Actor
    at: datetime
    clocks: Clockwork
    trail: Trail
    changed: set[str] = field(default_factory=set)
    letters: list[Letter] = field(default_factory=list)
    late: bool = False
    overdue: list[tuple[int, Letter]] = field(default_factory=list)
    gathered: list[Entry] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    firings: list[RuleFiring] = field(default_factory=list)
    new_followers: set[int] = field(default_factory=set)

    def set(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.ticket, name, value)
        self.changed.update(values)

    def note(self, code: str, *, by: Actor | None = None, **data: Any) -> None:
        self.trail.note(code, by=by, **data)

    def change_status(self, status: Status, *, recorded: bool = True, event: Event | None = None) -> bool:
        """Move to another status and tell the clocks, of ``event`` if it is more than that; False if nothing changes."""
        before = self.ticket.status
        if before == status:
            return False
        done = status in (Status.RESOLVED, Status.CLOSED)
        self.set(status=status)
        if done and self.ticket.resolved_at is None:
            self.set(resolved_at=self.at)
        if not done and self.ticket.resolved_at is not None:
            self.set(resolved_at=None)
        if status == Status.CLOSED:
            self.set(closed_at=self.at)
        if recorded:
            self.note("status_changed", before=before, after=status.value)
        self.clocks.react(event or STATUS_EVENTS[status], status=status, at=self.at)
        return True

    def say(self, text: str, *, internal: bool, language: str, channel: str, author: Actor | None = None) -> Message:
        """Put a message on record: by the event's actor, or by the ``author`` whose words the actor only writes down."""
        author = author or self.by
        message = Message.objects.create(
            ticket=self.ticket,
            author_kind=author.kind,
            author_id=author.user_id,
            internal=internal,
            text=text,
            language=language,
            channel=channel,
            at=self.at,
        )
        self.set(last_message=message)
        return message

    def tell_customer(self, kind: str, *, message: Message | None = None, automatic: bool = True, **data: Any) -> None:
        """Queue a mail to the customer, in their language; silently nothing for a customer who was erased."""
        customer = self.ticket.customer
        if customer.erased_at is None:
            self.letters.append(
                Letter(
                    kind,
                    customer.email,
                    customer.language,
                    data,
                    ticket_id=self.ticket.pk,
                    customer_id=customer.pk,
                    message_id=message.pk if message else None,
                    automatic=automatic,
                )
            )

    def tell_agent(self, kind: str, agent: Agent | None, **data: Any) -> None:
        """Queue a mail to somebody at the desk, in their language; nothing about what they did themselves, or may not read.

        It waits until they are at work, unless the case is urgent: nobody is woken by what can wait. Whoever wants
        summaries gets it in the next one, where it can wait for that.
        """
        if agent is None or agent.user_id == self.by.user_id or not self.is_open_to(agent):
            return
        hours = None
        if agent.calendar is not None and self.ticket.priority != Priority.URGENT:
            hours = calendars.hours(agent.calendar.pk, agent.calendar.edition)
        self._tell(agent.user, kind, data, hours)

    def is_open_to(self, agent: Agent) -> bool:
        """Whether they are at the desk and may read the case as it is now, which no row says yet."""
        ticket = self.ticket
        if not agent.user.is_active:
            return False
        return (
            not ticket.category.restricted
            or agent.pk == ticket.assignee_id
            or agent.user.has_perm(f"tickets.{READ_RESTRICTED}")
            or (ticket.team_id is not None and agent.teams.filter(pk=ticket.team_id).exists())
        )

    def tell_user(self, kind: str, user: User, **data: Any) -> None:
        """Queue a mail to somebody on the staff who need not be an agent, such as a lead; never about their own doing."""
        agent = getattr(user, "agent", None)
        if agent is not None:
            self.tell_agent(kind, agent, **data)
        elif user.is_active and user.pk != self.by.user_id:
            self._tell(user, kind, data)

    def tells_of(self, moment: datetime) -> None:
        """What staff are told from here on fell due then. Long after that it is no news for a mail of its own, but part of
        one summary for each person: nobody finds a hundred mails on the morning after a night without workers.
        """
        self.late = self.at - moment > catching_up.LATE

    def sum_up(self, what: str, agent: Agent | None) -> None:
        """Count something for a summary that is no mail by itself."""
        if self.late and agent is not None and agent.user.is_active:
            self._tell(agent.user, what, {})

    def _tell(self, user: User, kind: str, data: dict[str, Any], hours: OpeningHours | None = None) -> None:
        not_before = hours.next_opening(self.at) if hours else None
        letter = Letter(kind, user.email, user.language, data, ticket_id=self.ticket.pk, not_before=not_before)
        if self.late:
            self.overdue.append((user.pk, letter))
        elif user.digest != Digest.AT_ONCE and KINDS[kind].can_wait and self.ticket.priority != Priority.URGENT:
            leaves_at = digests.leaves_at(user.digest, self.at, user.zone, hours)
            self.gathered.append(Entry(user.pk, letter, leaves_at))
        else:
            self.letters.append(letter)


def load(tickets: Sequence[Ticket], *, by: Actor, at: datetime) -> list[Case]:
    """Cases for tickets that the caller has locked, with their clocks: one statement for all of them."""
    works = clockwork.load(tickets)
    return [Case(ticket, by, at, works[ticket.pk], Trail(ticket.pk, by, at)) for ticket in tickets]


def begin(ticket: Ticket, *, by: Actor, at: datetime) -> Case:
    """The case of a ticket that was made a moment ago: it has neither clocks nor a record to look up."""
    return Case(ticket, by, at, Clockwork(ticket, []), Trail(ticket.pk, by, at, begins=True))


def save(cases: Iterable[Case]) -> None:
    """Write everything the cases collected; a statement a table, whatever the number of cases."""
    cases = list(cases)
    at = cases[0].at
    clockwork.save([case.clocks for case in cases])
    for case in cases:
        _show_what_is_due(case)
        if case.changed:
            case.set(updated_at=case.at)
    changed = {name for case in cases for name in case.changed}
    rows.update([case.ticket for case in cases if case.changed], changed)
    rows.insert(escalation for case in cases for escalation in case.escalations)
    rows.insert(firing for case in cases for firing in case.firings)
    follow = Ticket.followers.through
    follow.objects.bulk_create(
        (follow(ticket_id=case.ticket.pk, agent_id=agent_id) for case in cases for agent_id in case.new_followers),
        ignore_conflicts=True,
    )
    audit.write(case.trail for case in cases)
    outbox.put((letter for case in cases for letter in case.letters), at=at)
    catching_up.put((overdue for case in cases for overdue in case.overdue), at=at)
    digests.put((entry for case in cases for entry in case.gathered), at=at)


def _show_what_is_due(case: Case) -> None:
    """Keep on the ticket what the queue sorts by and what the customer is told; nothing is due on a ticket that is done."""
    ticket = case.ticket
    metric, due_at = ("", None) if ticket.is_done else case.clocks.next_due()
    answer_by = None if ticket.is_done else case.clocks.answer_due(at=case.at)
    if (ticket.next_due_at, ticket.next_due_metric, ticket.next_update_at) != (due_at, metric, answer_by):
        case.set(next_due_at=due_at, next_due_metric=metric, next_update_at=answer_by)


def for_a_batch(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With what rules and mails ask of a ticket. What many have in common is looked up once, not joined to each."""
    agents = Prefetch("assignee", Agent.objects.select_related("user", "calendar"))
    return tickets.select_related("customer").prefetch_related("category", "tier", agents)


@contextmanager
def happening(ticket: Ticket, *, by: Actor, at: datetime) -> Iterator[Case]:
    """One business event on one ticket: a transaction, the row lock, and everything written when the block ends well.

    The caller's ``ticket`` object is brought up to date afterwards, so that a page can show it.
    """
    with transaction.atomic():
        locked = Ticket.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=ticket.pk)
        (case,) = load([locked], by=by, at=at)
        yield case
        save([case])
    for name in case.changed:
        setattr(ticket, name, getattr(locked, name))
