"""Every kind of mail in every language, without a row of its own: to be looked at by translators, staff and tests.

A sample goes the way of a real mail from its facts on, so that what is looked at is what would be sent.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import translation

from tickets.errors import UnknownKind
from tickets.outbox.kinds import KINDS, Facts
from tickets.outbox.models import OutgoingMail
from tickets.outbox.render import Reader, put_into_words
from tickets.outbox.samples.cases import ABOUT_NO_TICKET, CASES
from tickets.outbox.samples.scene import Scene

CODE = "7XKD-2M4Q"
"""A verification code as the page that asks for one explains it; no mail has it on purpose."""


def count(kind: str) -> int:
    """How many samples of a kind there are: one for each thing that it can say. Raises UnknownKind if none."""
    if kind not in CASES:
        raise UnknownKind(kind)
    return len(CASES[kind])


def facts(kind: str, at: datetime, *, number: int = 0) -> Facts:
    """What the kind's templates would be given at ``at``, in the active language and time zone.

    ``number`` counts from 0, below ``count(kind)``; the first is the usual case.
    """
    return CASES[kind][number](Scene.of(translation.get_language() or settings.LANGUAGE_CODE, at))


def render(kind: str, language: str, *, at: datetime, needs: Iterable[str] = (), number: int = 0) -> OutgoingMail:
    """A mail in words that is in no outbox, written at ``at`` for somebody with these reading needs."""
    scene = Scene.of(language, at)
    mail = OutgoingMail(
        kind=kind,
        ticket=None if kind in ABOUT_NO_TICKET else scene.ticket,
        recipient=scene.agent.user.email if KINDS[kind].for_staff else scene.customer.email,
        language=language,
        code=CODE,
        created_at=at,
    )
    name = scene.words.agent if KINDS[kind].for_staff else scene.customer.name
    reader = Reader(name.split()[0], scene.zone, frozenset(needs))
    put_into_words(mail, lambda _mail: facts(kind, at, number=number), reader, at=at)
    return mail
