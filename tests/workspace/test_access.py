"""Who gets into the desk, and who may do what there."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory, open_ticket
from tickets.management import first_desk
from tickets.models import Agent, Customer, EscalationTier
from tickets.people import roles


def addresses(reference: str) -> list[str]:
    names = ["ticket", "ticket_change", "ticket_promise", "ticket_escalate", "ticket_hand_back"]
    return [reverse("admin:index"), reverse("admin:queue"), reverse("admin:settings")] + [
        reverse(f"admin:{name}", args=[reference]) for name in names
    ]


def test_a_customer_sees_nothing_of_the_desk(customer_client: Client, alice: Customer) -> None:
    for address in addresses(open_ticket(alice).reference):
        assert customer_client.get(address, follow=True).status_code == 403, address


def test_a_stranger_is_sent_to_the_one_sign_in(client: Client, alice: Customer) -> None:
    for address in addresses(open_ticket(alice).reference):
        assert client.get(address, follow=True).redirect_chain[-1][0] == f"{reverse('account_login')}?next={address}"


def test_an_agent_needs_no_role_to_work(desk_client: Client, alice: Customer) -> None:
    for address in addresses(open_ticket(alice).reference):
        assert desk_client.get(address).status_code == 200, address


POSTS = [
    "ticket_reply", "ticket_note", "ticket_take", "ticket_change", "ticket_promise", "ticket_escalate", "ticket_hand_back",
    "ticket_resolve", "ticket_reopen", "ticket_close",
]  # fmt: skip


@pytest.mark.parametrize("name", POSTS)
def test_staff_who_are_no_agents_look_but_do_not_work(name: str, alice: Customer, sign_in: Any) -> None:
    officer = sign_in(UserFactory.create(is_staff=True))
    ticket = open_ticket(alice)
    assert officer.get(reverse("admin:ticket", args=[ticket.reference])).status_code == 200
    assert officer.post(reverse(f"admin:{name}", args=[ticket.reference])).status_code == 403


def test_an_agent_reads_the_settings_and_does_not_change_them(desk_client: Client) -> None:
    tier = EscalationTier.objects.order_by("level")[0]
    address = reverse("admin:tickets_escalationtier_change", args=[tier.pk])
    assert desk_client.get(address).status_code == 200
    assert desk_client.post(address, {"level": 9}).status_code == 403


@pytest.fixture
def team_lead(agent: Agent, sign_in: Any) -> Client:
    """An agent with the role, and without every right."""
    agent.user.groups.add(Group.objects.get_or_create(name=roles.LEADS)[0])
    return sign_in(agent.user)


@pytest.mark.parametrize(
    "model", ["slapolicy", "calendar", "category", "escalationtier", "cannedreply", "helparticle", "agent"]
)
def test_a_lead_sets_up_what_the_desk_promises(model: str, team_lead: Client) -> None:
    assert team_lead.get(reverse(f"admin:tickets_{model}_add")).status_code == 200


def test_a_lead_gives_nobody_more_rights_than_their_own(team_lead: Client, lead: Agent) -> None:
    page = team_lead.get(reverse("admin:tickets_user_change", args=[UserFactory.create().pk]))
    assert "is_superuser" not in page.context["adminform"].form.fields
    above = reverse("admin:tickets_user_change", args=[lead.user.pk])
    assert team_lead.post(above, {"email": "mine@shop.example"}).status_code == 403


def test_a_lead_does_not_sign_in_as_a_privacy_officer(team_lead: Client) -> None:
    officer = UserFactory.create(is_staff=True)
    officer.groups.add(Group.objects.get_or_create(name=roles.PRIVACY_OFFICERS)[0])
    above = reverse("admin:tickets_user_change", args=[officer.pk])
    password = reverse("admin:auth_user_password_change", args=[officer.pk])
    assert (team_lead.post(above, {"email": "mine@shop.example"}).status_code, team_lead.get(password).status_code) == (
        403,
        403,
    )


def test_a_role_that_was_changed_by_hand_stays_as_it_is(db: None) -> None:
    group = Group.objects.get(name=roles.LEADS)
    group.permissions.clear()
    first_desk.after_migrate(using="default", sender=_app())
    assert group.permissions.count() == 0


def _app() -> Any:
    from django.apps import apps

    return apps.get_app_config("tickets")


def test_no_agent_deletes_anything(lead_client: Client, alice: Customer, agent: Agent) -> None:
    open_ticket(alice)
    for model, row in [("customer", alice), ("agent", agent), ("user", agent.user)]:
        assert (
            lead_client.post(reverse(f"admin:tickets_{model}_delete", args=[row.pk]), {"post": "yes"}).status_code
            == 403
        )
