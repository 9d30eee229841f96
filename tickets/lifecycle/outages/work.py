"""What goes on in the background about an outage: linking the cases that were open, and writing to all of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, QuerySet

from tickets.audit.actor import Actor, ActorKind
from tickets.desk.models import Channel, Message, Ticket, TicketQuerySet
from tickets.desk.statuses import Status
from tickets.escalation.models import Outage, OutageUpdate
from tickets.escalation.outages import in_language
from tickets.lifecycle import case as cases
from tickets.lifecycle.batchwork import BATCH, Work
from tickets.lifecycle.case import Case
from tickets.lifecycle.outages.links import LadderForMany, candidates, is_about, link
from tickets.outbox.models import OutgoingMail
from tickets.sla.rules import Event


def recipients(outage: Outage, *, at: datetime) -> TicketQuerySet:
    """The cases that an update of this moment is for: linked, and not solved for their customers already."""
    return Ticket.objects.active().filter(outage=outage, created_at__lte=at)


def audience(outage: Outage) -> dict[str, int]:
    """How many customers with a linked case that is not solved read which language, most first."""
    linked = Ticket.objects.active().filter(outage=outage).order_by()
    rows = linked.values_list("customer__language").annotate(number=Count("customer", distinct=True))
    return dict(rows.order_by("-number", "customer__language"))


def link_open_cases(pk: int, *, at: datetime) -> bool:
    """One batch of what was open when the outage was declared; False when nothing is left of it, or another worker is at it."""
    return LINKING.batch(pk, at=at)


def look_again(*, at: datetime) -> None:
    """Let cases be linked that were on their way when an outage was declared: whoever opened them saw none. Once for each."""
    early = Outage.objects.going_on().finished_early("declared_at", at=at)
    early.update(finished_at=None, cursor=0, done=0, failed=0)


def send_update(pk: int, *, at: datetime, size: int = BATCH) -> bool:
    """One batch of those who have not got the update; False when nothing is left of it, or another worker is at it.

    Cases that were open before the outage was declared are linked first: they are to get it, too.
    """
    outage = Outage.objects.get(updates=pk)
    if outage.finished_at is None:
        if link_open_cases(outage.pk, at=at):
            return True
        outage.refresh_from_db(fields=["finished_at"])
    return outage.finished_at is not None and SENDING.batch(pk, at=at, size=size)


# --- Which cases are left ---------------------------------------------------------------------------------------------


def _candidates_left(outage: Outage) -> QuerySet[Any, int]:
    left = candidates(outage) if outage.ended_at is None else Ticket.objects.none()
    return _behind(outage.cursor, left)


def _recipients_left(update: OutageUpdate) -> QuerySet[Any, int]:
    return _behind(update.cursor, recipients(update.outage, at=update.at))


def _behind(cursor: int, tickets: TicketQuerySet) -> QuerySet[Any, int]:
    return tickets.filter(pk__gt=cursor).order_by("pk").values_list("pk", flat=True)


def _locked(tickets: TicketQuerySet, keys: Sequence[int]) -> list[Ticket]:
    """Those of a batch for which it still holds once nobody else can change them."""
    rows = tickets.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
    return list(rows.select_related(*cases.RELATED))


# --- What happens to them ---------------------------------------------------------------------------------------------


def _link_all(outage: Outage, keys: Sequence[int], at: datetime) -> None:
    concerned = [ticket for ticket in _locked(candidates(outage), keys) if is_about(ticket, outage)]
    if not concerned:
        return
    loaded = cases.load(concerned, by=Actor.system(), at=at)
    ladder = LadderForMany(concerned)
    for case in loaded:
        link(case, outage, ladder, by=Actor.system())
    cases.save(loaded)


def _tell_all(update: OutageUpdate, keys: Sequence[int], at: datetime) -> None:
    tickets = _locked(recipients(update.outage, at=update.at), keys)
    if not tickets:
        return
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


LINKING: Final = Work(Outage, _candidates_left, _link_all)
SENDING: Final = Work(OutageUpdate, _recipients_left, _tell_all)
