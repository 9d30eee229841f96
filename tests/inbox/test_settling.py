"""Which ticket mail goes to, and what it does there: by who wrote it, and by how they know of the ticket."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from tests.factories import NOW, acting, open_ticket
from tests.inbox.stage import answer, bring, mailed, reply_address, written
from tickets import lifecycle
from tickets.audit.actor import Actor, ActorKind
from tickets.desk.statuses import Status
from tickets.inbox import rules
from tickets.inbox.models import InboundState, RawMail, Reason
from tickets.models import Agent, Customer, Message, OutgoingMail, SLAClock, Ticket

HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def ours(ticket: Ticket) -> OutgoingMail:
    """What the customer got from us."""
    return ticket.mails.get(kind="acknowledgement")


@pytest.fixture
def notice(ticket: Ticket, agent: Agent) -> OutgoingMail:
    """What the agent got from us."""
    for nobody_then_somebody in (None, agent):
        lifecycle.assign(ticket, to=nobody_then_somebody, by=Actor.system(), at=NOW)
    return ticket.mails.get(kind="assigned")


def outcome(mail: RawMail) -> tuple[str, str]:
    return mail.state, mail.reason


SET_ASIDE = InboundState.SET_ASIDE


def newest(ticket: Ticket) -> Message:
    return ticket.messages.latest("pk")


# --- The customer answers ---------------------------------------------------------------------------------------------


def test_the_customers_answer_is_their_message(ticket: Ticket, ours: OutgoingMail) -> None:
    mail = bring(answer(ours, "It still stops.\n"))
    message = newest(ticket)
    assert (outcome(mail), mail.ticket, mail.message, mail.ours) == ((InboundState.FILED, ""), ticket, message, ours)
    assert (message.text, message.channel, message.internal) == ("It still stops.", "mail", False)
    assert (message.author_kind, message.author) == (ActorKind.CUSTOMER, ticket.customer.user)


def test_the_list_shows_who_wrote_what_when(ours: OutgoingMail) -> None:
    mail = bring(answer(ours, sender="Alice Byrne <Alice@Example.com>", subject="Re: E04"))
    assert (mail.sender, mail.sender_name, mail.subject) == ("alice@example.com", "Alice Byrne", "Re: E04")
    assert mail.sent_at == datetime.fromisoformat("2026-11-23T09:00:00+00:00")


def test_whoever_has_the_case_is_told(ours: OutgoingMail, agent: Agent) -> None:
    bring(answer(ours))
    assert mailed("customer_wrote") == [agent.user.email]


def test_only_what_the_customer_wrote_themself_is_the_message(ticket: Ticket, ours: OutgoingMail) -> None:
    bring(
        answer(
            ours, "Still E04.\n\nOn Mon, 23 Nov 2026 at 09:00, Sportello <support@shop.example> wrote:\n> We have it.\n"
        )
    )
    assert newest(ticket).text == "Still E04."


def test_mail_without_words_says_at_least_its_subject(ticket: Ticket, ours: OutgoingMail) -> None:
    bring(answer(ours, "", subject="Still E04!"))
    assert newest(ticket).text == "Still E04!"


def test_a_solved_ticket_opens_again(ticket: Ticket, ours: OutgoingMail, agent: Agent) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=NOW)
    bring(answer(ours), at=NOW + HOUR)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.reopened_count) == (Status.OPEN, 1)


def test_a_closed_ticket_gets_a_follow_up_that_is_acknowledged(
    ticket: Ticket, ours: OutgoingMail, agent: Agent
) -> None:
    lifecycle.resolve(ticket, by=acting(agent), at=NOW)
    lifecycle.close(ticket, by=acting(agent), at=NOW)
    mail = bring(answer(ours), at=NOW + HOUR)
    assert mail.ticket == Ticket.objects.get(follow_up_of=ticket)
    assert mailed("acknowledgement") == ["alice@example.com"] * 2


def test_what_follows_goes_to_the_same_follow_up(ticket: Ticket, ours: OutgoingMail, agent: Agent) -> None:
    """Whoever answers an old mail twice has one request, and not two."""
    lifecycle.resolve(ticket, by=acting(agent), at=NOW)
    lifecycle.close(ticket, by=acting(agent), at=NOW)
    first, second = (bring(answer(ours, text), at=NOW + HOUR) for text in ("1", "2"))
    assert first.ticket == second.ticket == Ticket.objects.get(follow_up_of=ticket)


# --- How a message names its ticket -----------------------------------------------------------------------------------

NAMELESS: dict[str, Any] = {"to": "support@shop.example", "in_reply_to": None, "references": None, "subject": "E04"}


@pytest.mark.parametrize("header", ["to", "cc", "delivered_to", "x_original_to", "envelope_to"])
def test_by_the_token_of_a_reply_address(ticket: Ticket, ours: OutgoingMail, header: str) -> None:
    mail = bring(answer(ours, **{**NAMELESS, header: reply_address(ours)}))
    assert (mail.ticket, mail.ours) == (ticket, ours)


def test_by_the_token_that_mail_servers_told(ticket: Ticket, ours: OutgoingMail) -> None:
    mail = bring(answer(ours, **NAMELESS), envelope_recipients=["other@shop.example", reply_address(ours)])
    assert mail.ticket == ticket


@pytest.mark.parametrize("header", ["in_reply_to", "references"])
def test_by_our_message_id(ticket: Ticket, ours: OutgoingMail, header: str) -> None:
    mail = bring(answer(ours, **{**NAMELESS, header: ours.rfc_message_id}))
    assert (mail.ticket, mail.ours) == (ticket, ours)


def test_the_last_reference_counts(alice: Customer, ticket: Ticket, ours: OutgoingMail) -> None:
    other = open_ticket(alice).mails.get(kind="acknowledgement")
    mail = bring(answer(ours, **{**NAMELESS, "references": f"{ours.rfc_message_id} {other.rfc_message_id}"}))
    assert mail.ticket == other.ticket


def test_a_token_is_surer_than_a_message_id(alice: Customer, ticket: Ticket, ours: OutgoingMail) -> None:
    other = open_ticket(alice).mails.get(kind="acknowledgement")
    mail = bring(answer(ours, in_reply_to=other.rfc_message_id, references=other.rfc_message_id))
    assert (mail.ticket, mail.ours) == (ticket, ours)


def test_by_the_message_id_of_mail_that_came_in_earlier(ticket: Ticket, ours: OutgoingMail) -> None:
    first = answer(ours, "First.")
    bring(first)
    mail = bring(answer(ours, "Second.", **{**NAMELESS, "in_reply_to": first["message-id"]}))
    assert mail.ticket == ticket


def test_a_token_that_nobody_signed_names_nothing(ticket: Ticket, ours: OutgoingMail) -> None:
    local, _at, domain = reply_address(ours).rpartition("@")
    forged = f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"
    assert outcome(bring(answer(ours, **{**NAMELESS, "to": forged}))) == (SET_ASIDE, Reason.NO_TICKET)


@pytest.mark.parametrize("subject", ["Re: [{}] E04", "AW: We have your request {}", "{}", "Ihre Anfrage #{}"])
def test_by_the_reference_in_the_subject_if_the_customer_wrote_it(
    ticket: Ticket, ours: OutgoingMail, subject: str
) -> None:
    mail = bring(answer(ours, **{**NAMELESS, "subject": subject.format(ticket.reference)}))
    assert (mail.ticket, newest(ticket).author_kind) == (ticket, ActorKind.CUSTOMER)


def test_a_reference_opens_nothing_to_a_stranger(ticket: Ticket, ours: OutgoingMail) -> None:
    before = ticket.messages.count()
    mail = bring(answer(ours, sender="mallory@elsewhere.example", **{**NAMELESS, "subject": f"[{ticket.reference}]"}))
    assert outcome(mail) == (SET_ASIDE, Reason.NO_TICKET)
    assert ticket.messages.count() == before


def test_merged_tickets_lead_to_where_they_went(alice: Customer, ticket: Ticket, ours: OutgoingMail) -> None:
    second, third = open_ticket(alice), open_ticket(alice)
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=second)
    Ticket.objects.filter(pk=second.pk).update(merged_into=third)
    assert bring(answer(ours)).ticket == third


def test_tickets_merged_in_a_circle_do_no_harm(alice: Customer, ticket: Ticket, ours: OutgoingMail) -> None:
    second = open_ticket(alice)
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=second)
    Ticket.objects.filter(pk=second.pk).update(merged_into=ticket)
    assert bring(answer(ours)).ticket == second


def test_mail_about_somebody_who_was_erased_is_set_aside(ours: OutgoingMail, alice: Customer) -> None:
    message = answer(ours)
    Customer.objects.filter(pk=alice.pk).update(erased_at=NOW)
    assert outcome(bring(message)) == (SET_ASIDE, Reason.ERASED)


# --- Who the sender is ------------------------------------------------------------------------------------------------


def test_the_customer_may_write_from_an_address_that_they_proved(
    ticket: Ticket, ours: OutgoingMail, alice: Customer
) -> None:
    EmailAddress.objects.create(user=alice.user, email="alice@home.example", verified=True)
    bring(answer(ours, sender="Alice@Home.example"))
    assert newest(ticket).author_kind == ActorKind.CUSTOMER


def test_an_address_that_nobody_proved_is_nobodys(ticket: Ticket, ours: OutgoingMail, alice: Customer) -> None:
    EmailAddress.objects.create(user=alice.user, email="alice@home.example", verified=False)
    bring(answer(ours, sender="alice@home.example"))
    assert newest(ticket).author_kind == ActorKind.SENDER


@pytest.mark.parametrize("by", ["token", "message_id"])
def test_a_stranger_who_answers_is_kept_for_the_desk_alone(ticket: Ticket, ours: OutgoingMail, by: str) -> None:
    clues = {"to": reply_address(ours)} if by == "token" else {"in_reply_to": ours.rfc_message_id}
    mail = bring(answer(ours, sender="dora@elsewhere.example", **{**NAMELESS, **clues}))
    message = newest(ticket)
    assert (mail.ticket, mail.message) == (ticket, message)
    assert (message.author_kind, message.internal, message.sender) == (ActorKind.SENDER, True, "dora@elsewhere.example")


def test_a_stranger_is_told_once_that_their_mail_came_in(ticket: Ticket, ours: OutgoingMail) -> None:
    for number in range(3):
        bring(answer(ours, f"{number}", sender="dora@elsewhere.example"), at=NOW + number * 24 * HOUR)
    assert mailed("contribution_received") == ["dora@elsewhere.example"]


def test_who_hides_among_several_writers_is_nobody(ticket: Ticket, ours: OutgoingMail) -> None:
    for number, senders in enumerate(("mallory@elsewhere.example, {}", "{}, mallory@elsewhere.example")):
        bring(answer(ours, f"{number}", sender=senders.format(ours.recipient)))
    assert {message.author_kind for message in ticket.messages.order_by("pk")[1:]} == {ActorKind.SENDER}


@pytest.mark.parametrize(
    ("results", "kind"),
    [
        ("mx.shop.example; dmarc=fail header.from=example.com", ActorKind.SENDER),
        ("mx.shop.example; dkim=fail; spf=fail", ActorKind.SENDER),
        ("mx.shop.example; dkim=fail; spf=pass", ActorKind.CUSTOMER),
        ("mx.shop.example; dmarc=pass; dkim=fail; spf=fail", ActorKind.CUSTOMER),
        ("elsewhere.example; dmarc=fail", ActorKind.CUSTOMER),
    ],
)
def test_whom_our_own_servers_call_forged_is_nobody(
    ticket: Ticket, ours: OutgoingMail, settings, results: str, kind: str
) -> None:
    settings.TRUSTED_AUTHSERV_IDS = ["MX.shop.example"]
    bring(answer(ours, authentication_results=results))
    assert newest(ticket).author_kind == kind


def test_where_no_server_is_trusted_none_is_asked(ticket: Ticket, ours: OutgoingMail) -> None:
    bring(answer(ours, authentication_results="mx.shop.example; dmarc=fail"))
    assert newest(ticket).author_kind == ActorKind.CUSTOMER


# --- Somebody at the desk answers a notification ----------------------------------------------------------------------


def test_staff_who_answer_a_notification_write_a_note(ticket: Ticket, notice: OutgoingMail, agent: Agent) -> None:
    bring(answer(notice, "Weak pump?"))
    note = newest(ticket)
    assert (note.text, note.internal, note.author, note.channel) == ("Weak pump?", True, agent.user, "mail")
    assert mailed("staff_note_kept") == [agent.user.email]


def test_staff_who_answer_a_notification_of_somebody_else_are_nobody(
    ticket: Ticket, notice: OutgoingMail, senior: Agent
) -> None:
    bring(answer(notice, sender=senior.user.email))
    assert newest(ticket).author_kind == ActorKind.SENDER


def test_staff_who_left_are_nobody(ticket: Ticket, notice: OutgoingMail, agent: Agent) -> None:
    agent.user.is_active = False
    agent.user.save()
    bring(answer(notice))
    assert newest(ticket).author_kind == ActorKind.SENDER


def test_staff_who_may_no_longer_read_the_case_are_nobody(
    ticket: Ticket, notice: OutgoingMail, agent: Agent, senior: Agent
) -> None:
    lifecycle.assign(ticket, to=senior, by=acting(senior), at=NOW)
    ticket.category.restricted = True
    ticket.category.save()
    agent.teams.clear()
    bring(answer(notice))
    assert newest(ticket).author_kind == ActorKind.SENDER


def test_a_note_stops_no_clock(ticket: Ticket, notice: OutgoingMail) -> None:
    bring(answer(notice), at=NOW + HOUR)
    assert SLAClock.objects.get(ticket=ticket, metric="first_reply").stopped_at is None


# --- Machines ---------------------------------------------------------------------------------------------------------

AUTOMATIC = {"auto_submitted": "auto-replied"}


def everything(ticket: Ticket) -> tuple[Any, ...]:
    return (
        Ticket.objects.filter(pk=ticket.pk).values().get(),
        list(SLAClock.objects.filter(ticket=ticket).order_by("pk").values()),
        Ticket.objects.count(),
        list(OutgoingMail.objects.order_by("pk").values_list("kind", "recipient")),
    )


@pytest.mark.parametrize("sender", ["alice@example.com", "dora@elsewhere.example"])
@pytest.mark.parametrize("status", [Status.NEW, Status.PENDING, Status.RESOLVED, Status.CLOSED])
def test_a_machine_that_answers_moves_nothing_and_gets_no_answer(
    ticket: Ticket, ours: OutgoingMail, agent: Agent, status: Status, sender: str
) -> None:
    if status != Status.NEW:
        lifecycle.reply(
            ticket,
            text="Try this.",
            by=acting(agent),
            at=NOW,
            status=Status.PENDING if status == Status.PENDING else Status.RESOLVED,
        )
    if status == Status.CLOSED:
        lifecycle.close(ticket, by=acting(agent), at=NOW)
    before = everything(ticket)
    mail = bring(answer(ours, sender=sender, **AUTOMATIC), at=NOW + HOUR)
    assert (outcome(mail), mail.automatic, newest(ticket).automatic) == ((InboundState.FILED, ""), True, True)
    assert everything(ticket) == before


def test_the_empty_envelope_sender_is_a_machines(ticket: Ticket, ours: OutgoingMail) -> None:
    bring(answer(ours), envelope_sender="")
    assert newest(ticket).automatic is True


@pytest.mark.parametrize("subject", ["Out of office", "[{}] out of office"])
def test_a_machine_that_names_no_ticket_surely_is_set_aside_without_an_answer(ticket: Ticket, subject: str) -> None:
    before = everything(ticket)
    mail = bring(written(subject=subject.format(ticket.reference), **AUTOMATIC))
    assert outcome(mail) == (SET_ASIDE, Reason.AUTOMATIC)
    assert everything(ticket) == before


def test_a_machine_that_answers_for_staff_writes_no_note(ticket: Ticket, notice: OutgoingMail) -> None:
    before = everything(ticket)
    bring(answer(notice, **AUTOMATIC))
    assert newest(ticket).author_kind == ActorKind.SENDER
    assert everything(ticket) == before


# --- Loops ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["message_id", "x_loop", "from", "token"])
def test_our_own_mail_that_comes_back_is_dropped(ours: OutgoingMail, mark: str) -> None:
    message = answer(ours)
    changes = {
        "message_id": ("message-id", ours.rfc_message_id),
        "x_loop": ("x-loop", "reply@shop.example"),
        "from": ("from", "Sportello <Support@shop.example>"),
        "token": ("from", reply_address(ours)),
    }
    name, value = changes[mark]
    del message[name]
    message[name] = value
    assert outcome(bring(message)) == (InboundState.DROPPED, Reason.OURS)


def through(message: EmailMessage, servers: int) -> EmailMessage:
    for number in range(servers):
        message["received"] = f"from mx{number}.example by mx{number + 1}.example; Mon, 23 Nov 2026 09:00:00 +0000"
    return message


@pytest.mark.parametrize(("servers", "state"), [(50, InboundState.FILED), (51, SET_ASIDE)])
def test_mail_that_came_through_too_many_servers_is_set_aside(
    ours: OutgoingMail, servers: int, state: InboundState
) -> None:
    assert bring(through(answer(ours), servers)).state == state


def test_too_much_from_one_sender_on_one_ticket_is_set_aside(ours: OutgoingMail, monkeypatch) -> None:
    monkeypatch.setattr(rules, "MOST_ON_A_TICKET", 2)
    states = [outcome(bring(answer(ours, f"{number}"))) for number in range(3)]
    assert states == [(InboundState.FILED, ""), (InboundState.FILED, ""), (SET_ASIDE, Reason.TOO_MANY)]


def test_after_an_hour_they_may_write_again(ours: OutgoingMail, monkeypatch) -> None:
    monkeypatch.setattr(rules, "MOST_ON_A_TICKET", 1)
    bring(answer(ours, "1"))
    assert bring(answer(ours, "2"), at=NOW + HOUR).state == InboundState.FILED


def test_others_may_write_meanwhile(ours: OutgoingMail, monkeypatch) -> None:
    monkeypatch.setattr(rules, "MOST_ON_A_TICKET", 1)
    bring(answer(ours, "1"))
    assert bring(answer(ours, "2", sender="dora@elsewhere.example")).state == InboundState.FILED


def test_too_much_from_one_sender_about_anything_is_set_aside(monkeypatch, desk: None) -> None:
    monkeypatch.setattr(rules, "MOST_OF_A_SENDER", 2)
    reasons = [bring(written(text=f"{number}")).reason for number in range(3)]
    assert reasons == [Reason.NO_TICKET, Reason.NO_TICKET, Reason.TOO_MANY]


def test_a_flood_in_the_customers_name_keeps_out_none_of_their_answers(ours: OutgoingMail, monkeypatch) -> None:
    """Anybody can write their address into From, but only who got our mail can answer it."""
    monkeypatch.setattr(rules, "MOST_OF_A_SENDER", 2)
    for number in range(3):
        bring(written(text=f"{number}"))
    assert bring(answer(ours)).state == InboundState.FILED


def test_too_much_from_ever_new_strangers_on_one_ticket_is_set_aside(ours: OutgoingMail, monkeypatch) -> None:
    monkeypatch.setattr(rules, "MOST_OF_STRANGERS", 2)
    mails = [bring(answer(ours, f"{number}", sender=f"{number}@elsewhere.example")) for number in range(3)]
    assert [mail.state for mail in mails] == [InboundState.FILED, InboundState.FILED, SET_ASIDE]
    assert bring(answer(ours)).state == InboundState.FILED


def test_an_answer_about_a_restricted_case_is_for_those_who_need_to_know_also_where_it_is_set_aside(
    ticket: Ticket, ours: OutgoingMail, agent: Agent, senior: Agent, monkeypatch
) -> None:
    ticket.category.restricted = True
    ticket.category.save()
    senior.teams.clear()
    monkeypatch.setattr(rules, "MOST_ON_A_TICKET", 0)
    mail = bring(answer(ours))
    assert outcome(mail) == (SET_ASIDE, Reason.TOO_MANY)
    readers = [one for one in (agent, senior) if RawMail.objects.readable_by(one.user).contains(mail)]
    assert readers == [agent]


# --- The same message again -------------------------------------------------------------------------------------------


def test_a_copy_in_another_mailbox_is_dropped(ticket: Ticket, ours: OutgoingMail) -> None:
    message = answer(ours)
    bring(message, mailbox="support")
    message["received"] = "by another server"
    assert outcome(bring(message, mailbox="sales")) == (InboundState.DROPPED, Reason.DUPLICATE)
    assert ticket.messages.count() == 2


def test_another_message_with_the_same_number_is_not_a_copy(ticket: Ticket, ours: OutgoingMail) -> None:
    for text in ("First.", "Second."):
        bring(answer(ours, text, message_id="<always-the-same@mail.example>"))
    assert [message.text for message in ticket.messages.order_by("pk")[1:]] == ["First.", "Second."]


def test_mail_without_a_sender_is_set_aside(desk: None) -> None:
    message = written()
    del message["from"]
    assert outcome(bring(message)) == (SET_ASIDE, Reason.NO_SENDER)
