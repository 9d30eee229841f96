"""How the demo's stories come about, in a desk that has none yet."""

from datetime import timedelta

import pytest

from tests import factories
from tickets import lifecycle
from tickets.calendars.models import Calendar
from tickets.desk.models import Ticket
from tickets.management.demo import seeding, stories
from tickets.outbox.models import OutgoingMail
from tickets.sla.models import SLAClock


def row(customer, **changes):
    return {
        "customer": customer.email,
        "category": "other",
        "impact": "question",
        "subject": "Cups",
        "text": "May they go into the dishwasher?",
        "hours_ago": 1,
        **changes,
    }


def tell(*rows, until):
    stories.tell(list(rows), hours=Calendar.objects.get().hours(), until=until)


def test_it_refuses_a_database_that_has_users_of_its_own(desk, now):
    factories.UserFactory.create(email="somebody@shop.example")

    with pytest.raises(seeding.NotOurs):
        seeding.seed(at=now)

    assert not Ticket.objects.exists()


def test_a_step_that_lies_in_the_future_has_not_happened_yet(alice, agent, now):
    tell(row(alice, then=[{"step": "reply", "hours": 4, "text": "Yes."}]), until=now)

    assert Ticket.objects.get().messages.count() == 1


def test_stories_happen_side_by_side_in_time(alice, bob, agent, now):
    """Else the later story would find the load that the earlier one left behind at its end."""
    answered = [{"step": "reply", "hours": 1, "text": "Yes."}]
    tell(row(alice, hours_ago=5, then=answered), row(bob, hours_ago=4.5, then=answered), until=now)

    assert Ticket.objects.get(customer=bob).routing["load"] == 1


def test_what_falls_due_between_two_steps_happens_at_its_moment(alice, agent, senior, now):
    """A day's open hours pass without an answer; nobody waits for the next step to notice."""
    tell(row(alice, hours_ago=72), until=now)
    clock = SLAClock.objects.get(metric="first_reply")

    assert Ticket.objects.get().escalations.get().at == clock.due_at


def test_the_desk_acts_only_while_it_is_open(alice, agent, now):
    """Written late on Sunday, answered an hour after the opening on Monday at eight in Rome."""
    tell(row(alice, hours_ago=12, then=[{"step": "reply", "hours": 1, "text": "Yes."}]), until=now)

    assert Ticket.objects.get().messages.last().at == now.replace(hour=8)


def test_past_mail_is_kept_as_sent_and_given_to_no_mail_server(alice, agent, now, mailoutbox):
    tell(row(alice), until=now)
    lifecycle.sweep(at=now + timedelta(hours=1))
    mail = OutgoingMail.objects.get(kind="acknowledgement")

    assert (mail.state, mail.created_at <= mail.sent_at <= now) == ("sent", True)
    assert mail.text
    assert mailoutbox == []
