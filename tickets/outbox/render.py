"""From a row with codes and values to a mail in words: in the language, zone and way of reading of whoever gets it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import css_inline
from django.conf import settings
from django.template import Context
from django.template.engine import Engine
from django.utils import timezone, translation

from tickets.outbox.kinds import Facts, Kind, address, kind_of
from tickets.outbox.models import OutgoingMail
from tickets.outbox.stylesheet import LARGE_TEXT_PX, TEXT_PX, stylesheet
from tickets.people.models import ReadingNeeds, User

SUBJECT_LENGTH: Final = OutgoingMail._meta.get_field("subject").max_length

_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever opens the mail."""

    name: str
    zone: ZoneInfo
    needs: frozenset[str] = frozenset()


def render(mail: OutgoingMail, *, at: datetime) -> None:
    """Fill in subject, text and formatted part of a mail that has none yet; saves nothing.

    Done once: whoever repeats a delivery sends the same words. Raises UnknownKind for a mail without templates.
    """
    if mail.rendered_at is not None:
        return
    put_into_words(mail, kind_of(mail).facts, _reader(mail), at=at)


def put_into_words(
    mail: OutgoingMail, facts_of: Callable[[OutgoingMail], Facts], reader: Reader, *, at: datetime
) -> None:
    """As :func:`render`, for this reader and with these facts: looked up while the reader's language and zone are active."""
    # The one place where the reader's language is set, whoever caused the mail.
    with translation.override(mail.language), timezone.override(reader.zone):
        facts = {**_facts_for_all(mail, kind_of(mail), reader, at), **facts_of(mail)}
        mail.subject = " ".join(_write(f"{mail.kind}.subject.txt", facts, escape=False).split())[:SUBJECT_LENGTH]
        mail.text = _tidy(_write(f"{mail.kind}.txt", facts, escape=False))
        if ReadingNeeds.TEXT_ONLY not in reader.needs:
            rem = LARGE_TEXT_PX if ReadingNeeds.LARGE in reader.needs else TEXT_PX
            page = _write(
                f"{mail.kind}.html", {**facts, "title": mail.subject, "stylesheet": stylesheet(rem)}, escape=True
            )
            mail.html = _inliner.inline(page)
    mail.rendered_at = at


def _facts_for_all(mail: OutgoingMail, kind: Kind, reader: Reader, at: datetime) -> dict[str, Any]:
    facts = {
        "shop": settings.SHOP_NAME,
        "at": at,
        "name": reader.name,
        "for_staff": kind.for_staff,
        "code": mail.code,
        "verify_url": address("verify:check"),
        "report_url": f"{address('verify:report')}?code={mail.code}",
    }
    if kind.for_staff:
        facts["notifications_url"] = address("admin:notifications")
    if mail.ticket is not None:
        reference = mail.ticket.reference
        url = address("admin:ticket" if kind.for_staff else "conversations:case", reference)
        facts |= {"reference": reference, "ticket": mail.ticket, "url": url}
    return facts


def _reader(mail: OutgoingMail) -> Reader:
    if mail.customer is not None:
        return Reader(mail.customer.first_name, mail.customer.zone, frozenset(mail.customer.reading_needs))
    user = User.objects.filter(email__iexact=mail.recipient).first()
    if user is not None:
        return Reader(user.name.partition(" ")[0], ZoneInfo(user.time_zone))
    return Reader("", ZoneInfo(settings.DESK_TIME_ZONE))


def _write(name: str, facts: Mapping[str, Any], *, escape: bool) -> str:
    return Engine.get_default().get_template(f"mail/{name}").render(Context(facts, autoescape=escape))


def _tidy(text: str) -> str:
    """Templates leave blank lines where a block had nothing to say."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
