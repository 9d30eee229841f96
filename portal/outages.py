"""What pages say about outages, in the reader's language."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import get_language

from tickets.desk.models import Category
from tickets.escalation import noticeboard
from tickets.escalation.models import Outage
from tickets.escalation.outages import in_language
from tickets.orders.models import OrderLine


@dataclass(frozen=True, slots=True)
class Words:
    """A text, and the language that it is in: not every text has a translation."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """``next_update_by`` is None when there is none to come, or when it is late: nobody is told a time that has passed."""

    title: Words
    text: Words
    since: datetime
    next_update_by: datetime | None
    ended_at: datetime | None


def notice(outage: Outage, *, at: datetime) -> Notice:
    due, language = outage.next_update_by, get_language() or settings.LANGUAGE_CODE
    return Notice(
        title=Words(*in_language(outage, "title", language)),
        text=Words(*in_language(outage, "text", language)),
        since=outage.started_at,
        next_update_by=due if due and due > at else None,
        ended_at=outage.ended_at,
    )


def notices(*, at: datetime) -> list[Notice]:
    """Everything that goes on, for the banner."""
    return [notice(outage, at=at) for outage in noticeboard.going_on()]


def known(category: Category | None, line: OrderLine | None, *, at: datetime) -> Notice | None:
    """The outage that a request about this would be linked to."""
    products = (line.product, line.sku) if line else ()
    outage = noticeboard.about(category_id=category.pk if category else None, products=products, at=at)
    return notice(outage, at=at) if outage else None
