"""Every page of the admin. Index only."""

from tickets.workspace import (  # noqa: F401
    audit,
    calendars,
    desk,
    escalation,
    knowledge,
    mailbox,
    orders,
    outages,
    people,
    privacy,
    promises,
    ratings,
    replies,
    sla,
    stumbles,
)
