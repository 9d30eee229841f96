"""What can stand in a ticket's record, and how each entry reads. Codes and values are stored; words are made when
somebody reads it (``tickets.lifecycle.history``)."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.audit.kinds import Kind

NOTHING: Final[frozenset[str]] = frozenset()
"""The kind holds codes, dates and ids only: an erasure leaves it as it is."""

KINDS: Final = (
    Kind(
        "opened",
        pgettext_lazy("record", "Opened"),
        _("The request was written. We promised an answer by %(answer_by)s."),
        erases=NOTHING,
        for_customers=True,
        customer_sentence=_("You wrote to us. We promised an answer by %(answer_by)s."),
        readers={"answer_by": "moment"},
    ),
    Kind(
        "follow_up",
        pgettext_lazy("record", "Follow-up"),
        _("It continues the closed request %(reference)s."),
        erases=NOTHING,
        for_customers=True,
    ),
    Kind(
        "routed",
        pgettext_lazy("record", "Routed"),
        _("The desk gave it to %(agent)s (tier: %(tier)s)."),
        erases=NOTHING,
        for_customers=True,
        customer_sentence=_("It is now with %(agent)s (%(tier)s)."),
        readers={"agent": "agent", "tier": "tier"},
    ),
    Kind(
        "assigned",
        pgettext_lazy("record", "Assigned"),
        _("Handed from %(before)s to %(after)s."),
        erases=NOTHING,
        for_customers=True,
        readers={"before": "agent", "after": "agent"},
    ),
    Kind(
        "customer_wrote",
        pgettext_lazy("record", "Customer wrote"),
        _("The customer wrote."),
        erases=NOTHING,
        for_customers=True,
        customer_sentence=_("You wrote."),
    ),
    Kind(
        "replied",
        pgettext_lazy("record", "Answered"),
        _("An answer was sent."),
        erases=NOTHING,
        for_customers=True,
        customer_sentence=_("We answered."),
    ),
    Kind("noted", pgettext_lazy("record", "Internal note"), _("An internal note was written."), erases=NOTHING),
    Kind(
        "file_added",
        pgettext_lazy("record", "File"),
        _("The file “%(name)s” was added (SHA-256 %(sha256)s)."),
        erases=frozenset({"name", "sha256"}),
        for_customers=True,
    ),
    Kind(
        "status_changed",
        pgettext_lazy("record", "Status"),
        _("The status went from “%(before)s” to “%(after)s”."),
        erases=NOTHING,
        for_customers=True,
        readers={"before": "status", "after": "status"},
    ),
    Kind(
        "priority_changed",
        pgettext_lazy("record", "Priority"),
        _("The priority went from “%(before)s” to “%(after)s”."),
        erases=NOTHING,
        readers={"before": "priority", "after": "priority"},
    ),
    Kind(
        "category_changed",
        pgettext_lazy("record", "Category"),
        _("The topic went from “%(before)s” to “%(after)s”."),
        erases=NOTHING,
        for_customers=True,
        readers={"before": "category", "after": "category"},
    ),
    Kind(
        "due_changed",
        pgettext_lazy("record", "Deadline"),
        _("The deadline of “%(metric)s” moved from %(before)s to %(after)s."),
        erases=NOTHING,
        readers={"metric": "metric", "before": "moment", "after": "moment"},
    ),
    Kind(
        "clock_warned",
        pgettext_lazy("record", "Warning"),
        _("Three quarters of the time for “%(metric)s” are used; it is due %(due)s."),
        erases=NOTHING,
        readers={"metric": "metric", "due": "moment"},
    ),
    Kind(
        "clock_breached",
        pgettext_lazy("record", "Deadline missed"),
        _("The deadline of “%(metric)s” passed on %(due)s."),
        erases=NOTHING,
        for_customers=True,
        customer_sentence=_("We missed a deadline that we had set ourselves: %(due)s."),
        readers={"metric": "metric", "due": "moment"},
    ),
    Kind(
        "clock_overdue",
        pgettext_lazy("record", "Long overdue"),
        _("“%(metric)s” has taken one and a half times as long as promised; it was due %(due)s."),
        erases=NOTHING,
        readers={"metric": "metric", "due": "moment"},
    ),
    Kind(
        "escalated",
        pgettext_lazy("record", "Escalated"),
        _(
            "Escalated from %(from_tier)s to %(to_tier)s. It is now with %(agent)s;"
            " the customer hears from us by %(next_update)s."
        ),
        erases=NOTHING,
        for_customers=True,
        customer_sentence=_(
            "We handed it on from %(from_tier)s to %(to_tier)s. It is now with %(agent)s; you hear from us by %(next_update)s."
        ),
        readers={"from_tier": "tier", "to_tier": "tier", "agent": "agent", "next_update": "moment"},
    ),
    Kind(
        "rule_fired",
        pgettext_lazy("record", "Rule"),
        _("The rule “%(name)s” applied: %(trigger)s."),
        erases=NOTHING,
        readers={"trigger": "trigger"},
    ),
    Kind(
        "came_down",
        pgettext_lazy("record", "Handed back"),
        _("Handed back from %(from_tier)s to %(to_tier)s. It is now with %(agent)s."),
        erases=NOTHING,
        for_customers=True,
        readers={"from_tier": "tier", "to_tier": "tier", "agent": "agent"},
    ),
    Kind(
        "promised",
        pgettext_lazy("record", "Promise"),
        _("Promised: %(kind)s by %(due)s."),
        erases=NOTHING,
        for_customers=True,
        customer_sentence=_("We promised: %(kind)s by %(due)s."),
        readers={"kind": "promise", "due": "moment"},
    ),
    Kind(
        "promise_kept",
        pgettext_lazy("record", "Promise kept"),
        _("The promise was kept: %(kind)s."),
        erases=NOTHING,
        for_customers=True,
        customer_sentence=_("We kept a promise: %(kind)s."),
        readers={"kind": "promise"},
    ),
    Kind(
        "promise_broken",
        pgettext_lazy("record", "Promise broken"),
        _("The promise was not kept by %(due)s: %(kind)s."),
        erases=NOTHING,
        for_customers=True,
        customer_sentence=_("We did not keep a promise by %(due)s: %(kind)s."),
        readers={"kind": "promise", "due": "moment"},
    ),
    Kind(
        "promise_withdrawn",
        pgettext_lazy("record", "Promise withdrawn"),
        _("The promise was withdrawn: %(kind)s."),
        erases=NOTHING,
        for_customers=True,
        customer_sentence=_("We withdrew a promise: %(kind)s."),
        readers={"kind": "promise"},
    ),
    Kind(
        "resolved",
        pgettext_lazy("record", "Resolved"),
        _("The desk marked it as solved."),
        erases=NOTHING,
        for_customers=True,
        customer_sentence=_("We marked it as solved."),
    ),
    Kind(
        "confirmed_solved",
        pgettext_lazy("record", "Confirmed"),
        _("The customer confirmed that it is solved."),
        erases=NOTHING,
        for_customers=True,
        customer_sentence=_("You confirmed that it is solved."),
    ),
    Kind(
        "reopened",
        pgettext_lazy("record", "Reopened"),
        _("The request was opened again."),
        erases=NOTHING,
        for_customers=True,
    ),
    Kind("closed", pgettext_lazy("record", "Closed"), _("The request was closed."), erases=NOTHING, for_customers=True),
    Kind(
        "rated",
        pgettext_lazy("record", "Rated"),
        _("The customer gave %(stars)s of 5."),
        erases=NOTHING,
        for_customers=True,
        customer_sentence=_("You gave us %(stars)s of 5."),
    ),
    Kind("erased", pgettext_lazy("record", "Erased"), _("The personal content was erased on request."), erases=NOTHING),
)
