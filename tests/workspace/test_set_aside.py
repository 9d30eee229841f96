"""Mail that was set aside: agents see why, read it without harm, and decide what becomes of it."""

import re
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.attachments.crafted import picture
from tests.factories import CategoryFactory, TeamFactory, acting, open_ticket
from tests.inbox.stage import bring, written
from tests.workspace.conftest import SignIn
from tickets import lifecycle
from tickets.inbox import actions
from tickets.inbox.models import InboundState, RawMail, Reason
from tickets.inbox.parse import Problem
from tickets.models import Agent, Category, Customer, Ticket, User
from tickets.workspace.inbox.words import MEANINGS, PROBLEMS

LIST = reverse("admin:tickets_rawmail_changelist")
START = reverse("admin:index")
STRANGER = "dora@elsewhere.example"


@pytest.fixture
def mail(desk: None, now: datetime) -> RawMail:
    """A stranger wrote, about no ticket."""
    return set_aside(STRANGER, subject="The steam wand drips")


@pytest.fixture
def ticket(agent: Agent, alice: Customer) -> Ticket:
    return open_ticket(alice)


def set_aside(sender: str = STRANGER, text: str = "It drips.", **headers: Any) -> RawMail:
    mail = bring(written(sender, text, **headers))
    assert mail.state == InboundState.SET_ASIDE
    return mail


def with_html(html: str, *, name: str = "") -> RawMail:
    message: EmailMessage = written(STRANGER, "It drips.")
    message.add_alternative(html, subtype="html")
    if name:
        message.add_attachment(picture("JPEG"), maintype="image", subtype="jpeg", filename=name)
    return bring(message)


def page_of(client: Client, mail: RawMail) -> str:
    return client.get(reverse("admin:tickets_rawmail_change", args=[mail.pk])).content.decode()


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def press(client: Client, name: str, mail: RawMail) -> str:
    return client.post(reverse(f"admin:{name}", args=[mail.pk]), follow=True).content.decode()


def attach(client: Client, mail: RawMail, ticket: Ticket, words: str) -> Any:
    address = reverse("admin:inbound_attach", args=[mail.pk])
    return client.post(address, {"reference": ticket.reference, "words": words}, follow=True)


def open_from(client: Client, mail: RawMail, **changes: Any) -> Any:
    topic = Category.objects.get(slug="other")
    given = {"address": mail.sender, "category": topic.pk, "subject": "Drips", "language": "it", **changes}
    return client.post(reverse("admin:inbound_open", args=[mail.pk]), given, follow=True)


# --- The words --------------------------------------------------------------------------------------------------------


def test_every_reason_for_setting_aside_is_explained() -> None:
    assert MEANINGS.keys() == set(Reason) - {Reason.DUPLICATE, Reason.OURS}


def test_every_problem_of_reading_has_its_sentence() -> None:
    assert PROBLEMS.keys() == set(Problem)


# --- The list ---------------------------------------------------------------------------------------------------------


def test_the_list_says_who_wrote_and_why_it_is_there(desk_client: Client, mail: RawMail) -> None:
    html = desk_client.get(LIST).content.decode()
    assert [word for word in (STRANGER, "The steam wand drips", "It belongs to no ticket") if word not in html] == []


def test_what_was_decided_is_listed_no_more_unless_asked_for(desk_client: Client, mail: RawMail) -> None:
    press(desk_client, "inbound_discard", mail)
    assert STRANGER not in desk_client.get(LIST).content.decode()
    for state in ("discarded", "all"):
        assert STRANGER in desk_client.get(LIST, {"state": state}).content.decode()


def test_the_list_can_be_narrowed_by_reason(desk_client: Client, mail: RawMail) -> None:
    set_aside("robot@elsewhere.example", auto_submitted="auto-generated")
    html = desk_client.get(LIST, {"reason__exact": "automatic"}).content.decode()
    assert ("robot@elsewhere.example" in html, STRANGER in html) == (True, False)


@pytest.mark.parametrize("words", ["dora@else", "steam wand", "<one@elsewhere.example>", "one@elsewhere.example"])
def test_it_is_found_by_sender_subject_and_message_id(desk_client: Client, desk: None, words: str) -> None:
    set_aside(STRANGER, subject="The steam wand drips", message_id="<one@elsewhere.example>")
    set_aside("emil@elsewhere.example", subject="Else")
    html = desk_client.get(LIST, {"q": words}).content.decode()
    assert (STRANGER in html, "emil@elsewhere.example" in html) == (True, False)


def test_mail_on_a_restricted_ticket_is_not_listed_for_others(
    desk_client: Client, alice: Customer, mail: RawMail
) -> None:
    theirs = CategoryFactory.create(restricted=True, team=TeamFactory.create(name="Theirs"))
    RawMail.objects.update(ticket=open_ticket(alice, category=theirs))
    assert STRANGER not in desk_client.get(LIST, {"state": "all"}).content.decode()
    assert desk_client.get(reverse("admin:tickets_rawmail_change", args=[mail.pk])).status_code == 404


def test_the_list_costs_the_same_for_any_number(
    desk_client: Client, mail: RawMail, django_assert_max_num_queries: Any
) -> None:
    RawMail.objects.bulk_create(
        RawMail(
            mailbox="pipe", sha256=f"{number}", size=9, state="set_aside", reason="no_ticket",
            received_at=mail.received_at, next_try_at=mail.received_at,
        )
        for number in range(30)
    )  # fmt: skip
    with django_assert_max_num_queries(11):
        desk_client.get(LIST)


def test_several_are_discarded_at_once(desk_client: Client, mail: RawMail, agent: Agent) -> None:
    another = set_aside("emil@elsewhere.example")
    desk_client.post(LIST, {"action": "discard", "_selected_action": [mail.pk, another.pk]})
    assert set(RawMail.objects.values_list("state", "decided_by")) == {(InboundState.DISCARDED, agent.user.pk)}


def test_what_waits_is_counted_on_the_start_page(desk_client: Client, mail: RawMail) -> None:
    tiles = {tile.label: tile.number for tile in desk_client.get(START).context["tiles"]}
    assert tiles["Mail set aside"] == "1"


def test_leads_have_it_among_what_is_to_do(lead_client: Client, mail: RawMail) -> None:
    assert "Decide about mail that was set aside" in lead_client.get(START).content.decode()


def test_customers_see_none_of_it(customer_client: Client, mail: RawMail) -> None:
    for name in ("tickets_rawmail_change", "inbound_html", "inbound_source", "inbound_attach", "inbound_open"):
        response = customer_client.get(reverse(f"admin:{name}", args=[mail.pk]))
        assert (name, response.status_code) == (name, 302)


def test_who_does_not_work_here_decides_nothing(mail: RawMail, sign_in: SignIn) -> None:
    client = sign_in(User.objects.create(email="officer@shop.example", is_staff=True))
    for name in ("inbound_attach", "inbound_open", "inbound_discard", "inbound_read_again"):
        assert client.post(reverse(f"admin:{name}", args=[mail.pk])).status_code == 403
    assert client.get(LIST).status_code == 403


# --- One message ------------------------------------------------------------------------------------------------------


def test_a_message_says_why_it_was_set_aside_and_what_to_do(desk_client: Client, mail: RawMail) -> None:
    said = words_of(page_of(desk_client, mail))
    assert "Nothing in it names a ticket" in said
    assert "If it is about a request, attach it." in said
    assert "It drips." in said


def test_what_is_quoted_is_folded_away(desk_client: Client, desk: None) -> None:
    mail = set_aside(text="It drips.\n\nOn Mon, 23 Nov 2026 at 09:00, Shop <shop@else.example> wrote:\n> Buy now!\n")
    html = page_of(desk_client, mail)
    assert "Buy now!" in html[html.index("<details>") :]
    assert "Buy now!" not in html[html.index('id="words"') : html.index("<details>", html.index('id="words"'))]


def test_words_that_look_like_a_page_stay_words(desk_client: Client, desk: None) -> None:
    mail = set_aside(subject="<b>x</b>", text="<script>alert(1)</script>")
    html = page_of(desk_client, mail)
    assert "<script>alert(1)" not in html
    assert "<b>x</b>" not in html


def test_files_say_whether_they_come_in(desk_client: Client, desk: None) -> None:
    message = written(STRANGER, "Look.")
    message.add_attachment(picture("JPEG"), maintype="image", subtype="jpeg", filename="wand.jpg")
    message.add_attachment(b"MZ" + bytes(60), maintype="application", subtype="zip", filename="wand.exe")
    said = words_of(page_of(desk_client, bring(message)))
    assert re.search(r"wand\.jpg image/jpeg · .{3,12} Comes in with the message", said)
    assert re.search(r"wand\.exe \S+ · 62 bytes Is left out The file is a program or a script", said)


def test_files_for_which_there_is_no_room_say_so_pictures_within_the_text_first(
    desk_client: Client, desk: None, settings: Any
) -> None:
    settings.ATTACHMENT_LIMITS = {**settings.ATTACHMENT_LIMITS, "max_files": 1}
    message = written(STRANGER, "Look.")
    for name, where in (("logo.jpg", "inline"), ("wand.jpg", "attachment")):
        message.add_attachment(picture("JPEG"), "image", "jpeg", filename=name, disposition=where, cid="<a@b>")
    said = words_of(page_of(desk_client, bring(message)))
    assert re.search(r"wand\.jpg image/jpeg · .{3,12} Comes in", said)
    assert re.search(r"logo\.jpg image/jpeg · .{3,12} Is left out", said)


def test_encrypted_mail_says_what_to_ask_the_sender_for(desk_client: Client, desk: None) -> None:
    raw = (
        b"From: dora@elsewhere.example\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"\n\n'
        b"--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
        b"--b\nContent-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n--b--\n"
    )
    assert "Ask the sender to write without encryption." in page_of(desk_client, bring(raw))


def test_the_formatted_part_stands_in_a_frame_that_trusts_nothing(desk_client: Client, desk: None) -> None:
    mail = with_html('<p>Hi <script>alert(1)</script><a href="https://evil.example">there</a></p>')
    assert f'<iframe class="sheet" sandbox loading="lazy" src="{reverse("admin:inbound_html", args=[mail.pk])}"' in (
        page_of(desk_client, mail)
    )
    response = desk_client.get(reverse("admin:inbound_html", args=[mail.pk]))
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.content.decode().endswith("<p>Hi there</p>")


def test_what_workers_failed_to_read_is_read_only_at_its_beginning(
    desk_client: Client, mail: RawMail, settings: Any
) -> None:
    settings.INBOUND_MAX_BYTES = 400_000
    large = actions.receive(
        written(STRANGER, "It drips.\n" + "x\n" * 300_000).as_bytes(), mailbox="pipe", at=mail.received_at
    )
    html = page_of(desk_client, large)
    assert "Only the beginning is shown" in html
    assert "It drips." in html
    assert reverse("admin:inbound_attach", args=[large.pk]) not in html


def test_a_message_that_the_storage_does_not_hand_out_can_still_be_discarded(
    desk_client: Client, mail: RawMail
) -> None:
    mail.file.storage.delete(str(mail.file.name))
    html = page_of(desk_client, mail)
    assert "cannot be opened at the moment" in html
    assert reverse("admin:inbound_discard", args=[mail.pk]) in html


def test_leads_download_it_as_it_came(lead_client: Client, mail: RawMail) -> None:
    response = lead_client.get(reverse("admin:inbound_source", args=[mail.pk]))
    content = b"".join(response.streaming_content)
    assert content == written(STRANGER, "It drips.", subject="The steam wand drips").as_bytes()
    assert response.headers["Content-Type"] == "text/plain"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_agents_do_not_get_the_bytes(desk_client: Client, mail: RawMail) -> None:
    address = reverse("admin:inbound_source", args=[mail.pk])
    assert desk_client.get(address).status_code == 404
    assert address not in page_of(desk_client, mail)


# --- To a ticket ------------------------------------------------------------------------------------------------------


def test_before_it_is_attached_one_sees_whose_ticket_it_is(desk_client: Client, mail: RawMail, ticket: Ticket) -> None:
    address = reverse("admin:inbound_attach", args=[mail.pk])
    said = words_of(desk_client.get(address, {"reference": ticket.reference.lower()}).content.decode())
    assert "This ticket belongs to Alice Byrne" in said
    assert "The mail does not come from the customer’s address" in said
    mail.refresh_from_db()
    assert mail.state == InboundState.SET_ASIDE


def test_tickets_of_the_sender_are_offered(desk_client: Client, ticket: Ticket) -> None:
    mail = set_aside("alice@example.com")
    html = desk_client.get(reverse("admin:inbound_attach", args=[mail.pk])).content.decode()
    assert f"?reference={ticket.reference}" in html


def test_as_the_customers_own_words(desk_client: Client, mail: RawMail, ticket: Ticket, agent: Agent) -> None:
    page = attach(desk_client, mail, ticket, "customer").content.decode()
    message = ticket.messages.latest("pk")
    assert (message.text, message.internal, message.author_kind) == ("It drips.", False, "customer")
    mail.refresh_from_db()
    assert (mail.state, mail.ticket, mail.decided_by) == (InboundState.FILED, ticket, agent.user)
    assert "The message is on the ticket." in page


def test_as_words_that_nobody_vouches_for(desk_client: Client, mail: RawMail, ticket: Ticket) -> None:
    attach(desk_client, mail, ticket, "nobody")
    message = ticket.messages.latest("pk")
    assert (message.internal, message.author_kind, message.sender) == (True, "sender", STRANGER)


def test_a_reference_that_means_nothing_comes_back_as_it_was_typed(desk_client: Client, mail: RawMail) -> None:
    response = desk_client.get(reverse("admin:inbound_attach", args=[mail.pk]), {"reference": "K7Q4-9M"})
    assert "There is no ticket with this reference that you may read." in response.content.decode()
    assert 'value="K7Q4-9M"' in response.content.decode()


def test_restricted_tickets_are_not_there_for_others(desk_client: Client, alice: Customer) -> None:
    theirs = CategoryFactory.create(restricted=True, team=TeamFactory.create(name="Theirs"))
    secret = open_ticket(alice, category=theirs)
    mail = set_aside("alice@example.com", subject=f"About {secret.reference}", auto_submitted="auto-generated")
    address = reverse("admin:inbound_attach", args=[mail.pk])
    assert f"?reference={secret.reference}" not in desk_client.get(address).content.decode()
    assert attach(desk_client, mail, secret, "customer").status_code == 422
    assert secret.messages.count() == 1


def test_a_merged_ticket_leads_to_where_it_went(
    desk_client: Client, mail: RawMail, ticket: Ticket, bob: Customer
) -> None:
    went_to = open_ticket(bob)
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=went_to)
    address = reverse("admin:inbound_attach", args=[mail.pk])
    said = words_of(desk_client.get(address, {"reference": ticket.reference}).content.decode())
    assert "This ticket belongs to Bob Byrne" in said


def test_a_merged_ticket_leads_nobody_to_what_they_may_not_read(
    desk_client: Client, mail: RawMail, ticket: Ticket, bob: Customer
) -> None:
    theirs = CategoryFactory.create(restricted=True, team=TeamFactory.create(name="Theirs"))
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=open_ticket(bob, category=theirs))
    address = reverse("admin:inbound_attach", args=[mail.pk])
    assert "Bob Byrne" not in desk_client.get(address, {"reference": ticket.reference}).content.decode()


def test_a_closed_ticket_says_that_a_new_one_is_opened(
    desk_client: Client, mail: RawMail, ticket: Ticket, agent: Agent, now: datetime
) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    lifecycle.close(ticket, by=acting(agent), at=now)
    address = reverse("admin:inbound_attach", args=[mail.pk])
    assert "The ticket is closed." in desk_client.get(address, {"reference": ticket.reference}).content.decode()
    attach(desk_client, mail, ticket, "customer")
    assert Ticket.objects.get(follow_up_of=ticket).messages.get().text == "It drips."


# --- A new ticket -----------------------------------------------------------------------------------------------------


def test_the_form_is_filled_with_what_the_message_says(desk_client: Client, mail: RawMail) -> None:
    form = desk_client.get(reverse("admin:inbound_open", args=[mail.pk])).context["form"]
    assert [form[name].value() for name in ("address", "subject", "language")] == [
        STRANGER,
        "The steam wand drips",
        "en",
    ]


def test_a_request_of_the_customer_with_that_address(desk_client: Client, alice: Customer) -> None:
    Customer.objects.filter(pk=alice.pk).update(email="Alice@example.com")
    mail = set_aside("alice@example.com", subject="Drips")
    open_from(desk_client, mail)
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.subject, ticket.language, ticket.channel) == (alice, "Drips", "it", "mail")


def test_a_stranger_becomes_a_customer(desk_client: Client, mail: RawMail) -> None:
    open_from(desk_client, mail)
    assert Ticket.objects.get().customer.email == STRANGER


def test_mail_without_a_sender_needs_a_customer(desk_client: Client, alice: Customer) -> None:
    mail = bring(b"To: support@shop.example\nSubject: Drips\n\nIt drips.\n")
    assert open_from(desk_client, mail, address="").status_code == 422
    open_from(desk_client, mail, address="ALICE@example.com")
    assert Ticket.objects.get().customer == alice


def test_an_address_that_nobody_wrote_from_makes_no_customer_and_loses_nothing(
    desk_client: Client, mail: RawMail
) -> None:
    response = open_from(desk_client, mail, address="typo@elsewhere.example", subject="My own words")
    assert response.status_code == 422
    assert "No customer has this address." in response.content.decode()
    assert response.context["form"]["subject"].value() == "My own words"
    assert not Customer.objects.exists()


# --- Neither ----------------------------------------------------------------------------------------------------------


def test_what_was_discarded_can_be_read_again(desk_client: Client, mail: RawMail, agent: Agent) -> None:
    assert "The message was discarded, and is kept." in press(desk_client, "inbound_discard", mail)
    html = page_of(desk_client, mail)
    assert f"<bdi>{agent.user}</bdi>" in html
    assert "Undo: read it again" in html
    press(desk_client, "inbound_read_again", mail)
    mail.refresh_from_db()
    assert mail.state == InboundState.RECEIVED


def test_what_could_not_be_read_is_first_offered_to_be_read_again(desk_client: Client, mail: RawMail) -> None:
    RawMail.objects.update(reason=Reason.TROUBLE, last_error="OSError: disk")
    html = page_of(desk_client, mail)
    assert "Read it again" in html
    assert "OSError: disk" in html


def test_who_comes_second_sees_that_it_was_decided(
    desk_client: Client, mail: RawMail, ticket: Ticket, senior: Agent, now: datetime
) -> None:
    actions.discard(mail, by=acting(senior), at=now)
    for response in (
        attach(desk_client, mail, ticket, "customer"),
        open_from(desk_client, mail),
        desk_client.post(reverse("admin:inbound_discard", args=[mail.pk]), follow=True),
    ):
        said = words_of(response.content.decode())
        assert "Somebody has decided about this message already." in said
        assert "Tomasz Nowak" in said
    assert (ticket.messages.count(), Ticket.objects.count()) == (1, 1)


@pytest.mark.parametrize("act", ["inbound_attach", "inbound_open"])
def test_nobody_fills_in_a_form_for_what_was_decided(
    desk_client: Client, mail: RawMail, senior: Agent, now: datetime, act: str
) -> None:
    actions.discard(mail, by=acting(senior), at=now)
    response = desk_client.get(reverse(f"admin:{act}", args=[mail.pk]))
    assert response.headers["Location"] == reverse("admin:tickets_rawmail_change", args=[mail.pk])
