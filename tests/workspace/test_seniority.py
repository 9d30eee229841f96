"""Leads answer customers who ask for somebody more senior, and review what was escalated; agents follow cases."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from tests.factories import CategoryFactory, CustomerFactory, acting, open_ticket
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.lifecycle import HandOver
from tickets.models import Agent, Customer, Escalation, EscalationRequest, Ticket

HOUR = timedelta(hours=1)
NOTE = HandOver(known="Weak pump", expected="A repair")


@pytest.fixture
def ticket(alice: Customer, agent: Agent, senior: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def asked(ticket: Ticket, now: datetime) -> EscalationRequest:
    return ask(ticket, now)


@pytest.fixture
def escalation(ticket: Ticket, agent: Agent, senior: Agent, now: datetime) -> Escalation:
    """Marta's, of a case that is closed."""
    moved = lifecycle.escalate(ticket, note=NOTE, by=acting(agent), at=now)
    lifecycle.resolve(ticket, by=acting(senior), at=now)
    lifecycle.close(ticket, by=acting(senior), at=now)
    return moved


def ask(ticket: Ticket, at: datetime) -> EscalationRequest:
    by = Actor("customer", ticket.customer.user_id)
    return lifecycle.ask_for_escalation(ticket, reason="slow", words="Nobody answers.", by=by, at=at)


def answer(browser: Client, asked: EscalationRequest, **fields: str) -> Any:
    return browser.post(reverse("admin:request_answer", args=[asked.pk]), fields)


def todo(browser: Client) -> list[tuple[str, str]]:
    return [(todo.label, todo.detail) for todo in browser.get(reverse("admin:index")).context["todos"]]


# --- Requests ---------------------------------------------------------------------------------------------------------


def test_the_request_that_is_due_first_stands_on_top(lead_client: Client, agent: Agent, now: datetime) -> None:
    later, sooner = (ask(open_ticket(CustomerFactory.create()), at) for at in (now, now - HOUR))
    rows = lead_client.get(reverse("admin:requests")).context["rows"]
    assert [row.request for row in rows] == [sooner, later]


def test_it_stands_on_the_start_page_of_leads_only(
    lead_client: Client, desk_client: Client, asked: EscalationRequest
) -> None:
    waits = [("Answer customers who ask for somebody more senior", "1; the first: Due in 8 hrs")]
    assert (todo(lead_client), todo(desk_client)) == (waits, [])


def test_the_role_of_a_lead_is_enough(senior: Agent, sign_in: Any, asked: EscalationRequest) -> None:
    senior.user.groups.add(Group.objects.get(name="Leads"))
    assert sign_in(senior.user).get(reverse("admin:request_answer", args=[asked.pk])).status_code == 200


@pytest.mark.parametrize("page", ["admin:requests", "admin:reviews"])
def test_agents_without_that_role_are_refused(desk_client: Client, page: str) -> None:
    assert desk_client.get(reverse(page)).status_code == 403


def test_a_restricted_case_is_hidden_from_whoever_need_not_know(
    senior: Agent, sign_in: Any, agent: Agent, now: datetime
) -> None:
    senior.user.groups.add(Group.objects.get(name="Leads"))
    senior.user.groups.get().permissions.remove(
        *senior.user.groups.get().permissions.filter(codename="read_restricted")
    )
    senior.teams.clear()
    hidden = ask(open_ticket(category=CategoryFactory.create(restricted=True)), now)
    assert sign_in(senior.user).get(reverse("admin:request_answer", args=[hidden.pk])).status_code == 404


def test_the_agents_page_of_the_case_says_that_a_lead_answers(desk_client: Client, asked: EscalationRequest) -> None:
    text = desk_client.get(reverse("admin:ticket", args=[asked.ticket.reference])).content.decode()
    assert "The customer asks for somebody more senior." in text
    assert "Nobody answers." in text


def test_the_note_is_begun_with_what_the_customer_asked(lead_client: Client, asked: EscalationRequest) -> None:
    form = lead_client.get(reverse("admin:request_answer", args=[asked.pk])).context["form"]
    assert form["expected"].value() == "They asked for somebody more senior: It takes too long.\nNobody answers."


def test_a_lead_answers_and_hands_the_case_on(
    lead_client: Client, asked: EscalationRequest, senior: Agent, ticket: Ticket
) -> None:
    tier = str(senior.tier_id)
    sent = answer(
        lead_client, asked, accept="1", text="Tomasz looks at it.", tier=tier, known="Weak pump", expected="A repair"
    )
    ticket.refresh_from_db()
    assert (sent.url, ticket.assignee) == (reverse("admin:ticket", args=[ticket.reference]), senior)


def test_handing_on_needs_a_note_and_keeps_the_answer(lead_client: Client, asked: EscalationRequest) -> None:
    page = answer(lead_client, asked, accept="1", text="Tomasz looks at it.")
    assert page.status_code == 422
    assert sorted(page.context["form"].errors) == ["expected", "known", "tier"]
    assert "Tomasz looks at it." in page.content.decode()


def test_an_answer_alone_needs_no_note(lead_client: Client, asked: EscalationRequest, ticket: Ticket) -> None:
    answer(lead_client, asked, decline="1", text="Marta is on it.")
    ticket.refresh_from_db()
    assert (EscalationRequest.objects.get().decision, ticket.tier.level) == ("declined", 1)


def test_a_colleague_was_quicker(lead_client: Client, asked: EscalationRequest, lead: Agent, now: datetime) -> None:
    lifecycle.answer_escalation_request(asked, accept=False, text="First.", by=acting(lead), at=now)
    text = answer(lead_client, asked, decline="1", text="Second.").content.decode()
    assert "Somebody has answered this request already." in text
    assert "Second." in text


# --- Reviews ----------------------------------------------------------------------------------------------------------


def review(browser: Client, escalation: Escalation, **fields: str) -> Any:
    return browser.post(reverse("admin:review", args=[escalation.pk]), fields)


def test_what_was_escalated_waits_for_a_lead_once_its_case_is_closed(
    lead_client: Client, escalation: Escalation
) -> None:
    assert list(lead_client.get(reverse("admin:reviews")).context["page"]) == [escalation]
    assert todo(lead_client) == [("Review escalations of closed cases", "1")]


def test_a_review_takes_it_off_the_list(lead_client: Client, escalation: Escalation, lead: Agent) -> None:
    assert review(lead_client, escalation, justified="1", lesson="").url == reverse("admin:reviews")
    escalation.refresh_from_db()
    assert (escalation.verdict, escalation.reviewed_by, todo(lead_client)) == ("justified", lead.user, [])


def test_what_was_avoidable_asks_what_would_have_avoided_it(lead_client: Client, escalation: Escalation) -> None:
    page = review(lead_client, escalation, avoidable="1", lesson="")
    assert (page.status_code, "Write down what would have avoided it" in page.content.decode()) == (422, True)


# --- Following --------------------------------------------------------------------------------------------------------


def test_an_agent_follows_and_stops(
    desk_client: Client, agent: Agent, ticket: Ticket, senior: Agent, now: datetime
) -> None:
    lifecycle.assign(ticket, to=senior, by=acting(senior), at=now)
    address = reverse("admin:ticket_follow", args=[ticket.reference])
    desk_client.post(address)
    follows = list(ticket.followers.all())
    desk_client.post(address, {"stop": "1"})
    assert (follows, list(ticket.followers.all())) == ([agent], [])


def test_the_page_offers_it_to_whoever_does_not_have_the_case(
    desk_client: Client, agent: Agent, ticket: Ticket, senior: Agent, now: datetime
) -> None:
    address = reverse("admin:ticket_follow", args=[ticket.reference])
    page = reverse("admin:ticket", args=[ticket.reference])
    mine = address in desk_client.get(page).content.decode()
    lifecycle.assign(ticket, to=senior, by=acting(senior), at=now)
    assert (mine, address in desk_client.get(page).content.decode()) == (False, True)


def test_the_queue_shows_what_i_follow(desk_client: Client, agent: Agent, ticket: Ticket) -> None:
    open_ticket(CustomerFactory.create())
    lifecycle.follow(ticket, agent=agent)
    rows = desk_client.get(reverse("admin:queue"), {"tab": "followed"}).context["rows"]
    assert [row.ticket for row in rows] == [ticket]


# --- Handing over -----------------------------------------------------------------------------------------------------


def test_the_note_is_begun_with_what_is_on_record(
    desk_client: Client, agent: Agent, ticket: Ticket, now: datetime
) -> None:
    proposal = lifecycle.Proposal("Descale it")
    said = lifecycle.reply(ticket, text="Try this.", by=acting(agent), at=now, attempt=proposal)
    customer = Actor("customer", ticket.customer.user_id)
    lifecycle.answer_attempt(said.attempts.get(), worked=False, by=customer, at=now)
    lifecycle.promise(ticket, kind="update", due_at=now + 2 * HOUR, by=acting(agent), at=now)
    form = desk_client.get(reverse("admin:ticket_escalate", args=[ticket.reference])).context["form"]
    assert (form["tried"].value(), form["promised"].value()) == (
        "1. Descale it (Did not work)",
        "News, by Monday 23 November, 11:00",
    )


def test_a_note_that_is_not_complete_keeps_what_was_typed(desk_client: Client, ticket: Ticket, senior: Agent) -> None:
    fields = {"tier": str(senior.tier_id), "known": "Weak pump", "expected": ""}
    page = desk_client.post(reverse("admin:ticket_escalate", args=[ticket.reference]), fields)
    assert (page.status_code, "Weak pump" in page.content.decode()) == (422, True)


def test_a_case_can_skip_a_tier(desk_client: Client, ticket: Ticket, lead: Agent) -> None:
    fields = {"tier": str(lead.tier_id), "known": "Weak pump", "expected": "A repair"}
    desk_client.post(reverse("admin:ticket_escalate", args=[ticket.reference]), fields)
    ticket.refresh_from_db()
    assert ticket.assignee == lead
