"""Every table of the desk, in the order of the imports. Index only."""

from tickets.audit.models import AuditEntry

from tickets.people.models import Agent, AgentSkill, Customer, Fluency, Skill, Team, User  # isort: skip
from tickets.calendars.models import Calendar, CalendarDate, OpeningInterval  # isort: skip
from tickets.orders.models import Order, OrderLine  # isort: skip
from tickets.attachments.models import Attachment  # isort: skip
from tickets.search.models import SearchDocument  # isort: skip
from tickets.desk.models import (  # isort: skip
    Attempt,
    Category,
    CategoryHistory,
    IntakeAnswer,
    IntakeDraft,
    IntakeField,
    IntakeForm,
    Message,
    PendingReply,
    Ticket,
)
from tickets.sla.models import (  # isort: skip
    ClockEvent,
    Recomputation,
    SLAClock,
    SLAPolicy,
    SLAPolicyVersion,
    SLATarget,
    SweepFailure,
    WhatIf,
)
from tickets.replies.models import CannedReply  # isort: skip
from tickets.promises.models import Promise  # isort: skip
from tickets.knowledge.models import HelpArticle  # isort: skip
from tickets.ratings.models import Rating  # isort: skip
from tickets.outbox.models import DeliveryEvent, Doubt, OutgoingMail, Suspension  # isort: skip
from tickets.escalation.models import (  # isort: skip
    Escalation,
    EscalationRequest,
    EscalationRule,
    EscalationTier,
    Outage,
    OutageUpdate,
    RuleFiring,
)
from tickets.privacy.models import PolicyVersion  # isort: skip
from tickets.inbox.models import Mailbox, RawMail  # isort: skip

__all__ = [
    "Agent", "AgentSkill", "Attachment", "Attempt", "AuditEntry", "Calendar", "CalendarDate", "CannedReply",
    "Category", "CategoryHistory", "ClockEvent", "Customer", "DeliveryEvent", "Doubt", "Escalation",
    "EscalationRequest", "EscalationRule", "EscalationTier", "Fluency", "HelpArticle", "IntakeAnswer",
    "IntakeDraft", "IntakeField", "IntakeForm", "Mailbox", "Message", "OpeningInterval", "Order", "OrderLine",
    "Outage", "OutageUpdate", "OutgoingMail", "PendingReply", "PolicyVersion", "Promise", "Rating", "RawMail",
    "Recomputation", "RuleFiring", "SLAClock", "SLAPolicy", "SLAPolicyVersion", "SLATarget", "SearchDocument",
    "Skill", "Suspension", "SweepFailure", "Team", "Ticket", "User", "WhatIf",
]  # fmt: skip
