"""What a customer does from the front door to the rating, in a real browser, with scripts and without."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from tests.attachments.crafted import PROGRAM
from tests.browser import mails
from tests.browser.conftest import Visit
from tests.browser.shop import MACHINE, SERIAL, photograph, settle, topic_of_broken_things
from tests.factories import PASSWORD, OrderFactory, OrderLineFactory, acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Customer, Message, OrderLine, Rating, Ticket

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
STORY = "It heats up, then the pump never starts."

PHOTO: FilePayload = {"name": "display.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
INSTALLER: FilePayload = {"name": "setup.exe", "mimeType": "application/octet-stream", "buffer": PROGRAM}
DISGUISED: FilePayload = {"name": "holiday.jpg", "mimeType": "image/jpeg", "buffer": PROGRAM}


@pytest.fixture
def alice(alice: Customer) -> Customer:
    """As she is once she has signed up: her address proven, her clock the same on pages and in mail."""
    settle(alice)
    return alice


@pytest.fixture
def machine(alice: Customer) -> OrderLine:
    """What Alice bought, and a topic to write about it under."""
    topic_of_broken_things()
    order = OrderFactory.create(customer=alice, number="10482")
    return OrderLineFactory.create(order=order, product=MACHINE, serial_number="")


def has_focus(page: Page, id_: str) -> bool:
    return bool(page.evaluate("id => document.activeElement.id === id", id_))


# --- The front door ---------------------------------------------------------------------------------------------------


@SCRIPTS
def test_a_customer_signs_in_with_a_password(visit: Visit, alice: Customer, scripts: bool) -> None:
    page = visit(java_script_enabled=scripts).go("/")
    page.get_by_label("E-mail address").fill("alice@example.com")
    page.get_by_text("Use my password").click()
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Alice")


@SCRIPTS
def test_a_customer_signs_in_with_a_code_from_the_mail(visit: Visit, alice: Customer, scripts: bool) -> None:
    page = visit(java_script_enabled=scripts).go("/")
    page.get_by_label("E-mail address").fill("alice@example.com")
    page.get_by_role("button", name="Continue").click()
    code = re.search(r"\b\d{6}\b", mails.newest("account", "alice@example.com").text)
    assert code
    page.get_by_label("Six digits").fill(code[0])
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Alice")


# --- From the question to the rating ----------------------------------------------------------------------------------


@SCRIPTS
def test_a_customer_writes_is_answered_and_rates(
    visit: Visit, alice: Customer, agent: Agent, machine: OrderLine, scripts: bool
) -> None:
    visitor = visit(alice.user, java_script_enabled=scripts)
    page = visitor.go("/")
    page.get_by_role("link", name="Get help with this order").click()
    page.get_by_role("radio", name=MACHINE).check()
    page.get_by_role("radio", name="Something is broken").check()
    page.get_by_role("button", name="Continue").click()

    _answer_with_a_mistake_and_a_refused_file(page)
    page.get_by_label("Serial number").fill(SERIAL)
    page.get_by_role("button", name="Continue to check").last.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers before you send")
    for answer in (MACHINE, SERIAL, "E04 – TANK?", STORY, "I cannot use it at all", "display.jpg"):
        expect(page.get_by_role("main")).to_contain_text(answer)
    page.get_by_role("button", name="Send my request").click()

    ticket = Ticket.objects.get()
    _promised_the_same_on_the_page_and_in_the_mail(page, ticket)

    page.get_by_role("link", name="See your request").click()
    assert visitor.path == f"/requests/{ticket.reference}/"
    lifecycle.reply(ticket, text="Please rinse the valve of the tank.", by=acting(agent), at=timezone.now())
    page.reload()
    expect(page.get_by_text("Please rinse the valve of the tank.")).to_be_visible()
    expect(page.locator("dl.strip")).to_contain_text("Your turn")

    page.get_by_label("Write to Marta").fill("That helped, thank you!")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Your message was sent.")).to_be_visible()
    expect(page.locator(".thread")).to_contain_text("That helped, thank you!")

    page.get_by_role("button", name="It is solved").click()
    expect(page.get_by_role("heading", name="This request is solved")).to_be_visible()

    page.get_by_label("What is not solved yet?").fill("E04 is back.")
    page.get_by_role("button", name="Send and open it again").click()
    expect(page.locator(".thread")).to_contain_text("E04 is back.")
    expect(page.get_by_role("heading", name="This request is solved")).to_have_count(0)

    lifecycle.resolve(ticket, by=acting(agent), at=timezone.now())
    _rated_from_the_link_in_the_mail(visit, ticket, scripts)


def _answer_with_a_mistake_and_a_refused_file(page: Page) -> None:
    """Half a serial number, and a program among the files: both are named, and nothing else is lost."""
    page.get_by_label("Serial number").fill("B2X41")
    page.get_by_label("Exact error message").fill("E04 – TANK?")
    page.get_by_label("What happened?").fill(STORY)
    page.get_by_role("radio", name="I cannot use it at all").check()
    page.get_by_label("Photos or files").set_input_files([PHOTO, INSTALLER])
    page.get_by_role("button", name="Continue to check").last.click()

    summary = page.locator("[data-error-summary]")
    expect(summary).to_contain_text("Enter all 9 characters. They are on the plate under the machine.")
    expect(page).to_have_title(re.compile(r"^Error: "))
    expect(page.get_by_label("What happened?")).to_have_value(STORY)
    expect(page.get_by_label("Exact error message")).to_have_value("E04 – TANK?")
    expect(page.get_by_role("radio", name="I cannot use it at all")).to_be_checked()
    expect(page.locator("#files")).to_contain_text("display.jpg")
    summary.get_by_role("link", name="Enter all 9 characters").click()
    assert has_focus(page, "id_question_serial")


def _promised_the_same_on_the_page_and_in_the_mail(page: Page, ticket: Ticket) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, Alice. We have your request.")
    expect(page.locator(".stub .ref")).to_have_text(ticket.reference)
    promise = page.locator(".stub time")
    expect(promise).to_be_visible()
    mail = mails.newest("acknowledgement", "alice@example.com")
    assert promise.inner_text() in mail.text
    assert ticket.reference in mail.text


def _rated_from_the_link_in_the_mail(visit: Visit, ticket: Ticket, scripts: bool) -> None:
    """Whoever has the mail need not sign in."""
    link = re.search(r"http\S+/rate/\S+", mails.newest("resolved", "alice@example.com").text)
    assert link
    page = visit(java_script_enabled=scripts).go(link[0])
    page.get_by_role("radio", name="Very good").check()
    page.get_by_label("Anything to add?").fill("Quick and kind.")
    page.get_by_role("button", name="Send my rating").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Rating.objects.filter(ticket=ticket).values_list("stars", "comment").get() == (5, "Quick and kind.")


# --- Mistakes ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def case(alice: Customer, agent: Agent, machine: OrderLine) -> Ticket:
    return open_ticket(alice, at=timezone.now())


def test_the_browser_says_at_once_that_a_program_is_not_taken(visit: Visit, alice: Customer, case: Ticket) -> None:
    page = visit(alice.user).go(f"/requests/{case.reference}/")
    page.locator("#id_text").fill(STORY)
    page.get_by_label("Photos or files").set_input_files([PHOTO, INSTALLER])
    expect(page.locator("#files")).to_contain_text("setup.exe")
    expect(page.locator("#files")).to_contain_text("Not attached")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Your message was sent.")).to_be_visible()
    message = Message.objects.get(text=STORY)
    assert [file.name for file in message.attachments.all()] == ["display.jpg"]


@SCRIPTS
def test_a_program_that_is_called_a_picture_is_refused_and_the_text_is_kept(
    visit: Visit, alice: Customer, case: Ticket, scripts: bool
) -> None:
    page = visit(alice.user, java_script_enabled=scripts).go(f"/requests/{case.reference}/")
    page.locator("#id_text").fill(STORY)
    page.get_by_label("Photos or files").set_input_files([DISGUISED])
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("[data-error-summary]")).to_contain_text("holiday.jpg")
    expect(page.locator("#id_text")).to_have_value(STORY)
    assert not Message.objects.filter(text=STORY).exists()


def test_the_error_summary_has_the_focus_when_the_page_comes_back(visit: Visit, alice: Customer, case: Ticket) -> None:
    page = visit(alice.user).go(f"/requests/{case.reference}/")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()


def test_somebody_elses_request_is_not_there(visit: Visit, bob: Customer, case: Ticket) -> None:
    page = visit(bob.user).go(f"/requests/{case.reference}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text(case.subject)).to_have_count(0)
