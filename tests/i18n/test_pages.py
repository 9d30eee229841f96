"""What people see in a complete language: that language, in its direction, and no English left over."""

import re
from datetime import timedelta
from functools import cache

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from tests.factories import NOW, OrderFactory, OrderLineFactory, acting, open_ticket
from tests.i18n.test_templates import WORD, Spoken
from tickets import lifecycle
from tickets.management.catalogues import COMPLETE, catalogues
from tickets.models import Agent, Category, Customer, IntakeDraft, Ticket, User

# The name of a team is the shop's own word, in one language.
DATA = {"Customer care"}
DIRECTIONS = {"it": "ltr", "ar": "rtl"}
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")

OPEN_TO_ALL = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_request_login_code",
    "help:index",
    "help:accessibility",
    "mydata:notice",
    "verify:check",
]
SIGNED_IN = [
    "conversations:home",
    "conversations:requests",
    "conversations:new_about",
    "mydata:overview",
    "account_change_password",
    "account_email",
    "mfa_index",
]
STAFF = [
    "admin:index",
    "admin:queue",
    "admin:settings",
    "admin:tickets_customer_changelist",
    "admin:tickets_outgoingmail_changelist",
    "admin:tickets_category_changelist",
    "admin:tickets_category_add",
]

each_language = pytest.mark.parametrize("language", COMPLETE)


@cache
def english(language: str) -> re.Pattern[str]:
    """The sentences of the source that read otherwise in this language, with anything for their placeholders."""
    catalogue = next(catalogue for catalogue in catalogues() if catalogue.language == language)
    sentences = {
        sentence
        for entry in catalogue.entries
        for sentence in (entry.msgid, entry.msgid_plural)
        if sentence not in {"", entry.msgstr, *entry.msgstr_plural.values()} and _is_telling(sentence)
    }
    assert len(sentences) > 1000
    return re.compile("|".join(".+".join(map(re.escape, PLACEHOLDER.split(sentence))) for sentence in sentences))


def _is_telling(sentence: str) -> bool:
    """Not "%(time)s in %(city)s": Italian has sentences with an "in", too."""
    rest = PLACEHOLDER.sub("", sentence)
    return rest == sentence or len(WORD.findall(rest)) > 1


def english_left(page: str, language: str) -> list[str]:
    spoken = Spoken()
    spoken.feed(page)
    spoken.close()
    texts = {" ".join(text.split()) for text in spoken.said} - DATA
    return sorted(text for text in texts if english(language).fullmatch(text))


def browser(language: str, user: User | None = None) -> Client:
    """A browser whose user wants ``language``, as a stranger by its header and as a person by their choice."""
    client = Client(headers={"accept-language": language})
    if user:
        user.language = language
        user.save()
        # force_login makes a request that comes from nowhere, and django-axes asks every sign-in where it comes from.
        with override_settings(AXES_ENABLED=False):
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def read(client: Client, address: str, language: str) -> list[str]:
    """Opens a page; what of it is English. Fails on a page that does not say its language and direction."""
    response = client.get(address)
    assert response.status_code == 200
    page = response.content.decode()
    assert f'<html lang="{language}" dir="{DIRECTIONS[language]}"' in page
    return english_left(page, language)


@pytest.fixture
def ticket(alice: Customer, agent: Agent, senior: Agent) -> Ticket:
    """Alice's, about an order, with an answer, a promise, an escalation and a solution."""
    line = OrderLineFactory.create(order=OrderFactory.create(customer=alice))
    ticket = open_ticket(alice, order_line=line, subject="Pumpe", text="E04")
    at, by = NOW + timedelta(hours=1), acting(agent)
    lifecycle.reply(ticket, text="1, 2, 3", by=by, at=at)
    lifecycle.promise(ticket, kind="replacement", due_at=at + timedelta(days=2), by=by, at=at)
    lifecycle.escalate(ticket, note=lifecycle.HandOver(known="E04", expected="E05"), by=by, at=at)
    return ticket


@each_language
@pytest.mark.parametrize("name", OPEN_TO_ALL)
def test_a_page_for_everybody_has_no_english_left(desk: None, name: str, language: str) -> None:
    assert read(browser(language), reverse(name), language) == []


@each_language
@pytest.mark.parametrize("name", SIGNED_IN)
def test_a_customers_page_has_no_english_left(ticket: Ticket, alice: Customer, name: str, language: str) -> None:
    assert read(browser(language, alice.user), reverse(name), language) == []


@each_language
def test_a_request_has_no_english_left(ticket: Ticket, alice: Customer, language: str) -> None:
    address = reverse("conversations:case", args=[ticket.reference])
    assert read(browser(language, alice.user), address, language) == []


@each_language
def test_the_page_after_sending_has_no_english_left(alice: Customer, agent: Agent, language: str) -> None:
    address = reverse("conversations:sent", args=[open_ticket(alice, subject="E04").reference])
    assert read(browser(language, alice.user), address, language) == []


@each_language
def test_the_questions_have_no_english_left(alice: Customer, language: str) -> None:
    other = Category.objects.get(slug="other")
    draft = IntakeDraft.objects.create(customer=alice, category=other, updated_at=NOW)
    address = reverse("conversations:new_details", args=[draft.pk])
    assert read(browser(language, alice.user), address, language) == []


@each_language
def test_mistakes_are_explained_without_english(alice: Customer, language: str) -> None:
    other = Category.objects.get(slug="other")
    draft = IntakeDraft.objects.create(customer=alice, category=other, updated_at=NOW)
    page = browser(language, alice.user).post(reverse("conversations:new_details", args=[draft.pk]))
    assert english_left(page.content.decode(), language) == []


@each_language
def test_a_page_that_is_not_there_has_no_english_left(desk: None, language: str) -> None:
    page = browser(language).get("/nowhere/")
    assert page.status_code == 404
    assert english_left(page.content.decode(), language) == []


@each_language
@pytest.mark.parametrize("name", STAFF)
def test_a_page_of_the_workspace_has_no_english_left(ticket: Ticket, lead: Agent, name: str, language: str) -> None:
    assert read(browser(language, lead.user), reverse(name), language) == []


@each_language
def test_a_ticket_in_the_workspace_has_no_english_left(ticket: Ticket, lead: Agent, language: str) -> None:
    address = reverse("admin:ticket", args=[ticket.reference])
    assert read(browser(language, lead.user), address, language) == []


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_pages_with_files_and_times_open_in_every_language(
    ticket: Ticket, alice: Customer, lead: Agent, language: str
) -> None:
    """Lists and times in words come from Babel, whose data has gaps in some languages."""
    draft = IntakeDraft.objects.create(customer=alice, category=ticket.category, updated_at=NOW)
    hers, theirs = browser(language, alice.user), browser(language, lead.user)
    opened = [
        hers.get(reverse("conversations:new_details", args=[draft.pk])),
        hers.get(reverse("conversations:case", args=[ticket.reference])),
        theirs.get(reverse("admin:ticket", args=[ticket.reference])),
        theirs.get(reverse("admin:queue"), {"tab": "all"}),
    ]
    assert [(page.status_code, page.headers["Content-Language"]) for page in opened] == [(200, language)] * 4


def test_the_search_for_english_finds_it() -> None:
    assert english_left('<p>Sign out</p><img alt="Good morning, Alice"><p>Esci</p>', "it") == [
        "Good morning, Alice",
        "Sign out",
    ]


@each_language
def test_each_language_is_offered_by_its_own_name(desk: None, language: str) -> None:
    page = browser(language).get(reverse("account_login")).content.decode()
    names = dict(re.findall(r'<button name="language" value="(\w+)"[^>]*>([^<]+)', page))
    assert (names["en"], names["it"], names["de"]) == ("English", "Italiano", "Deutsch")
