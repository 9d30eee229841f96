"""What waits for a lead: decisions that nobody else takes, and things at the desk that went wrong.

Each entry is a function that looks whether there is something to do, at the cost of one capped count. It answers None for
whoever may not do it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from tickets.desk.models import PendingReply
from tickets.escalation.models import Outage
from tickets.lifecycle.pending.window import FOR_OTHERS
from tickets.outbox import suspensions
from tickets.outbox.models import Doubt, OutgoingMail
from tickets.people.need_to_know import need_to_know
from tickets.sla.models import Recomputation
from tickets.workspace import doubts, stumbles
from tickets.workspace.access import may_work
from tickets.workspace.calendars import review as calendar_review
from tickets.workspace.due import of_moment
from tickets.workspace.inbox import mailboxes, set_aside
from tickets.workspace.ladder import requests, reviews
from tickets.workspace.paging import capped_count
from tickets.workspace.promises import admin as promises


@dataclass(frozen=True, slots=True)
class Todo:
    """``label`` says what there is to do, ``detail`` how much of it or by when.

    ``tone`` is fine, soon or late where there is a date.
    """

    label: str
    detail: str
    address: str
    tone: str = ""


Entry = Callable[[Any, datetime], Todo | None]


def answer_requests(user: Any, at: datetime) -> Todo | None:
    """Customers were promised these answers by a date."""
    if not user.has_perm(requests.MAY_ANSWER):
        return None
    waiting = requests.waiting(user)
    first = waiting.first()
    if first is None:
        return None
    due = of_moment(first.answer_by, at)
    # Translators: number is how many, due is when the first of them is due, such as "Due in 2 hrs".
    detail = _("%(number)s; the first: %(due)s") % {"number": capped_count(waiting), "due": due.text}
    return Todo(_("Answer customers who ask for somebody more senior"), detail, reverse("admin:requests"), due.state)


def review_escalations(user: Any, at: datetime) -> Todo | None:
    if not user.has_perm(reviews.MAY_REVIEW):
        return None
    number = capped_count(reviews.to_review(user))
    return Todo(_("Review escalations of closed cases"), number, reverse("admin:reviews")) if number != "0" else None


def review_holidays(user: Any, at: datetime) -> Todo | None:
    """Deadlines count a holiday that nobody has looked at as a working day."""
    if not user.has_perm("tickets.change_calendar"):
        return None
    calendars = calendar_review.unreviewed(at)
    first = calendars.first()
    if first is None:
        return None
    label = _("Review the public holidays up to %(year)s") % {"year": str(calendar_review.year_to_know(at))}
    address = reverse("admin:tickets_calendar_change", args=[first.pk])
    # Translators: number is how many calendars, name is what the first of them is called.
    detail = _("%(number)s; the first: %(name)s") % {"number": capped_count(calendars), "name": first.name}
    return Todo(label, detail, address, tone="soon")


def write_about_outages(user: Any, at: datetime) -> Todo | None:
    """Everybody who is concerned was told by when they hear from us."""
    if not user.has_perm("tickets.change_outage"):
        return None
    late = Outage.objects.overdue(at=at).order_by("next_update_by", "pk")
    first = late.first()
    if first is None or first.next_update_by is None:
        return None
    label = _("Write an update: %(outage)s") % {"outage": first.title}
    address = reverse("admin:tickets_outage_change", args=[first.pk])
    due = of_moment(first.next_update_by, at)
    return Todo(label, due.text, address, due.state)


def settle_late_promises(user: Any, at: datetime) -> Todo | None:
    """Customers have waited for these since a date that we named."""
    if not user.has_perm("tickets.view_promise"):
        return None
    late = promises.late(user, at)
    first = late.order_by("due_at", "pk").first()
    if first is None:
        return None
    due = of_moment(first.due_at, at)
    # Translators: number is how many promises, due is how late the oldest of them is, such as "Late by 2 days".
    detail = _("%(number)s; the oldest: %(due)s") % {"number": capped_count(late), "due": due.text}
    address = reverse("admin:tickets_promise_changelist", query={"due": "late"})
    return Todo(_("Settle promises that are late"), detail, address, due.state)


def watch_new_deadlines(user: Any, at: datetime) -> Todo | None:
    """Something was changed that open cases follow in the background: nothing to do but to know it."""
    if not user.has_perm("tickets.change_slapolicy"):
        return None
    row = Recomputation.objects.filter(finished_at=None).select_related("version").order_by("at").first()
    if row is None:
        return None
    # Translators: how far long work is, such as "Opening hours were changed: 40 %".
    detail = _("%(cause)s: %(percent)s %%") % {"cause": row.get_cause_display(), "percent": row.percent}
    return Todo(_("Open cases are getting new due times"), detail, _where(row))


def _where(row: Recomputation) -> str:
    """The page that shows how far it is."""
    if row.calendar_id:
        return reverse("admin:tickets_calendar_change", args=[row.calendar_id])
    if row.version:
        return reverse("admin:tickets_slapolicy_change", args=[row.version.policy_id])
    return reverse("admin:tickets_escalationtier_changelist")


def send_what_was_held_up(user: Any, at: datetime) -> Todo | None:
    """Whoever wrote these believes that the customer has them; leads see everybody's."""
    if not may_work(user):
        return None
    waiting = PendingReply.objects.held_up().filter(need_to_know(user, "ticket__")).order_by("send_at", "pk")
    if not user.has_perm(FOR_OTHERS):
        waiting = waiting.filter(author=user)
    first = waiting.values_list("ticket__reference", flat=True).first()
    if first is None:
        return None
    # Translators: number is how many answers, reference is the ticket of the first of them.
    detail = _("%(number)s; the first: %(reference)s") % {"number": capped_count(waiting), "reference": first}
    return Todo(_("See to answers that were not sent"), detail, reverse("admin:ticket", args=[first]), "late")


def look_at_stumbles(user: Any, at: datetime) -> Todo | None:
    """Their clocks stand still for us, and run on for the customer."""
    if not user.has_perm(stumbles.MAY_TRY_AGAIN):
        return None
    number = capped_count(stumbles.stumbled_over(user))
    address = reverse("admin:tickets_sweepfailure_changelist")
    return Todo(_("Look at tickets that the clocks stumble over"), number, address, "late") if number != "0" else None


def look_at_mailboxes(user: Any, at: datetime) -> Todo | None:
    """What customers wrote lies there unread."""
    if not user.has_perm(mailboxes.MAY_LOOK):
        return None
    mailbox = mailboxes.in_trouble().order_by("polled_at").first()
    if mailbox is None:
        return None
    return Todo(_("A mailbox does not answer"), mailbox.name, reverse("admin:tickets_mailbox_changelist"), "late")


def decide_about_set_aside_mail(user: Any, at: datetime) -> Todo | None:
    """Somebody may wait for an answer to what no agent has seen on a ticket."""
    if not user.has_perm(set_aside.MAY_DECIDE):
        return None
    number = capped_count(set_aside.waiting(user))
    address = reverse("admin:tickets_rawmail_changelist")
    return Todo(_("Decide about mail that was set aside"), number, address, "soon") if number != "0" else None


def look_at_doubts(user: Any, at: datetime) -> Todo | None:
    """Somebody may be writing in our name, or in a customer's."""
    if not user.has_perm(doubts.MAY_SETTLE):
        return None
    number = capped_count(Doubt.objects.waiting())
    address = reverse("admin:tickets_doubt_changelist", query={"settled_at__isempty": 1})
    return Todo(_("Look at reports about our mail"), number, address, "soon") if number != "0" else None


def look_at_mail_in_trouble(user: Any, at: datetime) -> Todo | None:
    """Somebody waits for what never arrived, or does not know that we wrote."""
    if not user.has_perm("tickets.change_suspension"):
        return None
    number = capped_count(OutgoingMail.objects.readable_by(user).in_trouble(at))
    address = reverse("admin:tickets_outgoingmail_changelist", query={"trouble": "new"})
    return Todo(_("Look at mail that did not arrive or is held back"), number, address) if number != "0" else None


def mend_own_address(user: Any, at: datetime) -> Todo | None:
    """Whoever gets no mail hears of nothing that happens to their cases, and not of that either."""
    if not may_work(user):
        return None
    suspension = suspensions.is_suspended(user.email)
    if suspension is None:
        return None
    address = reverse("admin:tickets_suspension_changelist", query={"q": suspension.address})
    return Todo(_("Mail to your own address does not arrive"), suspension.get_cause_display(), address, "late")


# Put yours where it presses: the most urgent first.
ENTRIES: Final[tuple[Entry, ...]] = (
    send_what_was_held_up,
    mend_own_address,
    look_at_stumbles,
    look_at_mailboxes,
    look_at_mail_in_trouble,
    write_about_outages,
    answer_requests,
    settle_late_promises,
    decide_about_set_aside_mail,
    look_at_doubts,
    review_escalations,
    review_holidays,
    watch_new_deadlines,
)


def todos(user: Any, at: datetime) -> list[Todo]:
    """What this user has to see to, the most urgent first."""
    found = (entry(user, at) for entry in ENTRIES)
    return [todo for todo in found if todo is not None]
