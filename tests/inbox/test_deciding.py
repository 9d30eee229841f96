"""What somebody at the desk makes of mail that was set aside."""

from datetime import timedelta

import pytest

from tests.factories import NOW, CategoryFactory, acting, open_ticket
from tests.inbox.stage import answer, bring, mailed, written
from tickets import lifecycle
from tickets.audit.actor import ActorKind
from tickets.errors import NotAllowed
from tickets.inbox import actions
from tickets.inbox.models import InboundState, RawMail, Reason
from tickets.inbox.process import process
from tickets.models import Agent, Category, Customer, Message, Ticket

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def topic(desk: None) -> Category:
    return Category.objects.get(slug="other")


def set_aside(sender: str = "alice@example.com", **headers: str) -> RawMail:
    mail = bring(written(sender, **headers))
    assert mail.state == InboundState.SET_ASIDE
    return mail


def now_it_is(mail: RawMail) -> tuple[object, ...]:
    mail.refresh_from_db()
    return mail.state, mail.reason, mail.decided_by, mail.decided_at


# --- It belongs to a ticket -------------------------------------------------------------------------------------------


def test_what_the_customer_wrote_becomes_their_message(ticket: Ticket, agent: Agent) -> None:
    mail = set_aside()
    message = actions.attach(mail, ticket, by=acting(agent), at=LATER)
    assert (message.author_kind, message.internal, message.text) == (ActorKind.CUSTOMER, False, "It still stops.")
    assert now_it_is(mail) == (InboundState.FILED, "", agent.user, LATER)
    assert (mail.ticket, mail.message) == (ticket, message)


def test_what_somebody_else_wrote_becomes_a_contribution(ticket: Ticket, agent: Agent) -> None:
    message = actions.attach(set_aside("dora@elsewhere.example"), ticket, by=acting(agent), at=LATER)
    assert (message.author_kind, message.internal, message.sender) == (ActorKind.SENDER, True, "dora@elsewhere.example")


@pytest.mark.parametrize("as_customers", [True, False])
def test_the_agent_may_know_better_whose_words_they_are(ticket: Ticket, agent: Agent, as_customers: bool) -> None:
    sender = "dora@elsewhere.example" if as_customers else "alice@example.com"
    message = actions.attach(set_aside(sender), ticket, by=acting(agent), at=LATER, as_customers=as_customers)
    assert message.author_kind == (ActorKind.CUSTOMER if as_customers else ActorKind.SENDER)


def test_what_a_machine_wrote_stays_a_machines(ticket: Ticket, agent: Agent) -> None:
    message = actions.attach(set_aside(auto_submitted="auto-generated"), ticket, by=acting(agent), at=LATER)
    assert (message.author_kind, message.automatic) == (ActorKind.SENDER, True)


def test_nobody_is_told_of_what_they_filed_themselves(ticket: Ticket, agent: Agent) -> None:
    actions.attach(set_aside("dora@elsewhere.example"), ticket, by=acting(agent), at=LATER)
    assert mailed("somebody_wrote") == []


def test_on_a_closed_ticket_it_is_on_the_follow_up(ticket: Ticket, agent: Agent) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=NOW)
    lifecycle.close(ticket, by=acting(agent), at=NOW)
    mail = set_aside()
    actions.attach(mail, ticket, by=acting(agent), at=LATER)
    mail.refresh_from_db()
    assert mail.ticket is not None
    assert mail.ticket.follow_up_of == ticket


def test_an_answer_to_it_finds_the_ticket(ticket: Ticket, agent: Agent) -> None:
    mail = set_aside()
    actions.attach(mail, ticket, by=acting(agent), at=LATER)
    assert bring(written(text="And more.", in_reply_to=mail.rfc_message_id)).ticket == ticket


def test_nothing_is_added_to_what_is_left_of_an_erased_customer(ticket: Ticket, agent: Agent) -> None:
    mail = set_aside()
    Customer.objects.update(erased_at=NOW)
    with pytest.raises(NotAllowed):
        actions.attach(mail, ticket, by=acting(agent), at=LATER)


def test_two_people_decide_once(ticket: Ticket, agent: Agent, topic: Category) -> None:
    mail = set_aside()
    actions.attach(mail, ticket, by=acting(agent), at=LATER)
    for decide in (
        lambda: actions.attach(mail, ticket, by=acting(agent), at=LATER),
        lambda: actions.open_ticket(mail, category=topic, by=acting(agent), at=LATER),
        lambda: actions.discard(mail, by=acting(agent), at=LATER),
        lambda: actions.read_again(mail, by=acting(agent), at=LATER),
    ):
        with pytest.raises(NotAllowed):
            decide()
    assert Message.objects.filter(ticket=ticket).count() == 2


def test_what_is_too_large_to_be_read_can_only_be_discarded(ticket: Ticket, agent: Agent, settings) -> None:
    settings.INBOUND_MAX_BYTES = 10
    mail = set_aside()
    for decide in (
        lambda: actions.attach(mail, ticket, by=acting(agent), at=LATER),
        lambda: actions.read_again(mail, by=acting(agent), at=LATER),
    ):
        with pytest.raises(NotAllowed):
            decide()
    actions.discard(mail, by=acting(agent), at=LATER)
    assert now_it_is(mail)[0] == InboundState.DISCARDED


# --- A request is made of it ------------------------------------------------------------------------------------------


def test_a_customers_mail_becomes_their_request(alice: Customer, agent: Agent, topic: Category) -> None:
    mail = set_aside("Alice@Example.com", subject="E04 again")
    ticket = actions.open_ticket(mail, category=topic, by=acting(agent), at=LATER)
    assert (ticket.customer, ticket.subject, ticket.channel, ticket.category) == (alice, "E04 again", "mail", topic)
    assert (ticket.messages.get().text, ticket.messages.get().author_kind) == ("It still stops.", ActorKind.CUSTOMER)
    assert now_it_is(mail) == (InboundState.FILED, "", agent.user, LATER)
    assert (mail.ticket, mail.message) == (ticket, ticket.messages.get())


def test_it_is_acknowledged(agent: Agent, topic: Category) -> None:
    actions.open_ticket(set_aside("dora@elsewhere.example"), category=topic, by=acting(agent), at=LATER)
    assert mailed("acknowledgement") == ["dora@elsewhere.example"]


def test_a_stranger_becomes_a_customer(agent: Agent, topic: Category) -> None:
    mail = set_aside("Dora Klein <dora@elsewhere.example>", content_language="de-AT")
    customer = actions.open_ticket(mail, category=topic, by=acting(agent), at=LATER).customer
    assert (customer.name, customer.email, customer.language) == ("Dora Klein", "dora@elsewhere.example", "de")
    assert customer.user is None


def test_the_agent_may_know_better_whose_it_is_and_what_it_is_about(
    alice: Customer, agent: Agent, topic: Category
) -> None:
    mail = set_aside("dora@elsewhere.example")
    ticket = actions.open_ticket(
        mail, category=topic, by=acting(agent), at=LATER, customer=alice, subject="The pump", language="it"
    )
    assert (ticket.customer, ticket.subject, ticket.language) == (alice, "The pump", "it")


def test_without_a_subject_it_is_about_how_it_begins(alice: Customer, agent: Agent, topic: Category) -> None:
    ticket = actions.open_ticket(set_aside(subject=""), category=topic, by=acting(agent), at=LATER)
    assert ticket.subject == "It still stops."


def test_without_a_sender_somebody_has_to_say_whose_it_is(agent: Agent, alice: Customer, topic: Category) -> None:
    message = written()
    del message["from"]
    mail = bring(message)
    with pytest.raises(NotAllowed):
        actions.open_ticket(mail, category=topic, by=acting(agent), at=LATER)
    assert actions.open_ticket(mail, category=topic, by=acting(agent), at=LATER, customer=alice).customer == alice


# --- Nobody needs it, or it is read again -----------------------------------------------------------------------------


def test_what_nobody_needs_is_discarded_and_kept(desk: None, agent: Agent) -> None:
    mail = set_aside()
    actions.discard(mail, by=acting(agent), at=LATER)
    assert now_it_is(mail) == (InboundState.DISCARDED, "", agent.user, LATER)
    assert mail.file.size == mail.size


@pytest.mark.parametrize("discarded", [False, True])
def test_reading_again_finds_what_is_known_by_now(agent: Agent, discarded: bool) -> None:
    mail = set_aside(subject="[ABCD-EFGH] E04")
    if discarded:
        actions.discard(mail, by=acting(agent), at=NOW)
    alice = Customer.objects.create(name="Alice", email="alice@example.com")
    ticket = open_ticket(alice, category=CategoryFactory.create())
    Ticket.objects.filter(pk=ticket.pk).update(reference="ABCD-EFGH")
    actions.read_again(mail, by=acting(agent), at=LATER)
    assert process(mail.pk, at=LATER)
    mail.refresh_from_db()
    assert (mail.state, mail.ticket) == (InboundState.FILED, ticket)


def test_a_copy_that_was_dropped_does_not_stand_in_the_way_of_reading_again(agent: Agent) -> None:
    mail = set_aside()
    assert bring(written(), mailbox="other").reason == Reason.DUPLICATE
    actions.read_again(mail, by=acting(agent), at=LATER)
    process(mail.pk, at=LATER)
    assert now_it_is(mail)[:2] == (InboundState.SET_ASIDE, Reason.NO_TICKET)


def test_reading_again_tells_the_workers(agent: Agent, monkeypatch, django_capture_on_commit_callbacks) -> None:
    mail = set_aside()
    told: list[int] = []
    monkeypatch.setattr(actions, "hand_over", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        actions.read_again(mail, by=acting(agent), at=LATER)
    assert told == [mail.pk]


def test_a_filed_message_is_nobodys_to_decide_about(ticket: Ticket, agent: Agent) -> None:
    mail = bring(answer(ticket.mails.get(kind="acknowledgement")))
    with pytest.raises(NotAllowed):
        actions.discard(mail, by=acting(agent), at=LATER)
