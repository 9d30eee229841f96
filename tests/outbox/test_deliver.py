from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from anymail.message import AnymailRecipientStatus
from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail.backends.locmem import EmailBackend
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Customer, OutgoingMail
from tickets.outbox import actions, addresses, brakes, deliver, identifiers, kinds, rules, suspensions
from tickets.outbox.actions import Letter
from tickets.outbox.models import Hold, MailState, Suspension

MINUTE = timedelta(minutes=1)


@pytest.fixture
def mail(alice: Customer) -> OutgoingMail:
    """An acknowledgement that waits."""
    open_ticket(alice)
    return OutgoingMail.objects.get()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> "Server":
    server = Server()
    monkeypatch.setattr(EmailBackend, "send_messages", server.take)
    return server


class Server:
    """A mail server that answers as it is told: with exceptions, in turn, and then by taking everything."""

    def __init__(self) -> None:
        self.answers: list[Exception] = []
        self.taken: list[Any] = []

    def take(self, messages: list[Any]) -> int:
        if self.answers:
            raise self.answers.pop(0)
        self.taken += messages
        return len(messages)


def refused(code: int) -> SMTPRecipientsRefused:
    return SMTPRecipientsRefused({"alice@example.com": (code, b"no")})


def answered(customer: Customer, agent: Agent) -> OutgoingMail:
    """The mail with what a person wrote."""
    ticket = open_ticket(customer)
    lifecycle.reply(ticket, text="Hold the button.", by=acting(agent), at=NOW)
    return OutgoingMail.objects.get(kind="reply")


def events(mail: OutgoingMail) -> list[tuple[str, str, str, str]]:
    return list(mail.events.values_list("kind", "source", "status", "detail"))


# --- The good case ----------------------------------------------------------------------------------------------------


def test_it_sends_the_mail_and_says_so(mail: OutgoingMail, mailoutbox) -> None:
    assert deliver.deliver(mail.pk, at=NOW) is True
    mail.refresh_from_db()
    assert (mail.state, mail.sent_at, mail.lease_until, mail.attempts) == (MailState.SENT, NOW, None, 1)
    (message,) = mailoutbox
    assert (message.to, message.subject, message.body) == ([mail.recipient], mail.subject, mail.text)


def test_it_keeps_the_words_that_it_sent(mail: OutgoingMail, mailoutbox) -> None:
    deliver.deliver(mail.pk, at=NOW)
    mail.refresh_from_db()
    assert mailoutbox[0].alternatives[0].content == mail.html


def test_it_sends_nothing_twice(mail: OutgoingMail, mailoutbox) -> None:
    deliver.deliver(mail.pk, at=NOW)
    assert deliver.deliver(mail.pk, at=NOW + timedelta(days=1)) is False
    assert len(mailoutbox) == 1


def test_it_sends_nothing_before_its_time(mail: OutgoingMail, mailoutbox) -> None:
    assert deliver.deliver(mail.pk, at=mail.next_try_at - MINUTE) is False
    assert mailoutbox == []


def test_who_reads_plain_text_gets_one_part(mail: OutgoingMail, alice: Customer, mailoutbox) -> None:
    alice.reading_needs = ["text-only"]
    alice.save()
    deliver.deliver(mail.pk, at=NOW)
    assert mailoutbox[0].alternatives == []


def test_a_mail_costs_few_queries(mail: OutgoingMail, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    # Lease, mail with all that it names, whether it may leave, words kept, earlier mail of the conversation, sent.
    with django_assert_num_queries(6):
        deliver.deliver(mail.pk, at=NOW)


def test_what_a_person_wrote_is_not_asked_whether_it_may_leave(
    alice: Customer, agent: Agent, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    answer = answered(alice, agent)
    # As above, but for the third; what an answer is made of: files, promises, attempts.
    with django_assert_num_queries(8):
        deliver.deliver(answer.pk, at=NOW)


# --- The lease --------------------------------------------------------------------------------------------------------


def test_whoever_comes_second_leaves_the_mail_alone(mail: OutgoingMail, monkeypatch: pytest.MonkeyPatch) -> None:
    second = []

    def take(_backend: EmailBackend, messages: list[Any]) -> int:
        # The first is still talking to the server.
        second.append(deliver.deliver(mail.pk, at=NOW + MINUTE))
        return len(messages)

    monkeypatch.setattr(EmailBackend, "send_messages", take)
    assert (deliver.deliver(mail.pk, at=NOW), second) == (True, [False])


def test_a_mail_whose_worker_died_is_sent_when_the_lease_has_run_out(mail: OutgoingMail, mailoutbox) -> None:
    assert deliver._take(mail.pk, NOW)
    assert deliver.deliver_waiting(at=NOW + rules.LEASE - MINUTE) == 0
    assert deliver.deliver_waiting(at=NOW + rules.LEASE) == 1
    assert [message.extra_headers["Message-ID"] for message in mailoutbox] == [mail.rfc_message_id]


def test_a_repeat_is_the_same_mail_word_for_word(mail: OutgoingMail, alice: Customer, server: Server) -> None:
    server.answers = [SMTPServerDisconnected("gone")]
    deliver.deliver(mail.pk, at=NOW)
    alice.language = "it"
    alice.save()
    mail.refresh_from_db()
    deliver.deliver(mail.pk, at=mail.next_try_at)
    assert [message.body for message in server.taken] == [mail.text]


def test_a_mail_that_kills_every_worker_is_given_up(mail: OutgoingMail, mailoutbox) -> None:
    at = NOW
    for _attempt in range(rules.attempts_allowed()):
        assert deliver._take(mail.pk, at)
        at += rules.LEASE
    deliver.deliver(mail.pk, at=at)
    mail.refresh_from_db()
    assert (mail.state, mail.last_error, mailoutbox) == (MailState.FAILED, deliver.NEVER_FINISHED, [])


def test_a_late_failure_does_not_undo_what_another_worker_did_meanwhile(
    mail: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_late(_backend: EmailBackend, _messages: list[Any]) -> int:
        OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.SENT, lease_until=None)
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailBackend, "send_messages", fail_late)
    deliver.deliver(mail.pk, at=NOW)
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


# --- Trouble ----------------------------------------------------------------------------------------------------------


def test_a_server_that_is_away_puts_the_mail_off(mail: OutgoingMail, server: Server) -> None:
    server.answers = [ConnectionRefusedError("nobody there")]
    assert deliver.deliver(mail.pk, at=NOW) is False
    mail.refresh_from_db()
    assert (mail.state, mail.lease_until, mail.last_error) == (
        MailState.QUEUED,
        None,
        "ConnectionRefusedError: nobody there",
    )
    assert NOW + MINUTE <= mail.next_try_at <= NOW + 2 * MINUTE


def test_pauses_grow_until_it_is_given_up(mail: OutgoingMail, server: Server) -> None:
    server.answers = [SMTPDataError(451, b"later") for _attempt in range(20)]
    pauses = []
    while mail.state == MailState.QUEUED:
        at = mail.next_try_at
        deliver.deliver(mail.pk, at=at)
        mail.refresh_from_db()
        pauses.append(mail.next_try_at - at)
    assert mail.state == MailState.FAILED
    assert pauses[:-1] == sorted(pauses[:-1])
    assert len(pauses) == rules.attempts_allowed()


def test_it_is_sent_once_the_server_is_back(mail: OutgoingMail, server: Server) -> None:
    server.answers = [ConnectionRefusedError()]
    deliver.deliver(mail.pk, at=NOW)
    assert deliver.deliver_waiting(at=NOW + 2 * MINUTE) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (MailState.SENT, "")


def test_a_provider_whose_token_is_missing_puts_the_mail_off_and_stops_the_batch(alice: Customer, settings) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    for _ in range(2):
        open_ticket(alice)
    assert deliver.deliver_waiting(at=NOW) == 0
    tried, untried = OutgoingMail.objects.order_by("-attempts")
    assert (tried.state, tried.lease_until, tried.attempts, untried.attempts) == (MailState.QUEUED, None, 1, 0)
    assert tried.last_error.startswith("AnymailConfigurationError: ")
    assert "POSTMARK_SERVER_TOKEN" in tried.last_error


def test_an_address_that_does_not_exist_is_not_tried_again(mail: OutgoingMail, server: Server) -> None:
    server.answers = [refused(550)]
    deliver.deliver(mail.pk, at=NOW)
    mail.refresh_from_db()
    assert mail.state == MailState.FAILED


def test_a_full_mailbox_is_tried_again(mail: OutgoingMail, server: Server) -> None:
    server.answers = [refused(452)]
    deliver.deliver(mail.pk, at=NOW)
    mail.refresh_from_db()
    assert mail.state == MailState.QUEUED


def test_a_fault_of_ours_puts_the_mail_off_and_is_logged(mail: OutgoingMail, caplog: pytest.LogCaptureFixture) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(kind="poem")
    assert deliver.deliver(mail.pk, at=NOW) is False
    mail.refresh_from_db()
    assert (mail.state, [record.levelname for record in caplog.records]) == (MailState.QUEUED, ["ERROR"])


def test_each_refusal_is_on_record_in_the_servers_words(mail: OutgoingMail, server: Server) -> None:
    server.answers = [
        SMTPRecipientsRefused({"alice@example.com": (452, b"4.2.2 Mailbox full")}),
        SMTPRecipientsRefused({"alice@example.com": (550, b"5.1.1 Nobody here")}),
    ]
    deliver.deliver(mail.pk, at=NOW)
    deliver.deliver(mail.pk, at=NOW + 2 * MINUTE)
    assert events(mail) == [
        ("put_off", "server", "4.2.2", "452 4.2.2 Mailbox full"),
        ("failed", "server", "5.1.1", "550 5.1.1 Nobody here"),
    ]


def test_a_mail_that_leaves_at_once_writes_no_event(mail: OutgoingMail) -> None:
    deliver.deliver(mail.pk, at=NOW)
    assert events(mail) == []


def test_an_address_that_a_server_says_is_nobodys_gets_no_more_automatic_mail(
    mail: OutgoingMail, server: Server
) -> None:
    server.answers = [SMTPRecipientsRefused({"alice@example.com": (550, b"5.1.1 Nobody here")})]
    deliver.deliver(mail.pk, at=NOW)
    assert suspensions.is_suspended(mail.recipient) is not None


def test_a_policy_that_may_change_is_waited_for(mail: OutgoingMail, server: Server) -> None:
    """Such as a block list that names us for a day."""
    server.answers = [SMTPDataError(554, b"5.7.1 Your server is listed")]
    deliver.deliver(mail.pk, at=NOW)
    mail.refresh_from_db()
    assert (mail.state, suspensions.is_suspended(mail.recipient)) == (MailState.QUEUED, None)


def test_a_mail_that_the_server_will_never_take_is_given_up(mail: OutgoingMail, server: Server) -> None:
    server.answers = [SMTPDataError(552, b"5.3.4 Too large")]
    deliver.deliver(mail.pk, at=NOW)
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (MailState.FAILED, "552 5.3.4 Too large")


def test_a_server_that_shuts_down_ends_the_batch(alice: Customer, server: Server) -> None:
    for _ in range(3):
        open_ticket(alice)
    server.answers = [SMTPDataError(421, b"Shutting down")]
    assert deliver.deliver_waiting(at=NOW) == 0


def test_addresses_do_not_reach_the_log(mail: OutgoingMail, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.answers = [SMTPDataError(554, b"alice@example.com is not welcome")]
    deliver.deliver(mail.pk, at=NOW)
    assert len(caplog.records) == 1
    assert "alice" not in str(vars(caplog.records[0]))


def test_a_task_that_runs_out_of_time_puts_the_mail_off_and_ends(mail: OutgoingMail, server: Server) -> None:
    server.answers = [SoftTimeLimitExceeded()]
    with pytest.raises(SoftTimeLimitExceeded):
        deliver.deliver(mail.pk, at=NOW)
    mail.refresh_from_db()
    assert mail.state == MailState.QUEUED


def test_nobody_writes_to_an_erased_customer(mail: OutgoingMail, alice: Customer, mailoutbox) -> None:
    alice.erased_at = NOW
    alice.save()
    deliver.deliver(mail.pk, at=NOW)
    mail.refresh_from_db()
    assert (mail.state, mail.last_error, mailoutbox) == (MailState.FAILED, deliver.NO_ADDRESS, [])


def test_nobody_writes_to_nobody(mail: OutgoingMail, mailoutbox) -> None:
    OutgoingMail.objects.update(recipient="")
    deliver.deliver(mail.pk, at=NOW)
    mail.refresh_from_db()
    assert (mail.state, mailoutbox) == (MailState.FAILED, [])


# --- What is held back ------------------------------------------------------------------------------------------------


def suspend(mail: OutgoingMail) -> None:
    Suspension.objects.suspend(mail, Suspension.Cause.BOUNCED, detail="", at=NOW)


def test_automatic_mail_to_a_suspended_address_is_held_back(mail: OutgoingMail, mailoutbox) -> None:
    suspend(mail)
    assert deliver.deliver(mail.pk, at=NOW) is False
    mail.refresh_from_db()
    assert (mail.state, mail.held_because, mail.attempts, mailoutbox) == (MailState.HELD, Hold.SUSPENDED, 0, [])
    assert events(mail) == [("held", "desk", "", "")]


def test_the_address_is_the_same_in_whatever_letters(mail: OutgoingMail) -> None:
    OutgoingMail.objects.update(recipient="Alice@Example.com")
    suspend(mail)
    assert deliver.deliver(mail.pk, at=NOW) is False


def test_what_a_person_wrote_is_tried_all_the_same(alice: Customer, agent: Agent) -> None:
    answer = answered(alice, agent)
    suspend(answer)
    assert deliver.deliver(answer.pk, at=NOW) is True


def test_a_sign_in_code_is_tried_all_the_same(desk: None) -> None:
    mail = secret(desk)
    suspend(mail)
    assert deliver.deliver(mail.pk, at=NOW) is True


def test_what_somebody_released_is_not_held_back_again(mail: OutgoingMail, agent: Agent) -> None:
    suspend(mail)
    deliver.deliver(mail.pk, at=NOW)
    assert actions.release(OutgoingMail.objects.all(), by=acting(agent), at=NOW) == 1
    assert deliver.deliver(mail.pk, at=NOW) is True


def sent_before(mail: OutgoingMail, number: int, **values: Any) -> None:
    """So many mails like this one that left half an hour ago."""
    at = NOW - timedelta(minutes=30)
    same = {"kind": mail.kind, "recipient": mail.recipient, "ticket_id": None, "language": "en", "next_try_at": at}
    OutgoingMail.objects.bulk_create(
        OutgoingMail(**{**same, "created_at": at, "state": MailState.SENT, **values}, rfc_message_id=f"<{number}@x>")
        for number in range(number)
    )


def held(mail: OutgoingMail) -> str:
    deliver.deliver(mail.pk, at=NOW)
    mail.refresh_from_db()
    return mail.held_because


@pytest.mark.parametrize(("more", "because"), [(-1, ""), (0, Hold.TOO_MANY)], ids=["below", "at the limit"])
def test_an_address_gets_so_many_automatic_mails_an_hour(mail: OutgoingMail, more: int, because: str) -> None:
    sent_before(mail, brakes.TO_ONE_CUSTOMER + more)
    assert held(mail) == because


@pytest.mark.parametrize(("more", "because"), [(-1, ""), (0, Hold.TOO_MANY)], ids=["below", "at the limit"])
def test_there_are_so_many_automatic_mails_about_a_ticket_an_hour(mail: OutgoingMail, more: int, because: str) -> None:
    sent_before(mail, brakes.ABOUT_ONE_TICKET + more, ticket_id=mail.ticket_id, recipient="others@example.com")
    assert held(mail) == because


@pytest.mark.parametrize(("more", "because"), [(-1, ""), (0, Hold.TOO_MANY)], ids=["below", "at the limit"])
def test_the_desk_answers_so_many_mails_by_itself_an_hour(
    mail: OutgoingMail, monkeypatch: pytest.MonkeyPatch, more: int, because: str
) -> None:
    answering = {**kinds.KINDS, mail.kind: replace(kinds.KINDS[mail.kind], answers_mail=True)}
    for module in (kinds, brakes):
        monkeypatch.setattr(module, "KINDS", answering)
    monkeypatch.setattr(brakes, "ANSWERS_TO_MAIL", 3)
    sent_before(mail, 3 + more, recipient="others@example.com")
    assert held(mail) == because


@pytest.mark.parametrize(
    "values",
    [
        {"created_at": NOW - timedelta(minutes=61)},
        {"automatic": False},
        {"state": MailState.HELD, "held_because": Hold.TOO_MANY},
        {"state": MailState.FAILED},
    ],
    ids=["long ago", "by a person", "held back", "failed"],
)
def test_what_does_not_count(mail: OutgoingMail, values: dict[str, Any]) -> None:
    sent_before(mail, brakes.TO_ONE_CUSTOMER, **values)
    assert held(mail) == ""


def test_staff_get_more_before_it_is_too_much(mail: OutgoingMail) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(kind="assigned")
    sent_before(mail, brakes.TO_ONE_CUSTOMER)
    mail.refresh_from_db()
    assert held(mail) == ""


def test_a_summary_is_never_too_much(mail: OutgoingMail) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(kind="catch_up", data={"counts": {}, "tickets": []})
    sent_before(mail, brakes.TO_ONE_OF_THE_STAFF)
    mail.refresh_from_db()
    assert held(mail) == ""


# --- The sweep --------------------------------------------------------------------------------------------------------


def test_the_sweep_sends_what_waits_oldest_first(alice: Customer, mailoutbox) -> None:
    tickets = [open_ticket(alice, at=NOW - timedelta(hours=hours)) for hours in (1, 3, 2)]
    assert deliver.deliver_waiting(at=NOW) == 3
    assert [message.subject.split()[-1] for message in mailoutbox] == [tickets[place].reference for place in (1, 2, 0)]


def test_the_sweep_takes_no_more_than_a_batch(alice: Customer) -> None:
    for _ in range(3):
        open_ticket(alice)
    assert deliver.deliver_waiting(at=NOW, limit=2) == 2


def test_the_sweep_does_not_wait_for_a_server_that_is_away_more_than_once(alice: Customer, server: Server) -> None:
    for _ in range(3):
        open_ticket(alice)
    server.answers = [TimeoutError()]
    assert deliver.deliver_waiting(at=NOW) == 0
    assert sorted(OutgoingMail.objects.values_list("attempts", flat=True)) == [0, 0, 1]


def test_one_refused_address_stops_nobody_elses_mail(alice: Customer, server: Server) -> None:
    for _ in range(3):
        open_ticket(alice)
    server.answers = [refused(550)]
    assert deliver.deliver_waiting(at=NOW) == 2


# --- Through a provider -----------------------------------------------------------------------------------------------


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, settings) -> Callable[[AnymailRecipientStatus], list[Any]]:
    """A provider that answers to each mail as it is told; what it got."""
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"

    def answer(status: AnymailRecipientStatus) -> list[Any]:
        got = []

        def parse(_backend: Any, _response: Any, payload: Any, message: Any) -> dict[str, AnymailRecipientStatus]:
            got.append((message, payload))
            return {message.to[0]: status}

        monkeypatch.setattr("anymail.backends.test.EmailBackend.parse_recipient_status", parse)
        return got

    return answer


def test_what_the_provider_calls_a_mail_is_kept(mail: OutgoingMail, provider) -> None:
    provider(AnymailRecipientStatus("b7bc2f4a", "queued"))
    deliver.deliver(mail.pk, at=NOW)
    mail.refresh_from_db()
    assert (mail.state, mail.provider_id) == (MailState.SENT, "b7bc2f4a")


@pytest.mark.parametrize("status", ["rejected", "invalid", "failed"])
def test_what_a_provider_refuses_has_failed(mail: OutgoingMail, provider, status: str) -> None:
    provider(AnymailRecipientStatus("b7bc2f4a", status))
    deliver.deliver(mail.pk, at=NOW)
    mail.refresh_from_db()
    assert (mail.state, [event[:2] for event in events(mail)]) == (MailState.FAILED, [("failed", "server")])


def test_a_provider_sends_from_the_desk_itself(mail: OutgoingMail, provider) -> None:
    got = provider(AnymailRecipientStatus("b7bc2f4a", "queued"))
    deliver.deliver(mail.pk, at=NOW)
    ((_message, payload),) = got
    assert str(payload.params["from"]) == "Sportello <support@shop.example>"
    assert "envelope_sender" not in payload.params


# --- Headers ----------------------------------------------------------------------------------------------------------


def sent_headers(mailoutbox, place: int = -1) -> dict[str, str]:
    return dict(mailoutbox[place].message().items())


def test_an_acknowledgement_asks_machines_not_to_answer(mail: OutgoingMail, mailoutbox) -> None:
    deliver.deliver(mail.pk, at=NOW)
    headers = sent_headers(mailoutbox)
    assert (headers["Auto-Submitted"], headers["X-Auto-Response-Suppress"]) == ("auto-replied", "All")


def test_automatic_mail_carries_our_address_by_which_we_know_it_when_it_comes_back(
    mail: OutgoingMail, mailoutbox
) -> None:
    deliver.deliver(mail.pk, at=NOW)
    assert sent_headers(mailoutbox)["X-Loop"] == addresses.replies()


def test_what_staff_are_told_goes_as_bulk(mail: OutgoingMail, mailoutbox) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(kind="assigned")
    deliver.deliver(mail.pk, at=NOW)
    assert sent_headers(mailoutbox)["Precedence"] == "bulk"


def test_what_comes_back_names_the_mail(mail: OutgoingMail, mailoutbox) -> None:
    deliver.deliver(mail.pk, at=NOW)
    assert identifiers.mail_of(mailoutbox[0].from_email) == (mail.ticket_id, mail.pk)


def test_an_answer_by_a_person_does_not(alice: Customer, agent: Agent, mailoutbox) -> None:
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="Hold the button.", by=acting(agent), at=NOW)
    deliver.deliver_waiting(at=NOW)
    headers = sent_headers(mailoutbox)
    assert "An answer" in headers["Subject"]
    assert not {"Auto-Submitted", "X-Auto-Response-Suppress", "X-Loop", "Precedence"} & set(headers)


def test_it_names_itself_its_language_and_where_to_answer(mail: OutgoingMail, mailoutbox) -> None:
    deliver.deliver(mail.pk, at=NOW)
    headers = sent_headers(mailoutbox)
    assert (headers["Message-ID"], headers["Content-Language"]) == (mail.rfc_message_id, "en")
    assert headers["From"] == "Sportello <support@shop.example>"
    assert identifiers.mail_of(headers["Reply-To"]) == (mail.ticket_id or 0, mail.pk)


def test_a_conversation_stays_together_in_the_customers_mail_program(alice: Customer, agent: Agent, mailoutbox) -> None:
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="Hold the button.", by=acting(agent), at=NOW)
    lifecycle.reply(ticket, text="Did it help?", by=acting(agent), at=NOW)
    deliver.deliver_waiting(at=NOW)
    ids = list(OutgoingMail.objects.filter(customer=alice).order_by("pk").values_list("rfc_message_id", flat=True))
    headers = sent_headers(mailoutbox)
    assert (headers["In-Reply-To"], headers["References"].split()) == (ids[1], ids[:2])


def test_mail_to_staff_stays_out_of_the_customers_thread(
    alice: Customer, agent: Agent, senior: Agent, mailoutbox
) -> None:
    ticket = open_ticket(alice)
    lifecycle.assign(ticket, to=None, by=acting(senior), at=NOW)
    lifecycle.assign(ticket, to=agent, by=acting(senior), at=NOW)
    deliver.deliver_waiting(at=NOW)
    assert mailoutbox[-1].to == [agent.user.email]
    assert "References" not in sent_headers(mailoutbox)


# --- Secrets ----------------------------------------------------------------------------------------------------------


def secret(desk: None) -> OutgoingMail:
    facts = {"template": "account/email/login_code", "facts": {"code": "482913"}}
    return actions.put([Letter("account", "new@example.com", "en", facts, confidential=True)], at=NOW)[0]


def everything(mail: OutgoingMail) -> str:
    mail.refresh_from_db()
    return f"{mail.data} {mail.subject} {mail.text} {mail.html}"


def test_a_sign_in_code_is_forgotten_once_it_is_sent(desk: None, mailoutbox) -> None:
    mail = secret(desk)
    deliver.deliver(mail.pk, at=NOW)
    assert "482913" in mailoutbox[0].body
    assert "482913" not in everything(mail)


def test_a_sign_in_code_is_forgotten_when_it_is_given_up(desk: None, server: Server) -> None:
    mail = secret(desk)
    server.answers = [refused(550)]
    deliver.deliver(mail.pk, at=NOW)
    assert "482913" not in everything(mail)


def test_a_sign_in_code_is_not_sent_hours_later(desk: None, server: Server) -> None:
    mail = secret(desk)
    server.answers = [TimeoutError() for _attempt in range(10)]
    at: datetime = NOW
    for _attempt in range(3):
        deliver.deliver(mail.pk, at=at)
        mail.refresh_from_db()
        at = mail.next_try_at
    assert mail.state == MailState.FAILED
