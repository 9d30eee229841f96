"""The pages of Django's admin: what leads set up, and what nobody changes by hand."""

from decimal import Decimal
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import (
    CannedReplyFactory,
    CustomerFactory,
    HelpArticleFactory,
    IntakeFieldFactory,
    IntakeFormFactory,
    OrderFactory,
    OrderLineFactory,
    UserFactory,
    acting,
    open_ticket,
)
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.knowledge import actions as knowledge
from tickets.models import (
    Agent,
    AuditEntry,
    CannedReply,
    Category,
    Customer,
    EscalationTier,
    HelpArticle,
    IntakeForm,
    Order,
    OutgoingMail,
    Promise,
    Rating,
    User,
)
from tickets.people import roles
from tickets.workspace.desk import new_version
from tickets.workspace.settings_page import GROUPS

OURS = [model for model in admin.site._registry if model._meta.app_label == "tickets"]


def url(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def sent_back(page: Any) -> dict[str, Any]:
    """What a browser would send if somebody saved the form as it is."""
    forms = [
        page.context["adminform"].form,
        *(form for each in page.context["inline_admin_formsets"] for form in each.formset),
    ]
    forms += [each.formset.management_form for each in page.context["inline_admin_formsets"]]
    data = {
        field.html_name: field.value()
        for form in forms
        for field in form
        if field.value() is not None and field.value() is not False
    }
    return {name: value() if callable(value) else value for name, value in data.items()}


@pytest.fixture
def furnished(desk: None, agent: Agent, alice: Customer, now: Any) -> None:
    """At least one row of nearly everything."""
    OrderLineFactory.create(order=OrderFactory.create(customer=alice))
    CannedReplyFactory.create()
    HelpArticleFactory.create()
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="Please wait.", by=acting(agent), at=now)
    lifecycle.promise(
        ticket, kind="refund", amount=Decimal(5), currency="EUR", due_at=now.replace(hour=20), by=acting(agent), at=now
    )


@pytest.mark.usefixtures("furnished")
@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_every_page_opens(model: Any, lead_client: Client) -> None:
    assert lead_client.get(url(model, "changelist"), follow=True).status_code == 200
    if row := model._default_manager.first():
        assert lead_client.get(url(model, "change", row.pk), follow=True).status_code == 200
    may_add = admin.site.get_model_admin(model).has_add_permission(_request(lead_client))
    assert lead_client.get(url(model, "add")).status_code == (200 if may_add else 403)


def _request(client: Client) -> Any:
    return client.get(reverse("admin:settings")).wsgi_request


def test_the_settings_name_only_pages_that_there_are() -> None:
    named = [entry.model for group in GROUPS for entry in group.entries]
    assert set(named) < set(OURS)
    assert len(named) == len(set(named)) == 20


def test_the_list_of_tickets_is_the_queue(lead_client: Client, alice: Customer) -> None:
    ticket = open_ticket(alice)
    assert lead_client.get(url(type(ticket), "changelist"))["Location"] == reverse("admin:queue")
    assert lead_client.get(url(type(ticket), "change", ticket.pk))["Location"] == reverse(
        "admin:ticket", args=[ticket.reference]
    )


# --- Tiers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", ["0", "527041"])
def test_customers_are_told_news_within_a_year_and_not_at_once(lead_client: Client, desk: None, minutes: str) -> None:
    tier = EscalationTier.objects.first()
    assert tier
    address = url(EscalationTier, "change", tier.pk)
    response = lead_client.post(address, sent_back(lead_client.get(address)) | {"update_minutes": minutes})
    assert response.status_code == 200
    assert not EscalationTier.objects.filter(update_minutes=minutes).exists()


# --- Texts ------------------------------------------------------------------------------------------------------------


def test_each_field_says_in_which_language_it_is(lead_client: Client, desk: None) -> None:
    form = lead_client.get(url(Category, "add")).context["adminform"].form
    attributes = {name: form.fields[name].widget.attrs for name in ("name_it", "name_ar")}
    assert (attributes["name_it"]["lang"], attributes["name_it"]["dir"]) == ("it", "ltr")
    assert (attributes["name_ar"]["lang"], attributes["name_ar"]["dir"]) == ("ar", "rtl")


def test_a_variable_that_nobody_can_fill_is_refused(lead_client: Client, desk: None) -> None:
    data = {"title_en": "Hello", "body_en": "Dear {nickname}", "position": "0", "active": "on"}
    response = lead_client.post(url(CannedReply, "add"), data)
    assert "We do not know {nickname}." in response.content.decode()
    assert not CannedReply.objects.exists()


def test_an_article_can_be_found_as_soon_as_it_is_saved(lead_client: Client, desk: None) -> None:
    data = {
        "slug": "descale",
        "title_en": "How to descale",
        "body_en": "Use vinegar.",
        "position": "0",
        "published": "on",
    }
    assert lead_client.post(url(HelpArticle, "add"), data).status_code == 302
    assert [found.article.slug for found in knowledge.find("vinegar", "en")] == ["descale"]


def test_a_notice_that_was_shown_is_not_rewritten(lead_client: Client, desk: None) -> None:
    from tickets.models import PolicyVersion

    notice = PolicyVersion.objects.get()
    address = url(PolicyVersion, "change", notice.pk)
    assert lead_client.post(address, {"title_en": "Other"}).status_code == 403


def test_other_questions_are_a_new_version(desk: None) -> None:
    form = IntakeFormFactory.create(version=3)
    IntakeFieldFactory.create(form=form, key="serial", label="Serial number")
    copy = new_version(form)
    assert (copy.category, copy.version, copy.active) == (form.category, 4, False)
    assert [(field.key, field.label) for field in copy.fields.all()] == [("serial", "Serial number")]
    assert form.fields.count() == 1
    assert IntakeForm.objects.get(category=form.category, active=True) == form


# --- People -----------------------------------------------------------------------------------------------------------


def test_making_somebody_an_agent_lets_them_into_the_desk(lead_client: Client, desk: None) -> None:
    user = UserFactory.create()
    tier = EscalationTier.objects.order_by("level")[0]
    lines = {
        f"{name}-{count}": "0" for name in ("fluencies", "skill_levels") for count in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    response = lead_client.post(
        url(Agent, "add"), {"user": user.pk, "tier": tier.pk, "capacity": "12", "available": "on", **lines}
    )
    assert response.status_code == 302
    user.refresh_from_db()
    assert user.is_staff
    assert user.agent.tier == tier


def test_a_new_colleague_signs_in_without_a_code_by_mail(lead_client: Client, client: Client) -> None:
    given = {"email": "New@Shop.example", "name": "Nora New", "usable_password": "true"}
    lead_client.post(url(User, "add"), {**given, "password1": "a long walk home", "password2": "a long walk home"})
    signed_in = client.post(
        reverse("account_login"), {"login": "new@shop.example", "how": "password", "password": "a long walk home"}
    )
    assert (signed_in.status_code, "_auth_user_id" in client.session) == (302, True)


def test_a_changed_address_opens_and_the_old_one_does_not(lead_client: Client, agent: Agent) -> None:
    EmailAddress.objects.create(user=agent.user, email=agent.user.email, verified=True, primary=True)
    address = url(User, "change", agent.user.pk)
    lead_client.post(address, sent_back(lead_client.get(address)) | {"email": "marta@shop.example"})
    assert list(EmailAddress.objects.filter(user=agent.user).values_list("email", "verified", "primary")) == [
        ("marta@shop.example", True, True)
    ]


def test_saving_a_user_proves_no_address(lead_client: Client, agent: Agent) -> None:
    address = url(User, "change", agent.user.pk)
    assert lead_client.post(address, sent_back(lead_client.get(address)) | {"name": "M. Rinaldi"}).status_code == 302
    assert not EmailAddress.objects.filter(user=agent.user).exists()


def test_reading_needs_are_ticked_not_typed(lead_client: Client, alice: Customer) -> None:
    address = url(Customer, "change", alice.pk)
    lead_client.post(address, sent_back(lead_client.get(address)) | {"reading_needs": ["large", "no-images"]})
    alice.refresh_from_db()
    assert alice.reading_needs == ["large", "no-images"]


def test_the_record_is_read_in_words(desk_client: Client, alice: Customer) -> None:
    ticket = open_ticket(alice)
    page = desk_client.get(url(AuditEntry, "changelist") + f"?q={ticket.reference}").content.decode()
    assert "Opened" in page
    assert "Routed" in page


@pytest.fixture
def lead_by_role(agent: Agent, sign_in: Any) -> Client:
    """Who may see every list, and is asked for the right to each row: a superuser would be asked nothing."""
    agent.user.groups.add(Group.objects.get(name=roles.LEADS))
    return sign_in(agent.user)


GROWING = [AuditEntry, Customer, Order, OutgoingMail, Promise, Rating, User]


@pytest.mark.parametrize("model", GROWING, ids=lambda model: model._meta.model_name)
def test_the_number_of_queries_does_not_grow_with_the_list(
    model: Any, agent: Agent, lead_by_role: Client, now: Any, django_assert_num_queries: Any
) -> None:
    def a_customer_with_everything() -> None:
        customer = CustomerFactory.create()
        OrderLineFactory.create(order=OrderFactory.create(customer=customer))
        ticket = open_ticket(customer)
        lifecycle.promise(ticket, kind="update", due_at=now.replace(hour=20), by=acting(agent), at=now)
        lifecycle.confirm_solved(ticket, by=Actor("customer", customer.user_id), at=now)
        lifecycle.rate(ticket, cycle=1, stars=4, comment="", by=Actor("customer", customer.user_id), at=now)

    a_customer_with_everything()
    page = url(model, "changelist")
    assert lead_by_role.get(page).status_code == 200
    with CaptureQueriesContext(connection) as few:
        lead_by_role.get(page)
    for _ in range(4):
        a_customer_with_everything()
    with django_assert_num_queries(len(few)):
        assert len(lead_by_role.get(page).context["cl"].result_list) >= 5


@pytest.mark.parametrize("complexity", ["0", "6"])
def test_a_complexity_off_the_scale_is_refused_beside_its_field(
    complexity: str, lead_client: Client, desk: None
) -> None:
    address = url(Category, "change", Category.objects.all()[0].pk)
    page = lead_client.post(address, {**sent_back(lead_client.get(address)), "complexity": complexity})
    assert list(page.context["adminform"].form.errors) == ["complexity"]
