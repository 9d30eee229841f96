"""What the desk stores: topics and their questions, cases, and what is said on them. Index only."""

from tickets.desk.models.topics import Category, CategoryHistory

from tickets.desk.models.intake import IntakeAnswer, IntakeDraft, IntakeField, IntakeForm  # isort: skip
from tickets.desk.models.cases import Basis, Channel, Ticket, TicketQuerySet  # isort: skip
from tickets.desk.models.conversation import Attempt, Message, MessageQuerySet  # isort: skip
from tickets.desk.models.pending import Hitch, PendingReply  # isort: skip

__all__ = [
    "Attempt", "Basis", "Category", "CategoryHistory", "Channel", "Hitch", "IntakeAnswer", "IntakeDraft", "IntakeField",
    "IntakeForm", "Message", "MessageQuerySet", "PendingReply", "Ticket", "TicketQuerySet",
]  # fmt: skip
