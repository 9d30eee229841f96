"""A lead gives a customer another plan."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import acting, open_ticket
from tests.workspace.conftest import SignIn
from tickets import lifecycle
from tickets.models import Agent, ClockEvent, Customer, SLAPolicy, Ticket
from tickets.people.models import Plan

HOUR = timedelta(hours=1)


@pytest.fixture
def lead_client(sign_in: SignIn, lead: Agent) -> Client:
    return sign_in(lead.user)


@pytest.fixture
def _quick_for_business(desk: None) -> None:
    """Whoever has the plan Business is answered within two hours."""
    everybody = SLAPolicy.objects.get()
    quick = SLAPolicy.objects.create(name="Business", position=1, calendar=everybody.calendar, plans=[Plan.BUSINESS])
    quick.targets.create(priority="normal", metric="first_reply", minutes=120)


def save(lead_client: Client, customer: Customer, **changes: str) -> None:
    address = reverse("admin:tickets_customer_change", args=[customer.pk])
    form = lead_client.get(address).context["adminform"].form
    typed = {name: form[name].value() for name in form.fields if form[name].value()}
    response = lead_client.post(address, {**typed, **changes})
    assert response.status_code == 302, response.context["errors"]


def first_due(ticket: Ticket) -> datetime | None:
    return ticket.clocks.get(metric="first_reply").due_at


@pytest.mark.usefixtures("_quick_for_business")
def test_another_plan_moves_the_deadlines_of_open_cases(lead_client: Client, alice: Customer, now: datetime) -> None:
    ticket = open_ticket(alice, impact="limited")
    save(lead_client, alice, plan=Plan.BUSINESS)
    alice.refresh_from_db()
    assert (alice.plan, first_due(ticket)) == (Plan.BUSINESS, now + 2 * HOUR)
    assert ClockEvent.objects.get(clock__ticket=ticket, kind="apply").cause == "plan"
    record = [line.sentence for line in lifecycle.history(ticket, at=now, for_customer=False)]
    assert "The customer’s plan went from “Standard” to “Business”." in record


@pytest.mark.usefixtures("_quick_for_business")
def test_a_solved_case_takes_the_plan_of_the_day_on_which_it_is_opened_again(
    lead_client: Client, agent: Agent, alice: Customer, now: datetime
) -> None:
    SLAPolicy.objects.get(position=1).targets.create(priority="normal", metric="resolution", minutes=240)
    ticket = open_ticket(alice, impact="limited", at=now - HOUR)
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    save(lead_client, alice, plan=Plan.BUSINESS)
    lifecycle.reopen(ticket, by=acting(agent), at=now + HOUR)
    assert ticket.clocks.get(metric="resolution").due_at == now + 4 * HOUR


def test_other_changes_of_a_customer_move_nothing(lead_client: Client, alice: Customer) -> None:
    ticket = open_ticket(alice)
    save(lead_client, alice, name="Alice Walsh")
    assert not ClockEvent.objects.filter(clock__ticket=ticket, kind="apply").exists()
