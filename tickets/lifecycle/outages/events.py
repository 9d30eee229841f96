"""Something that many customers suffer from at once: declared by a lead, told to all of them, and ended."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from modeltranslation.utils import build_localized_fieldname

from tickets.audit.actor import Actor
from tickets.desk.models import Category, Ticket
from tickets.errors import NotAllowed, Stale
from tickets.escalation import noticeboard, outage_rules
from tickets.escalation.models import Outage, OutageUpdate
from tickets.escalation.outage_rules import Scope
from tickets.escalation.outages import in_language
from tickets.lifecycle.case import happening
from tickets.lifecycle.outages import tasks as outage_tasks
from tickets.lifecycle.outages.links import LadderForMany, candidates, link
from tickets.lifecycle.outages.work import audience, recipients
from tickets.outbox import actions as outbox
from tickets.outbox.actions import Letter

Texts = Mapping[str, str]
"""By language. The desk's own language has to be there: it stands in for those that are not."""


class Overlaps(NotAllowed):
    """Customers are told about it already, by another ``outage``."""

    def __init__(self, outage: Outage) -> None:
        super().__init__(_("This outage is declared already. Send an update about it instead."))
        self.outage = outage


class Untranslated(NotAllowed):
    """Some customers would read another language than theirs; ``missing`` is how many, by language."""

    def __init__(self, missing: Mapping[str, int]) -> None:
        super().__init__(_("Some customers would read this in another language than theirs."))
        self.missing = missing


def declare_outage(
    *,
    titles: Texts,
    texts: Texts,
    category: Category | None,
    product: str,
    started_at: datetime,
    update_minutes: int,
    by: Actor,
    at: datetime,
) -> Outage:
    """Tell every customer on every page of the portal, and link the cases that are about it, in the background.

    Raises NotAllowed for one that has not begun or that would concern everything, and Overlaps for one that goes on.
    """
    _refuse_impossible(titles, texts, category, product, started_at, at)
    outage = Outage(
        **_columns("title", titles),
        **_columns("text", texts),
        category=category,
        product=product.strip(),
        started_at=started_at,
        update_minutes=update_minutes,
        next_update_by=at + timedelta(minutes=update_minutes),
        declared_by_id=_person(by),
        declared_at=at,
    )
    with transaction.atomic():
        _refuse_overlap(outage.scope)
        _insert(outage)
        noticeboard.changed()
        outage_tasks.start_linking(outage.pk)
    return outage


def _refuse_impossible(
    titles: Texts, texts: Texts, category: Category | None, product: str, started_at: datetime, at: datetime
) -> None:
    if not titles.get(settings.LANGUAGE_CODE) or not texts.get(settings.LANGUAGE_CODE):
        raise NotAllowed(_("Write the title and the text in the desk’s own language at least."))
    if category is None and not product.strip():
        raise NotAllowed(_("Choose a topic or name a product: else every new case would be linked to it."))
    if started_at > at:
        raise NotAllowed(_("An outage that has not begun yet cannot be declared."))


def _refuse_overlap(scope: Scope) -> None:
    same = next((outage for outage in Outage.objects.going_on() if outage.scope.overlaps(scope)), None)
    if same is not None:
        raise Overlaps(same)


def _insert(outage: Outage) -> None:
    outage.total = candidates(outage).count()
    try:
        with transaction.atomic():
            outage.save()
    except IntegrityError:
        # The first of two presses got there between our look and our row.
        _refuse_overlap(outage.scope)
        raise


def update_outage(
    outage: Outage,
    *,
    texts: Texts,
    by: Actor,
    at: datetime,
    seen: int | None = None,
    accepted: Collection[str] = (),
    final: bool = False,
) -> OutageUpdate:
    """Write to everybody whose case is linked, each in their language, in the background.

    ``seen`` is the newest update that was on the screen, ``accepted`` the languages that may do without a translation.
    Raises NotAllowed once it is over, Stale when somebody sent another update, and Untranslated for a language that has
    customers, no text, and was not accepted.
    """
    if not texts.get(settings.LANGUAGE_CODE):
        raise NotAllowed(_("Write the text in the desk’s own language at least."))
    with transaction.atomic():
        locked = Outage.objects.select_for_update(no_key=True).get(pk=outage.pk)
        _refuse_update(locked, texts, seen, accepted)
        update = OutageUpdate.objects.create(
            **_columns("text", texts),
            outage=locked,
            final=final,
            by_id=_person(by),
            at=at,
            total=recipients(locked, at=at).count(),
        )
        locked.next_update_by = None if final else at + timedelta(minutes=locked.update_minutes)
        locked.ended_at = at if final else None
        locked.reminded_at = None
        locked.save(update_fields=["next_update_by", "ended_at", "reminded_at"])
        noticeboard.changed()
        outage_tasks.start_sending(update.pk)
    return update


def _refuse_update(outage: Outage, texts: Texts, seen: int | None, accepted: Collection[str]) -> None:
    if outage.ended_at is not None:
        raise NotAllowed(_("This outage is over already."))
    newest = outage.updates.order_by("pk").last()
    if newest is not None and newest.pk != seen:
        raise Stale(_("Somebody has sent an update in the meantime. Read it below, then send or change yours."))
    missing = outage_rules.missing(texts, audience(outage))
    if not set(missing) <= set(accepted):
        raise Untranslated(missing)


def end_outage(
    outage: Outage, *, texts: Texts, by: Actor, at: datetime, seen: int | None = None, accepted: Collection[str] = ()
) -> OutageUpdate:
    """It is over: the last update says so, and asks whether it works again. Cases stay open until somebody says yes.

    Raises what :func:`update_outage` does.
    """
    return update_outage(outage, texts=texts, by=by, at=at, seen=seen, accepted=accepted, final=True)


def link_to_outage(ticket: Ticket, outage: Outage, *, by: Actor, at: datetime) -> None:
    """Somebody sees that a case is about an outage. Raises NotAllowed for an outage that is over and a case that is done."""
    with happening(ticket, by=by, at=at) as case:
        if case.ticket.outage_id == outage.pk:
            return
        if outage.ended_at is not None or case.ticket.is_done:
            raise NotAllowed(_("Only open cases can be linked, and only to an outage that goes on."))
        outage.kept_out.remove(case.ticket)
        link(case, outage, LadderForMany([case.ticket]), by=by)


def unlink_from_outage(ticket: Ticket, *, by: Actor, at: datetime) -> None:
    """A case was linked wrongly: it gets no updates any more, and is not linked to that outage by itself again.

    Raises NotAllowed when it is linked to none.
    """
    with happening(ticket, by=by, at=at) as case:
        outage = case.ticket.outage
        if outage is None:
            raise NotAllowed(_("This ticket is linked to no outage."))
        outage.kept_out.add(case.ticket)
        case.set(outage=None)
        case.note("outage_unlinked", outage=outage.pk)


def remind_of_outages(*, at: datetime) -> int:
    """Write to whoever declared an outage whose next update is late, once an update; returns how many. Part of the sweep.

    The mail waits for nobody's working hours: customers were told a time.
    """
    late = Outage.objects.overdue(at=at).filter(reminded_at=None)
    return sum(_remind(outage, at) for outage in late.select_related("declared_by"))


@transaction.atomic
def _remind(outage: Outage, at: datetime) -> bool:
    if not Outage.objects.overdue(at=at).filter(pk=outage.pk, reminded_at=None).update(reminded_at=at):
        return False
    lead = outage.declared_by
    if lead.is_active:
        data = {
            "outage": outage.pk,
            "title": in_language(outage, "title", lead.language)[1],
            "due": outage.next_update_by.isoformat() if outage.next_update_by else None,
        }
        outbox.put([Letter("outage_overdue", lead.email, lead.language, data)], at=at)
    return True


def _person(by: Actor) -> int:
    if by.user_id is None:
        raise NotAllowed(_("Only a person declares an outage and writes about it."))
    return by.user_id


def _columns(field: str, texts: Texts) -> dict[str, str]:
    return {build_localized_fieldname(field, language): text.strip() for language, text in texts.items()}
