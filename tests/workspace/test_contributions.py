"""Mail on a ticket that nobody vouches for: it stands out, and an agent who knows makes it the customer's."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import acting, open_ticket
from tests.inbox.stage import answer, bring
from tests.workspace.conftest import SignIn
from tickets import lifecycle
from tickets.desk.statuses import Status
from tickets.inbox.parse import Problem
from tickets.models import Agent, Customer, Message, RawMail, Ticket, User

SENDER = "dora@elsewhere.example"


@pytest.fixture
def ticket(agent: Agent, alice: Customer) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def contribution(ticket: Ticket) -> Message:
    """Somebody to whom the customer handed our mail on answers it."""
    return contributed(ticket)


def contributed(ticket: Ticket, text: str = "Try descaling it.", **headers: Any) -> Message:
    bring(answer(ticket.mails.get(kind="acknowledgement"), text, **{"sender": SENDER, **headers}))
    return ticket.messages.latest("pk")


def article(client: Client, message: Message) -> str:
    """What the ticket's page shows of one message, as words."""
    html = client.get(reverse("admin:ticket", args=[message.ticket.reference])).content.decode()
    begin = html.index(f'aria-labelledby="m{message.pk}"')
    return " ".join(re.sub(r"<[^>]+>", " ", html[begin : html.index("</article>", begin)]).split())


def confirm(client: Client, message: Message) -> Any:
    names = [message.ticket.reference, message.pk]
    return client.post(reverse("admin:ticket_confirm_contribution", args=names), follow=True)


def test_it_says_that_nobody_vouches_for_the_sender(desk_client: Client, contribution: Message) -> None:
    said = article(desk_client, contribution)
    assert f"From {SENDER} by mail: not verified to be the customer. The customer does not see it." in said
    assert "Try descaling it." in said


def test_it_stands_there_once(desk_client: Client, contribution: Message) -> None:
    """The record knows of it too, and is not read out beside it."""
    page = desk_client.get(reverse("admin:ticket", args=[contribution.ticket.reference])).content.decode()
    assert "Nobody vouches for the sender" not in page


def test_automatic_mail_is_marked(desk_client: Client, ticket: Ticket) -> None:
    said = article(desk_client, contributed(ticket, auto_submitted="auto-replied"))
    assert f"Automatic mail from {SENDER} : no person wrote it. The customer does not see it." in said


def test_the_customer_does_not_see_it(customer_client: Client, contribution: Message) -> None:
    page = customer_client.get(reverse("conversations:case", args=[contribution.ticket.reference]))
    assert "Try descaling it." not in page.content.decode()


def test_an_agent_who_knows_makes_it_the_customers(
    desk_client: Client, contribution: Message, agent: Agent, ticket: Ticket, now: Any
) -> None:
    lifecycle.reply(ticket, text="Which machine?", by=acting(agent), at=now, status=Status.PENDING)
    page = confirm(desk_client, contribution).content.decode()
    theirs = Message.objects.get(confirms=contribution)
    assert (theirs.text, theirs.internal, theirs.author_kind) == ("Try descaling it.", False, "customer")
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    assert "These are now the customer’s own words" in page


def test_once_it_is_the_customers_it_leads_there_and_has_no_button(desk_client: Client, contribution: Message) -> None:
    confirm(desk_client, contribution)
    said = article(desk_client, contribution)
    assert "It was found to be the customer’s own message" in said
    assert "This is the customer" not in said


def test_two_presses_are_one(desk_client: Client, contribution: Message) -> None:
    confirm(desk_client, contribution)
    confirm(desk_client, contribution)
    assert Message.objects.filter(confirms=contribution).count() == 1


def test_nothing_else_can_be_confirmed(desk_client: Client, ticket: Ticket) -> None:
    page = confirm(desk_client, ticket.messages.get()).content.decode()
    assert "Only what came by mail from somebody we do not know can be confirmed." in page
    assert ticket.messages.count() == 1


def test_a_message_of_another_ticket_is_not_found(desk_client: Client, contribution: Message, bob: Customer) -> None:
    names = [open_ticket(bob).reference, contribution.pk]
    assert desk_client.post(reverse("admin:ticket_confirm_contribution", args=names)).status_code == 404


def test_who_does_not_work_here_confirms_nothing(contribution: Message, sign_in: SignIn) -> None:
    client = sign_in(User.objects.create(email="officer@shop.example", is_staff=True))
    assert confirm(client, contribution).status_code == 403
    assert "This is the customer" not in article(client, contribution)


# --- The whole mail ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", ["alice@example.com", SENDER])
def test_the_whole_mail_can_be_read(desk_client: Client, ticket: Ticket, sender: str) -> None:
    text = "Still E04.\n\nOn Mon, 23 Nov 2026 at 09:00, Sportello <support@shop.example> wrote:\n> We have it.\n"
    message = contributed(ticket, text, sender=sender)
    page = desk_client.get(reverse("admin:ticket", args=[ticket.reference])).content.decode()
    whole = reverse("admin:tickets_rawmail_change", args=[message.inbound_mail.pk])
    assert f'href="{whole}"' in page
    assert "We have it." not in article(desk_client, message)
    assert "We have it." in desk_client.get(whole).content.decode()


def test_what_was_written_in_the_portal_has_no_mail(desk_client: Client, ticket: Ticket) -> None:
    assert "Show the whole mail" not in article(desk_client, ticket.messages.get())


def test_what_may_be_missing_is_said_in_words_and_nothing_else(desk_client: Client, ticket: Ticket) -> None:
    message = contributed(ticket, sender="alice@example.com")
    RawMail.objects.update(problems=[Problem.BAD_CHARSET, Problem.NO_MESSAGE_ID, "of-another-version"])
    said = article(desk_client, message)
    assert "Some letters may be wrong" in said
    assert "Message-ID" not in said


def test_many_mails_cost_no_more_questions_than_few(
    desk_client: Client, ticket: Ticket, django_assert_max_num_queries: Any
) -> None:
    address = reverse("admin:ticket", args=[ticket.reference])
    confirm(desk_client, contributed(ticket))
    with django_assert_max_num_queries(14):
        desk_client.get(address)
    for number in range(5):
        confirm(desk_client, contributed(ticket, f"Number {number}."))
    with django_assert_max_num_queries(14):
        desk_client.get(address)
