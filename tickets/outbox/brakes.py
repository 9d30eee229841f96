"""What stops automatic mail right before it leaves: an address that gets none any more, and too much in a short time.

Two machines that answer each other write as fast as mail travels, and each sees only reasonable mails. So what counts is
how much there was of late; what a person wrote, and what somebody asked for by signing in, is never stopped.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Lower

from tickets.outbox import rules
from tickets.outbox.kinds import KINDS, kind_of
from tickets.outbox.models import DeliveryEvent, Hold, OutgoingMail, Suspension

PERIOD: Final = timedelta(hours=1)

TO_ONE_CUSTOMER: Final = 30
"""Automatic mails to one address in an hour. Somebody with ten requests, three of which move, gets about ten."""

TO_ONE_OF_THE_STAFF: Final = 200
"""The same for whoever works here: an agent is told of each message of each of their cases, and a lead of each rule."""

ABOUT_ONE_TICKET: Final = 60
"""Automatic mails about one ticket in an hour, to whomever. A busy case with five followers makes about twenty."""

ANSWERS_TO_MAIL: Final = 500
"""Automatic answers to mail in an hour, to whomever: a loop through ever new addresses passes the other two."""

LOOKED_THROUGH: Final = 4 * ANSWERS_TO_MAIL
"""Among so many of the newest mails those answers are counted, so that counting costs the same however many there were."""

NEVER_STOPPED: Final = frozenset({"account", "catch_up", "digest"})
"""Signing in, which has limits of its own, and the summaries that stand for many mails."""

BY_HAND: Final = (DeliveryEvent.Kind.RELEASED, DeliveryEvent.Kind.RESENT)


def why_held(mail: OutgoingMail, *, at: datetime) -> Hold | None:
    """Why a mail must not leave now; None for one that may. One statement for automatic mail, none for any other.

    What somebody at the desk has released, or sent again, is not stopped a second time.
    """
    if not mail.automatic or mail.kind in NEVER_STOPPED:
        return None
    kind = kind_of(mail)
    facts = _facts(mail, at, answers=kind.answers_mail)
    if facts["released"]:
        return None
    if facts["suspended"]:
        return Hold.SUSPENDED
    to_one = TO_ONE_OF_THE_STAFF if kind.for_staff else TO_ONE_CUSTOMER
    limits = {"to_address_lately": to_one, "about_ticket_lately": ABOUT_ONE_TICKET, "answers_lately": ANSWERS_TO_MAIL}
    return Hold.TOO_MANY if any((facts.get(name) or 0) >= limit for name, limit in limits.items()) else None


def _facts(mail: OutgoingMail, at: datetime, *, answers: bool) -> dict[str, Any]:
    lately = OutgoingMail.objects.filter(automatic=True, state__in=rules.LEFT, created_at__gt=at - PERIOD)
    suspended = Suspension.objects.standing().filter(address=Lower(OuterRef("recipient")))
    released = DeliveryEvent.objects.filter(mail=OuterRef("pk"), kind__in=BY_HAND, by__isnull=False)
    facts: dict[str, Any] = {
        "suspended": Exists(suspended),
        "released": Exists(released),
        "to_address_lately": _number(lately.filter(recipient=OuterRef("recipient"))),
    }
    if mail.ticket_id is not None:
        facts["about_ticket_lately"] = _number(lately.filter(ticket=OuterRef("ticket")))
    if answers:
        kinds = [code for code, kind in KINDS.items() if kind.answers_mail]
        facts["answers_lately"] = _number(lately.filter(kind__in=kinds, pk__gt=mail.pk - LOOKED_THROUGH))
    return dict(OutgoingMail.objects.filter(pk=mail.pk).values(**facts).get())


def _number(mails: QuerySet[OutgoingMail]) -> Subquery:
    # Grouped by what is the same for all of them: a plain count cannot be asked for inside of another query.
    return Subquery(mails.order_by().values("automatic").annotate(number=Count("pk")).values("number"))
