"""What workers do, found here by Celery. Index only."""

from tickets.desk.tasks import measure_topics
from tickets.inbox.imap.tasks import poll_mailbox, poll_mailboxes
from tickets.inbox.tasks import read_mail, read_waiting_mail
from tickets.lifecycle.deadlines.tasks import recompute, replay
from tickets.lifecycle.outages.tasks import link_outage, send_outage_update
from tickets.lifecycle.pending.tasks import send_reply, send_waiting_replies
from tickets.lifecycle.tasks import sweep
from tickets.outbox.tasks import deliver_mail, deliver_waiting_mail
from tickets.people.tasks import forget_sign_ins

__all__ = [
    "deliver_mail",
    "deliver_waiting_mail",
    "forget_sign_ins",
    "link_outage",
    "measure_topics",
    "poll_mailbox",
    "poll_mailboxes",
    "read_mail",
    "read_waiting_mail",
    "recompute",
    "replay",
    "send_outage_update",
    "send_reply",
    "send_waiting_replies",
    "sweep",
]  # fmt: skip
