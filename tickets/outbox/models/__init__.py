"""What the outbox stores: mails, what became of them, addresses that get none, and doubts about our mail. Index only."""

from tickets.outbox.models.doubts import Doubt
from tickets.outbox.models.mails import DeliveryEvent, Hold, MailState, OutgoingMail
from tickets.outbox.models.suspensions import Suspension

__all__ = ["DeliveryEvent", "Doubt", "Hold", "MailState", "OutgoingMail", "Suspension"]
