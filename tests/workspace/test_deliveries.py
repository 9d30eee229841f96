"""The log of a ticket's mail: what became of each, in words, and what can be done about it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, CategoryFactory, TeamFactory, acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Customer, OutgoingMail, Ticket
from tickets.outbox import deliver
from tickets.outbox.models import DeliveryEvent, MailState
from tickets.outbox.tracking import Report

HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    """Its acknowledgement came back."""
    ticket = open_ticket(alice)
    mail = ticket.mails.get(kind="acknowledgement")
    deliver.deliver(mail.pk, at=NOW)
    report = Report(DeliveryEvent.Kind.BOUNCED, "postmark", NOW + HOUR, True, "5.1.1", "550 No <such> mailbox")
    lifecycle.mail_reported(mail, report, at=NOW + HOUR)
    return ticket


def log(client: Client, ticket: Ticket) -> str:
    return client.get(reverse("admin:deliveries", args=[ticket.reference])).content.decode()


def test_it_tells_what_happened_to_each_mail(desk_client: Client, ticket: Ticket) -> None:
    page = log(desk_client, ticket)
    told = ["Acknowledgement", "alice@example.com", "Written", "Taken by the mail server", "Came back", "Postmark"]
    assert [words for words in told if words not in page] == []
    assert "5.1.1 550 No &lt;such&gt; mailbox" in page
    assert f'<time class="q xs" datetime="{(NOW + HOUR).isoformat()}">' in page


def test_a_status_that_the_server_says_is_not_said_twice(desk_client: Client, ticket: Ticket) -> None:
    DeliveryEvent.objects.update(status="5.1.1", detail="550 5.1.1 Nobody")
    page = log(desk_client, ticket)
    assert "550 5.1.1 Nobody" in page
    assert "5.1.1 550" not in page


def test_it_is_linked_from_the_ticket(desk_client: Client, ticket: Ticket) -> None:
    page = desk_client.get(reverse("admin:ticket", args=[ticket.reference])).content.decode()
    assert reverse("admin:deliveries", args=[ticket.reference]) in page


def test_a_button_leads_back_to_it(desk_client: Client, ticket: Ticket) -> None:
    mail = ticket.mails.get(kind="acknowledgement")
    response = desk_client.post(reverse("admin:mail_again", args=[mail.pk]), {"log": "1"})
    assert (response.status_code, response.headers["Location"]) == (
        302,
        reverse("admin:deliveries", args=[ticket.reference]),
    )
    assert "Sent again; first written" in log(desk_client, ticket)


def test_who_held_a_mail_back_is_named(desk_client: Client, ticket: Ticket, agent: Agent) -> None:
    lifecycle.reply(ticket, text="Hello.", by=acting(agent), at=NOW)
    desk_client.post(reverse("admin:mail_hold", args=[ticket.mails.get(kind="reply").pk]))
    assert f"<bdi>{agent.user}</bdi>" in log(desk_client, ticket)


def test_a_restricted_case_is_not_there_for_others(desk_client: Client, alice: Customer) -> None:
    theirs = open_ticket(
        alice, category=CategoryFactory.create(restricted=True, team=TeamFactory.create(name="Theirs"))
    )
    assert desk_client.get(reverse("admin:deliveries", args=[theirs.reference])).status_code == 404


def test_a_ticket_without_mail_says_so(desk_client: Client, ticket: Ticket) -> None:
    DeliveryEvent.objects.all().delete()
    OutgoingMail.objects.update(ticket=None)
    assert "No mail was sent about this ticket." in log(desk_client, ticket)


def test_many_mails_cost_no_more_questions_than_few(
    desk_client: Client, ticket: Ticket, agent: Agent, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        lifecycle.reply(ticket, text="Hello.", by=acting(agent), at=NOW)
        deliver.deliver_waiting(at=NOW)
    # Session, user with agent, ticket, how many mails, mails, their events; the header's own.
    with django_assert_max_num_queries(8):
        log(desk_client, ticket)


# --- On the ticket's page ---------------------------------------------------------------------------------------------


def test_what_the_customer_wrote_does_not_come_back(desk_client: Client, ticket: Ticket) -> None:
    """Only the mail that acknowledged it did."""
    page = desk_client.get(reverse("admin:ticket", args=[ticket.reference])).content.decode()
    assert "Came back" not in page[page.index("<article") : page.index("</article>")]


@pytest.mark.parametrize(
    ("state", "said"),
    [(MailState.DELIVERED, "Delivered"), (MailState.BOUNCED, "Came back"), (MailState.COMPLAINED, "Marked as spam")],
)
def test_a_message_says_what_became_of_its_mail(
    desk_client: Client, ticket: Ticket, agent: Agent, state: str, said: str
) -> None:
    lifecycle.reply(ticket, text="Hello.", by=acting(agent), at=NOW)
    ticket.mails.filter(kind="reply").update(state=state)
    page = desk_client.get(reverse("admin:ticket", args=[ticket.reference])).content.decode()
    message = page[page.index("<article") : page.index('class="said"', page.index("Public answer"))]
    assert said in message
