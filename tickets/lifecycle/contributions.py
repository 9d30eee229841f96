"""What comes in by mail from somebody nobody vouches for: kept on the ticket, and changing nothing there until an agent
says whose words they are.

An address is easily forged, and mail is easily handed on: who answers one of our mails is not always whom it was for.
Machines answer mail, too.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tickets.attachments.models import Attachment
from tickets.audit.actor import Actor, ActorKind
from tickets.desk.models import Channel, Message, Ticket
from tickets.errors import NotAllowed
from tickets.lifecycle.case import happening
from tickets.lifecycle.conversation import receive_customer_message
from tickets.lifecycle.files import attach


def receive_contribution(
    ticket: Ticket,
    *,
    text: str,
    sender: str,
    automatic: bool,
    at: datetime,
    language: str,
    by: Actor | None = None,
    files: Iterable[Attachment] = (),
) -> Message:
    """File mail on its ticket, for the desk alone. Moves no clock and no status, and opens nothing again.

    ``sender`` is the address that it claims to come from. Whoever has the case is told, except of what a machine wrote.
    The actor is the sender, whom we do not know, unless ``by`` names who at the desk filed it.
    """
    with happening(ticket, by=by or Actor.sender(), at=at) as case:
        # Not through the case: the ticket's last message is the last word between the customer and us.
        message = Message.objects.create(
            ticket=case.ticket,
            author_kind=ActorKind.SENDER,
            internal=True,
            text=text,
            language=language,
            channel=Channel.MAIL,
            sender=sender,
            automatic=automatic,
            at=at,
        )
        attach(case, message, files)
        case.note("machine_wrote" if automatic else "somebody_wrote", sender=sender)
        if not automatic:
            case.tell_agent("somebody_wrote", case.ticket.assignee, sender=sender)
    return message


def confirm_contribution(message: Message, *, by: Actor, at: datetime) -> Message:
    """An agent found out that it is the customer's own: the same words and files, now theirs, with all that follows from
    the customer's writing.

    Returns the customer's message, the same one when it was confirmed before. Its ticket is the follow-up where the
    ticket was closed. Raises NotAllowed for a message that is no such contribution.
    """
    if message.author_kind != ActorKind.SENDER:
        raise NotAllowed(_("Only what came by mail from somebody we do not know can be confirmed."))
    with transaction.atomic():
        kept = Message.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=message.pk)
        if before := Message.objects.filter(confirms=kept).select_related("ticket").first():
            return before
        with happening(kept.ticket, by=by, at=at) as case:
            case.note("contribution_confirmed")
        files = list(kept.attachments.all())
        written = receive_customer_message(
            kept.ticket, text=kept.text, by=by, at=at, language=kept.language, channel=Channel.MAIL
        )
        Message.objects.filter(pk=written.pk).update(confirms=kept)
        # The same evidence, which stands in the record already.
        Attachment.objects.filter(pk__in=[file.pk for file in files]).update(message=written)
    written.confirms = kept
    return written
