from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group

from tests.factories import NOW, acting, open_ticket
from tests.inbox import stage
from tests.inbox.stage import answer, bring
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.desk.expectations import Reason
from tickets.desk.priorities import Priority
from tickets.lifecycle.outages import work as outage_work
from tickets.lifecycle.outages.events import remind_of_outages
from tickets.models import Agent, Attempt, Customer, OutgoingMail, Ticket
from tickets.outbox import deliver
from tickets.outbox.models import DeliveryEvent
from tickets.outbox.render import render
from tickets.outbox.tracking import Report
from tickets.people.actions import set_digest
from tickets.people.models import Digest
from tickets.people.roles import LEADS


class Story:
    """A ticket on which everything happens that we write about."""

    def __init__(self, customer: Customer, agent: Agent, senior: Agent) -> None:
        self.customer, self.agent, self.senior = customer, agent, senior
        self.by = acting(agent)

    def tell(self) -> Ticket:
        ticket = open_ticket(self.customer, subject="Pump & “E04”")
        lifecycle.assign(ticket, to=None, by=acting(self.senior), at=NOW)
        lifecycle.assign(ticket, to=self.agent, by=acting(self.senior), at=NOW)
        self._return_the_acknowledgement(ticket)
        self._exchange_mail(ticket, NOW + timedelta(minutes=30))
        lifecycle.sweep(at=NOW + timedelta(hours=6, minutes=10))
        attempt = self._propose(ticket, NOW + timedelta(hours=7))
        promise = lifecycle.promise(
            ticket, kind="refund", amount=Decimal("49.90"), currency="EUR", terms="To your card.", by=self.by,
            at=NOW + timedelta(hours=7), due_at=NOW + timedelta(days=1),
        )  # fmt: skip
        lifecycle.receive_customer_message(
            ticket, text="It still stops.", by=Actor("customer", self.customer.user_id), at=NOW + timedelta(hours=8)
        )
        by_customer = Actor("customer", self.customer.user_id)
        lifecycle.answer_attempt(attempt, worked=False, by=by_customer, at=NOW + timedelta(hours=8))
        lifecycle.sweep(at=NOW + timedelta(hours=20))
        lifecycle.break_promises(at=promise.due_at + timedelta(minutes=1))
        lifecycle.keep_expectations(at=promise.due_at + timedelta(minutes=1))
        lifecycle.keep_promise(promise, evidence="Transfer 4711.", by=self.by, at=NOW + timedelta(days=1, minutes=30))
        self._promise_more(ticket, NOW + timedelta(days=1, minutes=30))
        hand_over = lifecycle.HandOver(known="The pump is broken.", expected="A new one.")
        lifecycle.escalate(ticket, note=hand_over, by=self.by, at=NOW + timedelta(days=1, hours=1))
        answered_at = self._ask_for_a_lead(ticket, NOW + timedelta(days=1, hours=2))
        self._suffer_an_outage(ticket, answered_at)
        lifecycle.resolve(ticket, by=acting(self.senior), at=answered_at)
        self._miss_a_deadline_unnoticed()
        self._want_summaries()
        return ticket

    def _exchange_mail(self, ticket: Ticket, at: datetime) -> None:
        """Somebody writes about nothing that we know, somebody else answers for the customer, the customer sends a program,
        and the agent answers a notification.
        """
        language = self.customer.language
        acknowledgement, notification = (ticket.mails.get(kind=kind) for kind in ("acknowledgement", "assigned"))
        bring(stage.written("dora@elsewhere.example", content_language=language), at=at)
        bring(answer(acknowledgement, sender="eve@elsewhere.example", content_language=language), at=at)
        message = answer(acknowledgement)
        message.add_attachment(b"MZ\x90", maintype="application", subtype="octet-stream", filename="E04.exe")
        bring(message, at=at)
        bring(answer(notification), at=at)

    def _return_the_acknowledgement(self, ticket: Ticket) -> None:
        at = NOW + timedelta(hours=1)
        report = Report(DeliveryEvent.Kind.BOUNCED, "bounce", at, permanent=True, detail="550 No <mailbox> & nobody")
        acknowledgement = ticket.mails.get(kind="acknowledgement")
        deliver.deliver(acknowledgement.pk, at=NOW)
        acknowledgement.refresh_from_db()
        lifecycle.mail_reported(acknowledgement, report, at=at)

    def _miss_a_deadline_unnoticed(self) -> None:
        """Nothing sweeps until two hours after it."""
        open_ticket(self.customer)
        lifecycle.sweep_clocks(at=NOW + timedelta(hours=10))

    def _want_summaries(self) -> None:
        """The agent does, from now on; then the customer writes on a case of theirs that is not urgent."""
        set_digest(self.agent.user, Digest.DAILY)
        by_customer, at = Actor("customer", self.customer.user_id), NOW + timedelta(days=3)
        ticket = open_ticket(self.customer, at=at)
        lifecycle.change_priority(ticket, priority=Priority.NORMAL, by=acting(self.senior), at=at)
        lifecycle.receive_customer_message(ticket, text="And?", by=by_customer, at=at)

    def _suffer_an_outage(self, ticket: Ticket, at: datetime) -> None:
        """One that the case is about, with an update, and the next one late."""
        by = acting(self.senior)
        outage = lifecycle.declare_outage(
            titles={"en": "<App> & “machine” do not connect"}, texts={"en": "We are working on it."},
            category=ticket.category, product="", started_at=NOW, update_minutes=60, by=by, at=at,
        )  # fmt: skip
        update = lifecycle.update_outage(
            outage, texts={"en": "Press <b> & wait."}, accepted=["ar", "it", "ja"], by=by, at=at
        )
        outage_work.send_update(update.pk, at=at)
        remind_of_outages(at=at + timedelta(hours=1))

    def _propose(self, ticket: Ticket, at: datetime) -> Attempt:
        """A solution that is to help on the same day."""
        proposal = lifecycle.Proposal("Hold <Steam> & <Cup>")
        text = "Press <b> & hold.\n\nThen wait."
        answer = lifecycle.reply(ticket, text=text, attempt=proposal, by=self.by, at=at)
        today = at.astimezone(self.customer.zone).date()
        lifecycle.set_expectation(ticket, earliest=None, latest=today, reason=Reason.SOONER, by=self.by, at=at)
        return answer.attempts.get()

    def _ask_for_a_lead(self, ticket: Ticket, at: datetime) -> datetime:
        """A request that is answered after its date, by a colleague of the lead who was told."""
        self.senior.user.groups.add(Group.objects.get(name=LEADS))
        by = Actor("customer", self.customer.user_id)
        asked = lifecycle.ask_for_escalation(ticket, reason="slow", words="Nobody answers.", by=by, at=at)
        lifecycle.notice_late_requests(at=asked.answer_by)
        answered_at = asked.answer_by + timedelta(minutes=10)
        lifecycle.answer_escalation_request(asked, accept=True, text="Ines looks at it.", by=self.by, at=answered_at)
        return answered_at

    def _promise_more(self, ticket: Ticket, at: datetime) -> None:
        """One that is withdrawn, and one that outlives the case."""
        withdrawn, handed_over = (
            lifecycle.promise(ticket, kind=kind, due_at=at + timedelta(days=3), by=self.by, at=at)
            for kind in ("replacement", "call_back")
        )
        lifecycle.withdraw_promise(withdrawn, reason="Repaired instead.", by=self.by, at=at)
        lifecycle.hand_over_promise(handed_over, to=self.senior, note="Call in the morning.", by=self.by, at=at)


@pytest.fixture
def story(alice: Customer, agent: Agent, senior: Agent) -> Story:
    return Story(alice, agent, senior)


@pytest.fixture
def all_written(story: Story) -> Callable[..., dict[str, OutgoingMail]]:
    """Have the story told to people who read ``language`` and have ``needs``; the first mail of each kind, put into words."""

    def write(language: str = "en", *needs: str) -> dict[str, OutgoingMail]:
        story.customer.language, story.customer.reading_needs = language, list(needs)
        story.customer.save()
        for somebody in (story.agent, story.senior):
            somebody.user.language, somebody.user.time_zone = language, "Europe/Rome"
            somebody.user.save()
        story.tell()
        mails: dict[str, OutgoingMail] = {}
        for mail in OutgoingMail.objects.select_related("ticket", "message").order_by("pk"):
            mails.setdefault(mail.kind, mail)
        for mail in mails.values():
            render(mail, at=mail.created_at)
        return mails

    return write


@pytest.fixture
def written(all_written: Callable[..., dict[str, OutgoingMail]]) -> Callable[..., OutgoingMail]:
    """The same, for one kind."""
    return lambda kind, *reader: all_written(*reader)[kind]
