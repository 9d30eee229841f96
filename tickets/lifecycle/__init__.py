"""THE TABLE OF CONTENTS: everything that can happen to a ticket, one function per business event.

Each function is one transaction, takes who did it (``by``) and when (``at``, aware), writes the record, moves the clocks
and queues the mail. Portal, admin, mail, API and tasks change tickets only through these.
"""

from tickets.lifecycle.conversation import add_note, receive_customer_message, reopen, reply
from tickets.lifecycle.escalation import HandOver, escalate, hand_back
from tickets.lifecycle.handling import (
    assign,
    change_category,
    change_priority,
    change_status,
    keep_promise,
    promise,
    withdraw_promise,
)
from tickets.lifecycle.history import history
from tickets.lifecycle.opening import answer_expected, open_ticket
from tickets.lifecycle.resolution import close, close_resolved, confirm_solved, rate, resolve
from tickets.lifecycle.sweeping import break_promises, sweep, sweep_clocks

__all__ = [
    "HandOver",
    "add_note",
    "answer_expected",
    "assign",
    "break_promises",
    "change_category",
    "change_priority",
    "change_status",
    "close",
    "close_resolved",
    "confirm_solved",
    "escalate",
    "hand_back",
    "history",
    "keep_promise",
    "open_ticket",
    "promise",
    "rate",
    "receive_customer_message",
    "reopen",
    "reply",
    "resolve",
    "sweep",
    "sweep_clocks",
    "withdraw_promise",
]
