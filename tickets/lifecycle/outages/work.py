"""What goes on in the background about an outage: linking the cases that were open, and writing to all of them.

Batch after batch, each one transaction in which the row of the work itself moves on: whoever is killed, and whoever works
at the same time, leaves no case out and writes to none twice. A case that breaks its batch is skipped, and counted.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Count

from tickets.audit.actor import Actor, ActorKind
from tickets.desk.models import Channel, Message, Ticket, TicketQuerySet
from tickets.desk.statuses import Status
from tickets.escalation.models import Outage, OutageUpdate
from tickets.escalation.outages import in_language
from tickets.lifecycle import case as cases
from tickets.lifecycle.case import Case
from tickets.lifecycle.outages.links import LadderForMany, candidates, is_about, link
from tickets.outbox.models import OutgoingMail
from tickets.sla.rules import Event

logger = logging.getLogger(__name__)

BATCH: Final = 500

Work: TypeAlias = Outage | OutageUpdate


def recipients(outage: Outage, *, at: datetime) -> TicketQuerySet:
    """The cases that an update of this moment is for: linked, and not solved for their customers already."""
    return Ticket.objects.active().filter(outage=outage, created_at__lte=at)


def audience(outage: Outage) -> dict[str, int]:
    """How many customers with a linked case that is not solved read which language, most first."""
    linked = Ticket.objects.active().filter(outage=outage).order_by()
    rows = linked.values_list("customer__language").annotate(number=Count("customer", distinct=True))
    return dict(rows.order_by("-number", "customer__language"))


def link_open_cases(pk: int, *, at: datetime) -> None:
    """Link what was open when the outage was declared; nothing if that is done, or another worker is at it."""
    _work_off(LINKING, pk, at)


def look_again(*, at: datetime) -> None:
    """Let cases be linked that were on their way when an outage was declared: whoever opened them saw none. Once for each."""
    early = Outage.objects.going_on().finished_early("declared_at", at=at)
    early.update(finished_at=None, cursor=0, done=0, failed=0)


def send_update(pk: int, *, at: datetime) -> None:
    """Write one update to everybody who has not got it; nothing if that is done, or another worker is at it.

    Cases that were open before the outage was declared are linked first: they are to get it, too.
    """
    outage = Outage.objects.get(updates=pk)
    link_open_cases(outage.pk, at=at)
    outage.refresh_from_db(fields=["finished_at"])
    if outage.finished_at is not None:
        _work_off(SENDING, pk, at)


# --- Which cases are left ---------------------------------------------------------------------------------------------


def _candidates_left(outage: Outage) -> TicketQuerySet:
    left = candidates(outage).filter(pk__gt=outage.cursor)
    return left if outage.ended_at is None else left.none()


def _recipients_left(update: OutageUpdate) -> TicketQuerySet:
    return recipients(update.outage, at=update.at).filter(pk__gt=update.cursor)


# --- What happens to them ---------------------------------------------------------------------------------------------


def _link_all(outage: Outage, tickets: Sequence[Ticket], at: datetime) -> None:
    concerned = [ticket for ticket in tickets if is_about(ticket, outage)]
    if not concerned:
        return
    loaded = cases.load(concerned, by=Actor.system(), at=at)
    ladder = LadderForMany(concerned)
    for case in loaded:
        link(case, outage, ladder, by=Actor.system())
    cases.save(loaded)


def _tell_all(update: OutageUpdate, tickets: Sequence[Ticket], at: datetime) -> None:
    loaded = cases.load(tickets, by=Actor(ActorKind.AGENT, update.by_id), at=at)
    messages = Message.objects.bulk_create(_message(update, case) for case in loaded)
    mailed = _mailed_before(update, tickets)
    for case, message in zip(loaded, messages, strict=True):
        case.note("announced", outage=update.outage_id, update=update.pk)
        case.clocks.react(Event.ANNOUNCED, status=Status(case.ticket.status), at=at)
        # Somebody with two cases reads it on both, and gets one mail.
        if case.ticket.customer_id not in mailed:
            mailed.add(case.ticket.customer_id)
            _mail(update, case, message)
    cases.save(loaded)


def _message(update: OutageUpdate, case: Case) -> Message:
    """It is in the shop's name, and not the case's last message: it answers nobody, and makes no answer stale."""
    language, text = in_language(update, "text", case.ticket.customer.language)
    return Message(
        ticket=case.ticket,
        author_kind=ActorKind.SYSTEM,
        text=text,
        language=language,
        channel=Channel.STAFF,
        at=case.at,
    )


def _mailed_before(update: OutageUpdate, tickets: Sequence[Ticket]) -> set[int | None]:
    customers = [ticket.customer_id for ticket in tickets]
    mails = OutgoingMail.objects.filter(customer__in=customers, kind="outage_update", data__update=update.pk)
    return set(mails.values_list("customer", flat=True))


def _mail(update: OutageUpdate, case: Case, message: Message) -> None:
    outage = update.outage
    due = outage.next_update_by
    case.tell_customer(
        "outage_update",
        message=message,
        update=update.pk,
        title=in_language(outage, "title", case.ticket.customer.language)[1],
        final=update.final,
        next_update=due.isoformat() if due else None,
    )


# --- Batch after batch ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of work: the rows that keep it, which cases of one are ``left``, and what to do with them."""

    model: type[Work]
    left: Callable[..., TicketQuerySet]
    act: Callable[..., None]


LINKING: Final = Job(Outage, _candidates_left, _link_all)
SENDING: Final = Job(OutageUpdate, _recipients_left, _tell_all)


def _work_off(job: Job, pk: int, at: datetime) -> None:
    if not job.model.objects.take(pk, at=at):
        return
    size = BATCH
    try:
        while size:
            size = _next_batch(job, pk, size, at)
    except SoftTimeLimitExceeded:
        # The task's time is used up; whoever sweeps next goes on.
        job.model.objects.filter(pk=pk).update(lease_until=None)
        raise


def _next_batch(job: Job, pk: int, size: int, at: datetime) -> int:
    """Do one; returns how large the next is to be: 0 when nothing is left, 1 while looking for the case that broke one."""
    try:
        return size if _batch(job, pk, size, at) else 0
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("a batch about an outage failed")
    if size > 1:
        return 1
    return BATCH if _batch(job, pk, 1, at, skip=True) else 0


@transaction.atomic
def _batch(job: Job, pk: int, size: int, at: datetime, *, skip: bool = False) -> bool:
    """One transaction: do it, or ``skip`` it, and move on; False when this was the last of it."""
    work = job.model.objects.select_for_update(no_key=True).get(pk=pk)
    if work.finished_at is not None:
        return False
    keys = list(job.left(work).order_by("pk").values_list("pk", flat=True)[:size])
    if keys and not skip:
        locked = job.left(work).filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
        if tickets := list(locked.select_related(*cases.RELATED)):
            job.act(work, tickets, at)
    _move_on(work, keys, at, skipped=skip, is_last=len(keys) < size)
    return work.finished_at is None


def _move_on(work: Work, keys: Sequence[int], at: datetime, *, skipped: bool, is_last: bool) -> None:
    if keys:
        work.cursor = keys[-1]
    if skipped:
        work.failed += len(keys)
    else:
        work.done += len(keys)
    if is_last:
        work.finished_at, work.lease_until = at, None
    work.save(update_fields=["cursor", "done", "failed", "finished_at", "lease_until"])
