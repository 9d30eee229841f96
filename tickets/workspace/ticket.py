"""The page of one ticket: the conversation, and what has to be known beside it. Its actions are in ``acts``."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import pgettext

from tickets import lifecycle, zones
from tickets.attachments.models import Attachment
from tickets.audit.actor import ActorKind
from tickets.desk import references, statuses
from tickets.desk.models import Attempt, Hitch, Message, PendingReply, Ticket
from tickets.desk.statuses import Status
from tickets.escalation.models import Escalation, EscalationRequest, EscalationRule, EscalationTier
from tickets.inbox.models import RawMail
from tickets.lifecycle.attempts import rule_ahead
from tickets.lifecycle.expectations import days_of_customer
from tickets.lifecycle.history import Line
from tickets.lifecycle.pending.window import FOR_OTHERS
from tickets.moments import clock_time
from tickets.orders.models import Order
from tickets.outbox import suspensions
from tickets.outbox.models import OutgoingMail, Suspension
from tickets.people import languages
from tickets.people.models import Agent, ReadingNeeds
from tickets.promises.models import Promise
from tickets.replies import actions as replies
from tickets.replies.models import CannedReply
from tickets.workspace import deadlines, due, reasons
from tickets.workspace.access import may_work
from tickets.workspace.attempt_forms import AttemptForm
from tickets.workspace.composing import Composer, of_draft
from tickets.workspace.due import Due
from tickets.workspace.forms import NoteForm, ReplyForm
from tickets.workspace.inbox.words import losses
from tickets.workspace.mail.suspensions import may_lift
from tickets.workspace.pages import desk_page
from tickets.workspace.promises.forms import PromiseForm
from tickets.workspace.words import mail_kind, ready_in_words

SHOWN_ELSEWHERE: Final = frozenset(
    (
        *("customer_wrote", "somebody_wrote", "machine_wrote", "replied", "attempted", "noted", "file_added"),
        "announced",
    )
)
"""What the record says and the conversation shows: the message and its files stand there themselves."""


def tickets(user: Any) -> QuerySet[Ticket]:
    """Tickets that this user may read, with all that the page needs of one; two numbers come in the same statement."""
    of_customer = OuterRef("customer")
    orders = Order.objects.filter(customer=of_customer).order_by().values("customer").annotate(number=Count("pk"))
    cases = Ticket.objects.filter(customer=of_customer).order_by().values("customer").annotate(number=Count("pk"))
    return (
        Ticket.objects.visible_to(user)
        .select_related(
            "customer", "order", "order_line", "category", "tier", "team", "assignee__user", "follow_up_of", "outage"
        )
        .annotate(
            orders_of_customer=Coalesce(Subquery(orders.values("number")), 0),
            cases_of_customer=Subquery(cases.values("number")),
            has_attempts=Exists(Attempt.objects.filter(ticket=OuterRef("pk"))),
            has_pending=Exists(PendingReply.objects.filter(ticket=OuterRef("pk"))),
            mail_stopped=Exists(Suspension.objects.standing().filter(address=Lower(OuterRef("customer__email")))),
            asks_for_senior=Exists(EscalationRequest.objects.filter(ticket=OuterRef("pk"), answered_at=None)),
        )
    )


def find(reference: str, rows: QuerySet[Ticket]) -> Ticket:
    """The ticket among ``rows`` that somebody means by a reference, in whatever way they typed it; raises Http404."""
    known = references.normalise(reference)
    if not known:
        raise Http404
    return get_object_or_404(rows, reference=known)


def ticket(request: HttpRequest, reference: str) -> HttpResponse:
    """GET. ``?canned=ID`` fills a ready answer in; ``?write=note`` offers a note instead of an answer."""
    found = find(reference, tickets(request.user))
    if found.reference != reference:
        return redirect("admin:ticket", found.reference)
    return show(request, found, at=timezone.now(), canned=request.GET.get("canned", ""))


def show(
    request: HttpRequest,
    found: Ticket,
    *,
    at: datetime,
    composer: Composer | None = None,
    canned: str = "",
    unseen_since: int | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page; ``found`` comes from :func:`tickets`.

    ``unseen_since`` is the newest message somebody knew when their answer was refused: later ones are marked as new.
    """
    view = View(found, at)
    wants_note = request.GET.get("write") == "note"
    # A closed ticket has no box for it: there it stands in the conversation.
    takes_answers = composer is None and not wants_note and found.status != Status.CLOSED
    draft = view.draft_of(request.user) if takes_answers else None
    composer = composer or (of_draft(draft, found, view.canned, at=at) if draft else Composer())
    ready = composer.ready or filled(view, canned, request)
    writing_note = composer.note is not None or (composer.reply is None and wants_note)
    newest = found.last_message_id
    reply = composer.reply or ReplyForm(
        initial={"seen": newest, "text": ready.text if ready else "", "status": status_after(found)}
    )
    note = composer.note or NoteForm(initial={"text": ""})
    unseen = _unseen(view.messages, unseen_since, draft)
    context = {
        "ticket": found,
        "view": view,
        "form": note if writing_note else reply,
        "promise_form": composer.promise or PromiseForm(found, at=at, in_composer=True),
        "attempt_form": composer.attempt or AttemptForm(view.canned),
        "asks": composer.asks,
        "writing_note": writing_note,
        "waiting": composer.waiting,
        "ready": ready,
        "ready_notes": ready_in_words(ready) if ready else [],
        "newest": newest,
        "unseen": unseen,
        "conflict": unseen_since is not None,
        "draft": draft,
        "unsent": [
            pending
            for pending in view.pending
            # What somebody took back is theirs alone, and does not stand there twice.
            if pending != draft and (pending.hitch != Hitch.TAKEN_BACK or pending.author_id == request.user.pk)
        ],
        "may_take_back": bool(view.pending) and request.user.has_perm(FOR_OTHERS),
        "me": view.agent_of(request.user),
        "may_work": may_work(request.user),
        "may_lift": view.mail_trouble is not None and may_lift(request.user, view.mail_trouble),
    }
    return desk_page(request, "admin/ticket.html", context, title=found.subject, status=status)


def _unseen(messages: Iterable[Message], since: int | None, draft: PendingReply | None) -> list[int]:
    """What to mark as new: what came after the newest message that somebody knew, and after they had sent the draft."""
    if draft is not None:
        return [message.pk for message in messages if message.pk > (draft.seen or 0) and message.at >= draft.created_at]
    return [message.pk for message in messages if since is not None and message.pk > since]


def status_after(found: Ticket) -> str:
    """What an answer leads to unless the agent chooses otherwise: a last word does not open a solved ticket again."""
    return Status.RESOLVED if found.status == Status.RESOLVED else Status.PENDING


def filled(view: "View", canned: str, request: HttpRequest) -> replies.Ready | None:
    """The ready answer somebody asked for by its id, in the customer's language; None for an id that is not offered."""
    chosen = next((reply for reply in view.canned if str(reply.pk) == canned), None)
    return replies.ready(chosen, view.ticket, agent=str(request.user), at=view.at) if chosen else None


@dataclass(frozen=True, slots=True)
class Said:
    """A message in the conversation. ``side`` is them, us or note; ``mail`` is what became of its delivery.

    ``came_as`` is the mail that it came in by, if it did; ``losses`` say what of that may be missing here. ``confirmed_as`` is
    the customer's message that a contribution was found to be.
    """

    message: Message
    side: str
    author: str
    mail: OutgoingMail | None
    attempts: Sequence[Attempt] = ()
    came_as: RawMail | None = None
    losses: Sequence[str] = ()
    confirmed_as: Message | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """What the record holds between two messages."""

    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Owed:
    row: Promise
    due: Due | None


@dataclass(frozen=True, slots=True)
class Asked:
    row: EscalationRequest
    due: Due


@dataclass(frozen=True, slots=True)
class Mail:
    row: OutgoingMail
    kind: str


@dataclass
class View:
    """Everything about one ticket that its page shows, each part looked up once, at the first use."""

    ticket: Ticket
    at: datetime

    @cached_property
    def due(self) -> Due:
        return due.of_ticket(self.ticket, self.at)

    @cached_property
    def messages(self) -> list[Message]:
        files = Prefetch("attachments", Attachment.objects.order_by("created_at", "pk"))
        related = ("author", "inbound_mail", "confirmed_by__ticket")
        return list(self.ticket.messages.select_related(*related).prefetch_related(files).order_by("at", "pk"))

    @cached_property
    def thread(self) -> list[Said | Happened]:
        """Messages and what happened in between, oldest first."""
        # Of a mail that was sent again, what became of it the last time.
        mails = {mail.message_id: mail for mail in self.mails if mail.customer_id is not None}
        entries: list[tuple[datetime, int, Said | Line]] = [
            (message.at, 1, self._said(message, mails.get(message.pk))) for message in self.messages
        ]
        for line in self.history:
            if line.code not in SHOWN_ELSEWHERE:
                entries.append((line.at, 0 if line.code == "opened" else 2, line))
        ordered = sorted(entries, key=lambda entry: entry[:2])
        return list(_grouped(entry for _at, _rank, entry in ordered))

    def _said(self, message: Message, mail: OutgoingMail | None) -> Said:
        side = "note" if message.internal else "them" if message.author_kind == "customer" else "us"
        if message.author_kind == "customer":
            author = self.ticket.customer.name
        elif message.author_kind == ActorKind.SENDER:
            author = message.sender or pgettext("instead of a sender's address", "an unknown sender")
        else:
            author = str(message.author or message.get_author_kind_display())
        attempts = [attempt for attempt in self.attempts if attempt.message_id == message.pk]
        came_as: RawMail | None = getattr(message, "inbound_mail", None)
        return Said(
            message,
            side,
            author,
            # The mail that acknowledges a customer's words does not bring them anywhere.
            mail if side == "us" else None,
            attempts,
            came_as,
            losses(came_as.problems) if came_as else (),
            getattr(message, "confirmed_by", None),
        )

    @cached_property
    def attempts(self) -> list[Attempt]:
        """What was proposed; asked for only where something was."""
        if not self.ticket.has_attempts:  # type: ignore[attr-defined]
            return []
        return list(self.ticket.attempts.select_related("message", "article", "canned_reply", "answered_by"))

    @cached_property
    def pending(self) -> list[PendingReply]:
        """Answers that have not left; asked for only where there are some."""
        if not self.ticket.has_pending:  # type: ignore[attr-defined]
            return []
        return list(self.ticket.pending_replies.select_related("author").prefetch_related("files"))

    def draft_of(self, user: Any) -> PendingReply | None:
        """An answer that this user took back, or that could not be sent."""
        return next((pending for pending in self.pending if pending.hitch and pending.author_id == user.pk), None)

    @property
    def failed_attempts(self) -> int:
        return sum(attempt.outcome == Attempt.Outcome.FAILED for attempt in self.attempts)

    @property
    def expected(self) -> str:
        """The days that the customer was told; "" where there are none."""
        first, last = self.ticket.expected_from, self.ticket.expected_until
        return days_of_customer(self.ticket, first, last, self.at) if first and last else ""

    @cached_property
    def rule_ahead(self) -> EscalationRule | None:
        """What more failed attempts would set off."""
        return rule_ahead(self.ticket) if self.attempts and not self.ticket.is_done else None

    @cached_property
    def history(self) -> list[Line]:
        names = {
            "agent": {agent.pk: str(agent) for agent in self.agents},
            "tier": {tier.pk: str(tier) for tier in self.tiers},
        }
        return lifecycle.history(self.ticket, at=self.at, for_customer=False, names=names)

    @cached_property
    def agents(self) -> list[Agent]:
        """Everybody at the desk: the record names them, and some follow the ticket."""
        follows = Ticket.followers.through.objects.filter(ticket=self.ticket.pk, agent=OuterRef("pk"))
        return list(Agent.objects.select_related("user").annotate(follows=Exists(follows)))

    @cached_property
    def followers(self) -> list[Agent]:
        return [agent for agent in self.agents if agent.follows]  # type: ignore[attr-defined]

    def agent_of(self, user: Any) -> Agent | None:
        return next((agent for agent in self.agents if agent.user_id == user.pk), None)

    @cached_property
    def tiers(self) -> list[EscalationTier]:
        return list(EscalationTier.objects.order_by("level"))

    @cached_property
    def escalations(self) -> list[Escalation]:
        """Those with a hand-over note, newest first: what the next one has to know."""
        noted = (
            self.ticket.escalations.exclude(known="")
            .select_related("from_tier", "to_tier", "by")
            .order_by("-at", "-pk")
        )
        return list(noted)

    @cached_property
    def asked(self) -> Asked | None:
        """The request for somebody more senior that waits for a lead's answer; asked for only where there is one."""
        if not self.ticket.asks_for_senior:  # type: ignore[attr-defined]
            return None
        row = self.ticket.escalation_requests.filter(answered_at=None).first()
        return Asked(row, due.of_moment(row.answer_by, self.at)) if row else None

    @cached_property
    def mail_trouble(self) -> Suspension | None:
        """Why the customer gets no automatic mail; asked for only where they get none."""
        return suspensions.is_suspended(self.ticket.customer.email) if self.ticket.mail_stopped else None  # type: ignore[attr-defined]

    @cached_property
    def answers(self) -> list[Any]:
        return (
            list(self.ticket.answers.select_related("field").order_by("field__position", "pk"))
            if self.ticket.intake_form_id
            else []
        )

    @cached_property
    def clocks(self) -> list[deadlines.Clock]:
        return deadlines.of_ticket(self.ticket, self.at)

    @cached_property
    def promises(self) -> list[Owed]:
        rows = self.ticket.promises.select_related("made_by", "owner__user").order_by("due_at", "pk")
        return [Owed(row, due.of_moment(row.due_at, self.at) if row.is_owed else None) for row in rows]

    @cached_property
    def mails(self) -> list[OutgoingMail]:
        return list(self.ticket.mails.defer("text", "html", "data").order_by("created_at", "pk"))

    @cached_property
    def canned(self) -> list[CannedReply]:
        return replies.offered(self.ticket)

    # --- words --------------------------------------------------------------------------------------------------------

    @property
    def meaning(self) -> statuses.Meaning:
        return self.ticket.meaning

    @property
    def routing(self) -> list[str]:
        return reasons.routing(self.ticket.routing)

    @property
    def customer_clock(self) -> str:
        """What the clock on the customer's wall shows."""
        with timezone.override(self.ticket.customer.zone):
            return clock_time(self.at)

    @property
    def customer_city(self) -> str:
        return zones.city(self.ticket.customer.time_zone)

    @property
    def language_name(self) -> str:
        """The customer's language by its own name, as the customer would write it."""
        return languages.name(self.ticket.customer.language)

    @property
    def mail_lines(self) -> list[Mail]:
        """Newest first."""
        return [Mail(mail, mail_kind(mail.kind)) for mail in reversed(self.mails)]

    @property
    def reading_needs(self) -> list[str]:
        known = dict(ReadingNeeds.choices)
        return [str(known.get(need, need)) for need in self.ticket.customer.reading_needs]

    @property
    def assignee(self) -> str:
        return str(self.ticket.assignee) if self.ticket.assignee else pgettext("instead of an agent's name", "Nobody")


def _grouped(entries: Iterable[Said | Line]) -> Iterator[Said | Happened]:
    for is_line, run in groupby(entries, key=lambda entry: isinstance(entry, Line)):
        if is_line:
            yield Happened(list(run))  # type: ignore[arg-type]
        else:
            yield from run  # type: ignore[misc]
