"""Addresses that get no automatic mail: both pages about a customer say so, and a button ends it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from tests.factories import NOW, UserFactory, open_ticket
from tests.workspace.conftest import SignIn
from tickets.models import Agent, Customer, OutgoingMail, Ticket
from tickets.outbox import suspensions
from tickets.outbox.models import Hold, MailState, Suspension
from tickets.people.roles import LEADS, PRIVACY_OFFICERS

WRITE_AGAIN = "Write there again"


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def suspension(ticket: Ticket) -> Suspension:
    return suspended(ticket, Suspension.Cause.BOUNCED)


def suspended(ticket: Ticket, cause: str) -> Suspension:
    mail = ticket.mails.get(kind="acknowledgement")
    Suspension.objects.suspend(mail, cause, detail="550 No <such> mailbox", at=NOW - timedelta(days=1))
    return Suspension.objects.get()


def page_of(client: Client, ticket: Ticket) -> str:
    return client.get(reverse("admin:ticket", args=[ticket.reference])).content.decode()


def with_role(sign_in: SignIn, role: str) -> Client:
    user = UserFactory.create(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return sign_in(user)


def test_the_ticket_says_why_the_customer_gets_no_mail(
    desk_client: Client, ticket: Ticket, suspension: Suspension
) -> None:
    page = page_of(desk_client, ticket)
    told = ["Mail to the customer comes back:", "550 No &lt;such&gt; mailbox", WRITE_AGAIN]
    assert [words for words in told if words not in page] == []


def test_a_ticket_whose_customer_gets_mail_says_nothing(desk_client: Client, ticket: Ticket) -> None:
    assert WRITE_AGAIN not in page_of(desk_client, ticket)


def test_the_button_ends_it_and_leads_back(desk_client: Client, ticket: Ticket, suspension: Suspension) -> None:
    response = desk_client.post(reverse("admin:mail_lift", args=[suspension.pk]), {"ticket": ticket.reference})
    assert response.headers["Location"] == reverse("admin:ticket", args=[ticket.reference])
    assert suspensions.is_suspended(ticket.customer.email) is None


def test_an_agent_does_not_overrule_a_complaint(desk_client: Client, ticket: Ticket) -> None:
    complaint = suspended(ticket, Suspension.Cause.COMPLAINED)
    assert WRITE_AGAIN not in page_of(desk_client, ticket)
    assert desk_client.post(reverse("admin:mail_lift", args=[complaint.pk])).status_code == 403


def test_a_lead_does(sign_in: SignIn, ticket: Ticket) -> None:
    complaint, client = suspended(ticket, Suspension.Cause.COMPLAINED), with_role(sign_in, LEADS)
    response = client.post(reverse("admin:mail_lift", args=[complaint.pk]))
    assert response.headers["Location"] == reverse("admin:tickets_suspension_changelist")
    assert suspensions.is_suspended(ticket.customer.email) is None


def test_who_only_looks_ends_nothing(sign_in: SignIn, ticket: Ticket, suspension: Suspension) -> None:
    client = with_role(sign_in, PRIVACY_OFFICERS)
    assert client.post(reverse("admin:mail_lift", args=[suspension.pk])).status_code == 403


@pytest.mark.parametrize(("cause", "stays"), [(Suspension.Cause.BOUNCED, False), (Suspension.Cause.COMPLAINED, True)])
def test_the_list_lifts_what_its_reader_may(desk_client: Client, ticket: Ticket, cause: str, stays: bool) -> None:
    row = suspended(ticket, cause)
    desk_client.post(
        reverse("admin:tickets_suspension_changelist"), {"action": "write_again", "_selected_action": [row.pk]}
    )
    assert (suspensions.is_suspended(ticket.customer.email) is not None) is stays


@pytest.mark.parametrize("page", ["admin:settings", "admin:tickets_outgoingmail_changelist"])
def test_the_list_is_linked_from(desk_client: Client, page: str) -> None:
    assert reverse("admin:tickets_suspension_changelist") in desk_client.get(reverse(page)).content.decode()


@pytest.mark.parametrize("stopped", [False, True])
def test_staff_whose_own_mail_does_not_arrive_read_it_on_their_start_page(
    desk_client: Client, ticket: Ticket, agent: Agent, stopped: bool
) -> None:
    if stopped:
        ticket.mails.update(recipient=agent.user.email)
        suspended(ticket, Suspension.Cause.BOUNCED)
    page = desk_client.get(reverse("admin:index")).content.decode()
    assert ("Mail to your own address does not arrive" in page) is stopped


def test_the_list_is_found_by_address(desk_client: Client, suspension: Suspension) -> None:
    address = reverse("admin:tickets_suspension_changelist")
    assert "alice@example.com" in desk_client.get(address, {"q": "alice"}).content.decode()
    assert "alice@example.com" not in desk_client.get(address, {"q": "bob"}).content.decode()


@pytest.mark.parametrize("stopped", [False, True])
def test_the_customers_page_says_whether_mail_reaches_them(desk_client: Client, ticket: Ticket, stopped: bool) -> None:
    if stopped:
        suspended(ticket, Suspension.Cause.BOUNCED)
    page = desk_client.get(reverse("admin:tickets_customer_change", args=[ticket.customer_id])).content.decode()
    assert ("Goes to this address" in page, "Mail to it came back for good" in page) == (not stopped, stopped)


def test_a_new_address_gets_what_was_held_back(
    lead_client: Client, ticket: Ticket, alice: Customer, suspension: Suspension
) -> None:
    held = ticket.mails.filter(kind="acknowledgement")
    held.update(state=MailState.HELD, held_because=Hold.SUSPENDED)
    lead_client.post(
        reverse("admin:tickets_customer_change", args=[alice.pk]),
        {
            "name": alice.name,
            "email": "alice@new.example",
            "language": "en",
            "time_zone": "Europe/Dublin",
            "country": alice.country,
            "plan": alice.plan,
        },
    )
    mail = OutgoingMail.objects.get(pk=held.get().pk)
    assert (mail.state, mail.recipient) == (MailState.QUEUED, "alice@new.example")
