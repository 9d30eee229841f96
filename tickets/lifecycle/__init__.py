"""THE TABLE OF CONTENTS: everything that can happen to a ticket, one function per business event.

Each function is one transaction, takes who did it (``by``) and when (``at``, aware), writes the record, moves the clocks
and queues the mail. Portal, admin, mail, API and tasks change tickets only through these.
"""

from tickets.lifecycle.attempts import Proposal, answer_attempt
from tickets.lifecycle.contributions import confirm_contribution, receive_contribution
from tickets.lifecycle.conversation import add_note, receive_customer_message, reopen, reply
from tickets.lifecycle.deadlines.calendars import Preview, deadlines_moved, edit_calendar, review_holidays
from tickets.lifecycle.deadlines.due_times import recompute
from tickets.lifecycle.deadlines.plans import change_plan
from tickets.lifecycle.deadlines.policies import move_policy, publish_policy
from tickets.lifecycle.deadlines.replaying import replay
from tickets.lifecycle.deadlines.what_if import what_if
from tickets.lifecycle.delivery import mail_reported
from tickets.lifecycle.expectations import keep_expectations, set_expectation, solution_expected
from tickets.lifecycle.handling import (
    assign,
    change_category,
    change_priority,
    change_status,
)
from tickets.lifecycle.history import history
from tickets.lifecycle.ladder.following import follow, stop_following
from tickets.lifecycle.ladder.moving import HandOver, escalate, hand_back
from tickets.lifecycle.ladder.requests import (
    answer_escalation_request,
    ask_for_escalation,
    escalation_answer_due,
    notice_late_requests,
)
from tickets.lifecycle.ladder.reviews import escalations_to_review, review_escalation
from tickets.lifecycle.opening import answer_expected, open_ticket
from tickets.lifecycle.outages.events import (
    declare_outage,
    end_outage,
    link_to_outage,
    unlink_from_outage,
    update_outage,
)
from tickets.lifecycle.pending.sending import send_pending_replies, send_pending_reply
from tickets.lifecycle.pending.window import discard_reply, queue_reply, take_back_reply
from tickets.lifecycle.promises.ledger import (
    hand_over_promise,
    keep_promise,
    promise,
    withdraw_promise,
)
from tickets.lifecycle.promises.steps import break_promises, remind_of_promises
from tickets.lifecycle.resolution import close, close_resolved, confirm_solved, rate, resolve
from tickets.lifecycle.sweeping import sweep, sweep_clocks
from tickets.promises.rules import Pledge

__all__ = [
    "HandOver",
    "Pledge",
    "Preview",
    "Proposal",
    "add_note",
    "answer_attempt",
    "answer_escalation_request",
    "answer_expected",
    "ask_for_escalation",
    "assign",
    "break_promises",
    "change_category",
    "change_plan",
    "change_priority",
    "change_status",
    "close",
    "close_resolved",
    "confirm_contribution",
    "confirm_solved",
    "deadlines_moved",
    "declare_outage",
    "discard_reply",
    "edit_calendar",
    "end_outage",
    "escalate",
    "escalation_answer_due",
    "escalations_to_review",
    "follow",
    "hand_back",
    "hand_over_promise",
    "history",
    "keep_expectations",
    "keep_promise",
    "link_to_outage",
    "mail_reported",
    "move_policy",
    "notice_late_requests",
    "open_ticket",
    "promise",
    "publish_policy",
    "queue_reply",
    "rate",
    "receive_contribution",
    "receive_customer_message",
    "recompute",
    "remind_of_promises",
    "reopen",
    "replay",
    "reply",
    "resolve",
    "review_escalation",
    "review_holidays",
    "send_pending_replies",
    "send_pending_reply",
    "set_expectation",
    "solution_expected",
    "stop_following",
    "sweep",
    "sweep_clocks",
    "take_back_reply",
    "unlink_from_outage",
    "update_outage",
    "what_if",
    "withdraw_promise",
]
