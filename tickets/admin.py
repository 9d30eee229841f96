"""Every page of the admin. Index only."""

from tickets.workspace import (  # noqa: F401
    audit,
    desk,
    doubts,
    knowledge,
    mailbox,
    orders,
    people,
    privacy,
    ratings,
    replies,
    stumbles,
)
from tickets.workspace.calendars import admin as calendars  # noqa: F401
from tickets.workspace.inbox import mailboxes, set_aside  # noqa: F401
from tickets.workspace.ladder import admin as ladder  # noqa: F401
from tickets.workspace.mail import suspensions  # noqa: F401
from tickets.workspace.outages import pages as outages  # noqa: F401
from tickets.workspace.policies import admin as policies  # noqa: F401
from tickets.workspace.promises import admin as promises  # noqa: F401
