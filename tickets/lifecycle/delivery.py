"""What becomes of the mail about a ticket, as far as it changes what people at the desk have to know."""

from datetime import datetime
from typing import Final

from tickets.audit.actor import Actor
from tickets.lifecycle.case import Case, happening
from tickets.outbox import rules, tracking
from tickets.outbox.models import DeliveryEvent, MailState, OutgoingMail

BAD_NEWS: Final = {
    DeliveryEvent.Kind.BOUNCED: "mail_bounced",
    DeliveryEvent.Kind.FAILED: "mail_failed",
    DeliveryEvent.Kind.COMPLAINED: "mail_complained",
}
"""What the ticket's record says of a report that moved a mail's state."""


def mail_reported(mail: OutgoingMail, report: tracking.Report, *, at: datetime) -> bool:
    """A server, a provider or a bounce tells what became of a mail; False for what was told before.

    That mail to the customer came back, was not sent after all, or was called spam, stands on the ticket's record; whoever
    has the case is told once of each mail. Mail to the staff, and mail about no ticket, changes only its own row and its
    address.
    """
    if mail.ticket is None or mail.customer_id is None or report.kind not in BAD_NEWS:
        return tracking.record(mail, report, at=at) is not None
    with happening(mail.ticket, by=Actor.system(), at=at) as case:
        change = tracking.record(mail, report, at=at)
        if change is not None and change.is_news:
            _note(case, mail, change, report)
    return change is not None


def _note(case: Case, mail: OutgoingMail, change: tracking.Change, report: tracking.Report) -> None:
    case.note(BAD_NEWS[report.kind], mail=mail.pk)
    if change.before not in rules.TROUBLE - {MailState.HELD}:
        case.tell_agent("mail_bounced", case.ticket.assignee, mail=mail.pk)
