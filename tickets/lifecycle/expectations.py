"""When a customer may expect their case to be solved: told from the start, kept true, and never changed in silence."""

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Final

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets import moments
from tickets.audit.actor import Actor
from tickets.desk.expectations import (
    BY_HAND,
    Expectation,
    Reason,
    expect,
    first_moment,
    last_moment,
    measure_longer,
)
from tickets.desk.measuring import durations, measured_of
from tickets.desk.models import Basis, Category, Ticket
from tickets.desk.statuses import Status
from tickets.errors import NotAllowed
from tickets.escalation.models import Escalation
from tickets.lifecycle import case as cases
from tickets.lifecycle.batches import all_or_each
from tickets.lifecycle.case import Case, happening
from tickets.people import actions as people
from tickets.people.models import Customer, User

OUR_TURN: Final = (Status.NEW, Status.OPEN, Status.ON_HOLD)
"""Pending cases wait for their customer: nobody is told that it takes longer because they have not answered yet."""

FARTHEST: Final = timedelta(days=366)

Times = Callable[[int], list[timedelta]]
"""How long the comparable cases of a topic took, by its id."""

Leads = Callable[[], list[User]]


def solution_expected(*, customer: Customer, category: Category, at: datetime) -> Expectation | None:
    """What somebody would be told who sent a request now. Writes nothing: it is said before they send."""
    return expect(at, customer.zone, measured=measured_of(category), days=category.expected_days)


def days_of_customer(ticket: Ticket, first: datetime, last: datetime, at: datetime) -> str:
    """A range as its customer reads it, wherever the reader is: told days are those of the customer's calendar."""
    with timezone.override(ticket.customer.zone):
        return moments.days(first, last, at)


def begin_to_expect(case: Case) -> list[str] | None:
    """The part of an opening that tells the customer when such cases are solved; the range, where one is known.

    What belongs to an outage is solved with it, whatever comparable cases took.
    """
    ticket = case.ticket
    if ticket.outage_id is not None:
        return None
    expected = solution_expected(customer=ticket.customer, category=ticket.category, at=case.at)
    if expected is None:
        return None
    _begin(case, expected)
    return _told(ticket)


def _begin(case: Case, expected: Expectation) -> None:
    _write(case, expected)
    case.note("expected", after=_told(case.ticket))


def expect_of_topic(case: Case) -> None:
    """The part of an event that sorts a case anew. What an agent said about this one case stands, whatever its topic."""
    ticket = case.ticket
    if ticket.is_done or ticket.expected_basis == Basis.AGENT:
        return
    expected = expect(
        ticket.created_at,
        ticket.customer.zone,
        measured=measured_of(ticket.category),
        days=ticket.category.expected_days,
    )
    if expected is not None and expected.latest <= case.at:
        expected = _expect_longer(case, partial(durations, at=case.at))
    if not ticket.expected_basis:
        # Nothing was told that could change; from now on the case page says what is known.
        if expected is not None:
            _begin(case, expected)
        return
    _change(case, expected, Reason.CATEGORY)


def set_expectation(
    ticket: Ticket, *, earliest: date | None, latest: date, reason: Reason, by: Actor, at: datetime
) -> None:
    """Whoever has the case says when it will be solved, and why that is news: the customer is told both.

    The days are those of the customer's calendar; without ``earliest`` there is only a latest day. Raises NotAllowed for a
    ticket that is done, for days in the past or the wrong way round, and for a reason that people do not give.
    """
    with happening(ticket, by=by, at=at) as case:
        if case.ticket.is_done:
            raise NotAllowed(_("This ticket is solved already. Open it again before you say when it will be solved."))
        zone = case.ticket.customer.zone
        last = last_moment(latest, zone)
        first = first_moment(earliest, zone) if earliest else last
        _refuse_wrong_days(first, last, at)
        if reason not in BY_HAND:
            raise NotAllowed(_("Choose the reason that the customer is told."))
        _change(case, Expectation(first, last, Basis.AGENT), reason)


def _refuse_wrong_days(first: datetime, last: datetime, at: datetime) -> None:
    if last < at:
        raise NotAllowed(_("The latest day is over already. Choose one that is still to come."))
    if first > last:
        raise NotAllowed(_("The earliest day comes after the latest one. Exchange them."))
    if last > at + FARTHEST:
        raise NotAllowed(_("That day is more than a year away. Look at the year once more."))


def keep_expectations(*, at: datetime, limit: int = 500) -> int:
    """Cases that take longer than their customer was told: tell a new range, or that one is to come. Part of the sweep.

    Returns how many. Each is told once: what is told lies ahead, or is nothing that could pass again.
    """
    passed = Ticket.objects.filter(status__in=OUR_TURN, expected_until__lte=at).order_by("expected_until")
    return all_or_each(passed, partial(_keep, passed, at), at=at, limit=limit)


def _keep(passed: QuerySet[Ticket], at: datetime, keys: list[int]) -> int:
    locked = passed.filter(pk__in=keys).select_for_update(of=("self",), skip_locked=True)
    tickets = list(cases.for_a_batch(locked))
    if tickets:
        loaded = cases.load(tickets, by=Actor.system(), at=at)
        times = cache(partial(durations, at=at))
        leads = cache(people.leads)
        raised = _raised(tickets)
        for case in loaded:
            expected = _expect_longer(case, times) if case.ticket.outage_id is None else None
            _change(case, expected, _why_longer(case, raised), leads)
        cases.save(loaded)
    return len(tickets)


def _raised(tickets: list[Ticket]) -> set[int]:
    """Those that went up the ladder."""
    up = Escalation.objects.filter(ticket__in=tickets, to_tier__level__gt=F("from_tier__level"))
    return set(up.values_list("ticket", flat=True))


def _why_longer(case: Case, raised: Collection[int]) -> Reason:
    if case.ticket.outage_id is not None:
        return Reason.OUTAGE
    return Reason.ESCALATED if case.ticket.pk in raised else Reason.LONGER


def _expect_longer(case: Case, times: Times) -> Expectation | None:
    """What cases of the topic needed that took longer than this one has taken already; None when there are too few."""
    ticket = case.ticket
    longer = measure_longer(times(ticket.category_id), case.at - ticket.created_at)
    return expect(ticket.created_at, ticket.customer.zone, measured=longer, days=None)


def _change(case: Case, expected: Expectation | None, reason: Reason, leads: Leads = people.leads) -> None:
    """Replace what the customer was told, and say why; nothing when it stays the same days."""
    before = _told(case.ticket)
    if expected is None:
        _withdraw(case, before, reason, leads)
        return
    _write(case, expected)
    after = _told(case.ticket)
    if after != before:
        case.note("expectation_changed", before=before, after=after, reason=reason.value)
        case.tell_customer("expectation_changed", before=before, after=after, reason=reason.value)


def _withdraw(case: Case, before: list[str] | None, reason: Reason, leads: Leads) -> None:
    """We can no longer say: the customer hears that, and whoever has the case is asked for a date.

    Not about an outage: there the next update is dated for all of its cases.
    """
    if before is None:
        return
    case.set(expected_from=None, expected_until=None, expected_basis=Basis.TO_COME, expected_sample=None)
    case.note("expectation_withdrawn", before=before, reason=reason.value)
    case.tell_customer("expectation_changed", before=before, after=None, reason=reason.value)
    if reason != Reason.OUTAGE:
        _ask_for_a_date(case, leads)


def _ask_for_a_date(case: Case, leads: Leads) -> None:
    if case.ticket.assignee is not None:
        case.tell_agent("expectation_wanted", case.ticket.assignee)
        return
    for lead in leads():
        case.tell_user("expectation_wanted", lead)


def _write(case: Case, expected: Expectation) -> None:
    case.set(
        expected_from=expected.earliest,
        expected_until=expected.latest,
        expected_basis=expected.basis,
        expected_sample=expected.sample,
    )


def _told(ticket: Ticket) -> list[str] | None:
    """The range that the customer knows, as the record and the mail carry it."""
    if ticket.expected_from is None or ticket.expected_until is None:
        return None
    return [ticket.expected_from.isoformat(), ticket.expected_until.isoformat()]
