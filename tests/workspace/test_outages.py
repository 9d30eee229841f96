"""The leads' pages of an outage, and what the rest of the desk sees of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from tests.factories import CategoryFactory, CustomerFactory, acting, open_ticket
from tickets import lifecycle
from tickets.lifecycle.outages import work as outage_work
from tickets.models import Agent, Category, Outage, OutageUpdate, Ticket
from tickets.people import roles
from tickets.workspace.todo import todos

HOUR = timedelta(hours=1)
LIST = "admin:tickets_outage_changelist"
ADD = "admin:tickets_outage_add"


@pytest.fixture
def app(desk: None) -> Category:
    return CategoryFactory.create(name="App and account")


@pytest.fixture
def outage(lead: Agent, app: Category, now: datetime) -> Outage:
    """Declared an hour ago, with two open cases: of an Italian and of a Japanese customer."""
    for language in ("it", "ja"):
        open_ticket(CustomerFactory.create(language=language), category=app, at=now)
    declared = lifecycle.declare_outage(
        titles={"en": "The app does not connect"},
        texts={"en": "We are working on it."},
        category=app,
        product="",
        started_at=now - HOUR,
        update_minutes=240,
        by=acting(lead),
        at=now,
    )
    outage_work.link_open_cases(declared.pk, at=now)
    declared.refresh_from_db()
    return declared


def page(outage: Outage) -> str:
    return reverse("admin:tickets_outage_change", args=[outage.pk])


def declaration(app: Category, **changes: Any) -> dict[str, Any]:
    return {
        "category": app.pk,
        "product": "",
        "started_at": "2026-11-23T08:30",
        "update_minutes": 240,
        "title_en": "The app does not connect",
        "text_en": "We are working on it.",
        "title_it": "L’app non si collega",
        "text_it": "Ci stiamo lavorando.",
        **changes,
    }


def send(client: Client, outage: Outage, **data: Any) -> Any:
    return client.post(reverse("admin:outage_update", args=[outage.pk]), data)


# --- Declaring --------------------------------------------------------------------------------------------------------


def test_a_lead_declares_it_in_several_languages(lead_client: Client, app: Category, now: datetime) -> None:
    response = lead_client.post(reverse(ADD), declaration(app))
    outage = Outage.objects.get()
    assert response["Location"] == page(outage)
    assert (outage.title_en, outage.title_it, outage.title_de) == (
        "The app does not connect", "L’app non si collega", None,
    )  # fmt: skip
    assert (outage.declared_by, outage.declared_at) == (response.wsgi_request.user, now)


def test_whoever_has_the_role_of_a_lead_may_declare(agent: Agent, sign_in: Any, app: Category) -> None:
    agent.user.groups.add(Group.objects.get(name=roles.LEADS))
    sign_in(agent.user).post(reverse(ADD), declaration(app))
    assert Outage.objects.exists()


def test_an_agent_sees_outages_and_declares_none(desk_client: Client, outage: Outage) -> None:
    assert desk_client.get(reverse(ADD)).status_code == 403
    assert send(desk_client, outage, text_en="Hello").status_code == 403
    listed = desk_client.get(reverse(LIST)).content.decode()
    assert outage.title in listed
    assert "Declare an outage" not in listed
    assert "Write to everybody" not in desk_client.get(page(outage)).content.decode()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"category": ""}, "Choose a topic or name a product"),
        ({"started_at": "2026-11-23T12:00"}, "has not begun yet"),
        ({"title_en": ""}, "Say in a few words what does not work."),
        ({"update_minutes": 0}, "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    lead_client: Client, app: Category, changes: dict[str, Any], reason: str
) -> None:
    response = lead_client.post(reverse(ADD), declaration(app, **changes))
    html = response.content.decode()
    assert response.status_code == 422
    assert reason in html
    assert "Ci stiamo lavorando." in html


def test_one_that_goes_on_already_is_linked_to(lead_client: Client, app: Category, outage: Outage) -> None:
    response = lead_client.post(reverse(ADD), declaration(app))
    assert response.status_code == 422
    assert page(outage) in response.content.decode()


# --- Writing to everybody ---------------------------------------------------------------------------------------------


def test_the_page_says_how_many_customers_read_which_language(lead_client: Client, outage: Outage) -> None:
    response = lead_client.get(page(outage))
    assert response.context["readers"] == [("Italian", 1), ("Japanese", 1)]
    opened = [language.code for language in response.context["form"].languages() if language.is_open]
    assert opened == ["en", "it", "ja"]


def test_missing_languages_are_named_before_anything_is_sent(lead_client: Client, outage: Outage) -> None:
    response = send(lead_client, outage, text_en="Soon.", text_it="Presto.")
    assert response.status_code == 422
    html = response.content.decode()
    assert "Japanese is missing: one customer would get English." in html
    assert "Presto." in html
    assert not OutageUpdate.objects.exists()


def test_a_lead_may_send_it_all_the_same(lead_client: Client, outage: Outage) -> None:
    response = send(lead_client, outage, text_en="Soon.", text_it="Presto.", accepted=["ja"])
    assert response["Location"] == page(outage)
    update = OutageUpdate.objects.get()
    assert (update.text_en, update.text_it, update.final, update.total) == ("Soon.", "Presto.", False, 2)


def test_a_second_press_sends_nothing(lead_client: Client, outage: Outage) -> None:
    for status in (302, 409):
        response = send(lead_client, outage, text_en="Soon.", accepted=["it", "ja"])
        assert response.status_code == status
    assert OutageUpdate.objects.count() == 1
    newest = response.context["form"]["seen"].value()
    assert send(lead_client, outage, text_en="More.", accepted=["it", "ja"], seen=newest).status_code == 302


def test_an_update_without_words_is_not_sent(lead_client: Client, outage: Outage) -> None:
    assert send(lead_client, outage, text_it="Presto.").status_code == 422
    assert not OutageUpdate.objects.exists()


def test_the_last_update_ends_it(lead_client: Client, outage: Outage) -> None:
    send(lead_client, outage, text_en="It works again.", accepted=["it", "ja"], over="on")
    outage.refresh_from_db()
    assert outage.ended_at is not None
    html = lead_client.get(page(outage)).content.decode()
    assert "It works again." in html
    assert "Write to everybody" not in html


def test_the_page_shows_how_far_an_update_is(lead_client: Client, outage: Outage, now: datetime) -> None:
    send(lead_client, outage, text_en="Soon.", accepted=["it", "ja"])
    assert "Being sent: 0 %" in lead_client.get(page(outage)).content.decode()
    outage_work.send_update(OutageUpdate.objects.get().pk, at=now)
    assert "Sent to 2 cases" in lead_client.get(page(outage)).content.decode()


def test_nothing_is_left_to_watch_once_all_is_sent(lead_client: Client, outage: Outage, now: datetime) -> None:
    assert "Show how far it is now" not in lead_client.get(page(outage)).content.decode()
    send(lead_client, outage, text_en="Soon.", accepted=["it", "ja"])
    assert "Show how far it is now" in lead_client.get(page(outage)).content.decode()
    outage_work.send_update(OutageUpdate.objects.get().pk, at=now)
    assert "Show how far it is now" not in lead_client.get(page(outage)).content.decode()


def test_an_address_of_none_is_not_found(lead_client: Client, db: None) -> None:
    for pk in ("0", "9" * 30):
        assert lead_client.get(reverse("admin:tickets_outage_change", args=[pk])).status_code == 404


def test_the_number_of_queries_does_not_grow_with_cases_and_updates(
    lead_client: Client, outage: Outage, app: Category, lead: Agent, now: datetime, django_assert_num_queries: Any
) -> None:
    def an_update_and_three_cases() -> None:
        for _ in range(3):
            open_ticket(category=app, at=now)
        newest = outage.updates.order_by("pk").last()
        lifecycle.update_outage(
            outage, texts={"en": "Soon."}, seen=newest.pk if newest else None, accepted=["it", "ja"], by=acting(lead), at=now
        )  # fmt: skip

    an_update_and_three_cases()
    lead_client.get(page(outage))
    # Session, user, their agent, the outage, readers, linked, updates.
    with django_assert_num_queries(7):
        lead_client.get(page(outage))
    an_update_and_three_cases()
    with django_assert_num_queries(7):
        lead_client.get(page(outage))


# --- What waits, and for whom -----------------------------------------------------------------------------------------


def test_a_late_update_is_on_the_leads_list(lead: Agent, agent: Agent, outage: Outage, now: datetime) -> None:
    label = "Write an update: The app does not connect"
    assert label not in [todo.label for todo in todos(lead.user, now + 3 * HOUR)]
    assert label in [todo.label for todo in todos(lead.user, now + 5 * HOUR)]
    assert label not in [todo.label for todo in todos(agent.user, now + 5 * HOUR)]


# --- On a ticket ------------------------------------------------------------------------------------------------------


def change(client: Client, ticket: Ticket, chosen: int | str) -> Any:
    address = reverse("admin:ticket_change", args=[ticket.reference])
    response = client.post(address, {"what": "outage", "outage-outage": chosen})
    ticket.refresh_from_db()
    return response


def test_an_agent_links_a_case_and_takes_it_out(desk_client: Client, outage: Outage) -> None:
    ticket = open_ticket()
    change(desk_client, ticket, outage.pk)
    assert ticket.outage == outage
    change(desk_client, ticket, "")
    assert ticket.outage is None
    assert outage.kept_out.get() == ticket


def test_a_case_that_is_linked_to_none_cannot_be_taken_out(desk_client: Client, outage: Outage) -> None:
    response = change(desk_client, open_ticket(), "")
    assert "This ticket is linked to no outage." in response.content.decode()


def test_the_ticket_page_leads_to_the_outage(desk_client: Client, outage: Outage) -> None:
    ticket = Ticket.objects.filter(outage=outage)[0]
    html = desk_client.get(reverse("admin:ticket", args=[ticket.reference])).content.decode()
    assert f'<a href="{page(outage)}">The app does not connect</a>' in html


def test_the_queue_shows_the_cases_of_an_outage(desk_client: Client, outage: Outage) -> None:
    open_ticket()
    response = desk_client.get(reverse("admin:queue"), {"tab": "all", "outage": str(outage.pk)})
    assert {row.ticket.outage for row in response.context["rows"]} == {outage}
    assert len(response.context["rows"]) == 2
