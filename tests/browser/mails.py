"""Mail as its reader gets it: put into words from its row in the outbox."""

from django.utils import timezone

from tests.outbox.reading import MARKS
from tickets.models import OutgoingMail
from tickets.outbox.render import render


def newest(kind: str, recipient: str) -> OutgoingMail:
    """The last mail of a kind to somebody, with its words filled in and without direction marks."""
    mail = OutgoingMail.objects.filter(kind=kind, recipient=recipient).latest("pk")
    render(mail, at=timezone.now())
    mail.text = mail.text.translate(MARKS)
    return mail
