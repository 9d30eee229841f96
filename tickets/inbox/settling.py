"""What becomes of a message that was read: one transaction, together with the row that says so."""

from datetime import datetime

from django.db import transaction

from tickets.inbox.models import InboundState, RawMail, Reason
from tickets.inbox.parse import ParsedMail


def settle(raw: RawMail, mail: ParsedMail, *, at: datetime) -> bool:
    """Decide and do it; False when somebody else has the row by now."""
    with transaction.atomic():
        ours = RawMail.objects.filter(pk=raw.pk, state=InboundState.RECEIVED, lease_until=raw.lease_until)
        return bool(ours.update(state=InboundState.SET_ASIDE, reason=Reason.NO_TICKET, lease_until=None))
