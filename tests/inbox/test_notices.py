"""What machines of ours answer to mail, and above all when they do not."""

from datetime import timedelta

import pytest

from tests.factories import NOW, open_ticket
from tests.inbox.stage import answer, bring, mailed, written
from tickets.inbox import rules
from tickets.inbox.models import RawMail
from tickets.models import Agent, Customer, OutgoingMail, Ticket
from tickets.outbox.kinds import KINDS
from tickets.outbox.render import render

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice, subject="Pump and secrets")


@pytest.fixture
def ours(ticket: Ticket) -> OutgoingMail:
    return ticket.mails.get(kind="acknowledgement")


def in_words(kind: str) -> OutgoingMail:
    mail = OutgoingMail.objects.filter(kind=kind).latest("pk")
    render(mail, at=NOW)
    return mail


# --- To strangers -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("desk")
class TestMailOfNoTicket:
    def test_its_sender_is_told_where_to_write(self) -> None:
        bring(written("Dora <Dora@Elsewhere.example>"))
        assert mailed("stranger_notice") == ["dora@elsewhere.example"]

    def test_once_a_day(self) -> None:
        for hours in (0, 23, 24):
            bring(written("dora@elsewhere.example", f"{hours}"), at=NOW + hours * HOUR)
        assert len(mailed("stranger_notice")) == 2

    def test_the_notice_has_none_of_the_senders_words(self) -> None:
        message = written("Buy Pills <dora@elsewhere.example>", "Buy pills: http://pills.example", subject="Buy pills")
        bring(message)
        mail = in_words("stranger_notice")
        assert "pills" not in (mail.subject + mail.text + mail.html).lower()

    def test_a_customer_is_told_the_same_as_everybody(self, alice: Customer) -> None:
        texts = []
        for sender in (alice.email, "dora@elsewhere.example"):
            bring(written(sender))
            mail = in_words("stranger_notice")
            texts.append((mail.subject, mail.text.replace(mail.code, "")))
        assert texts[0] == texts[1]

    def test_machines_are_told_that_a_machine_answers(self) -> None:
        assert KINDS["stranger_notice"].auto_submitted == "auto-replied"

    @pytest.mark.parametrize(
        ("headers", "language"),
        [
            ({"content_language": "de-AT"}, "de"),
            ({"accept_language": "fr-CH, en;q=0.8"}, "fr"),
            ({"content_language": "xx"}, "en"),
            ({"accept_language": "\x00;;,"}, "en"),
            ({}, "en"),
        ],
    )
    def test_it_is_in_the_language_that_the_message_says(self, headers: dict[str, str], language: str) -> None:
        message = written("dora@elsewhere.example").as_bytes()
        lines = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
        bring(lines.encode() + message)
        assert OutgoingMail.objects.get(kind="stranger_notice").language == language

    def test_a_customer_reads_their_own_language(self, alice: Customer) -> None:
        Customer.objects.update(language="it")
        bring(written("Alice@example.com", content_language="de"))
        assert OutgoingMail.objects.get(kind="stranger_notice").language == "it"

    @pytest.mark.parametrize(
        "headers",
        [
            {"auto_submitted": "auto-generated"},
            {"list_id": "<news.elsewhere.example>"},
            {"return_path": "<>"},
            {"x_loop": "somebody@elsewhere.example"},
        ],
    )
    def test_machines_and_lists_are_told_nothing(self, headers: dict[str, str]) -> None:
        bring(written("dora@elsewhere.example", **headers))
        assert mailed("stranger_notice") == []

    @pytest.mark.parametrize(
        "sender", ["mailer-daemon@elsewhere.example", "no-reply@elsewhere.example", "list-bounces@elsewhere.example"]
    )
    def test_nor_are_addresses_that_nobody_reads(self, sender: str) -> None:
        bring(written(sender))
        assert mailed("stranger_notice") == []

    def test_nor_is_who_asks_for_no_answer_in_the_envelope(self) -> None:
        bring(written("dora@elsewhere.example"), envelope_sender="")
        assert mailed("stranger_notice") == []

    def test_nor_is_who_is_only_said_to_have_written(self, settings) -> None:
        settings.TRUSTED_AUTHSERV_IDS = ["mx.shop.example"]
        bring(written("dora@elsewhere.example", authentication_results="mx.shop.example; dmarc=fail"))
        bring(written("dora@elsewhere.example, ella@elsewhere.example"))
        assert mailed("stranger_notice") == []

    def test_many_people_of_one_domain_at_once_are_told_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Somebody writes in their names."""
        monkeypatch.setattr(rules, "MOST_UNASKED", rules.Traffic(overall=100, of_domain=2))
        for name in ("a", "b", "c"):
            bring(written(f"{name}@elsewhere.example"))
        bring(written("d@other.example"))
        assert mailed("stranger_notice") == ["a@elsewhere.example", "b@elsewhere.example", "d@other.example"]

    def test_many_people_at_once_are_told_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rules, "MOST_UNASKED", rules.Traffic(overall=2, of_domain=100))
        for name in ("a", "b", "c"):
            bring(written(f"{name}@{name}.example"))
        bring(written("d@d.example"), at=NOW + HOUR)
        assert mailed("stranger_notice") == ["a@a.example", "b@b.example", "d@d.example"]


# --- To somebody else on a ticket -------------------------------------------------------------------------------------


def test_somebody_else_learns_nothing_about_the_case(ticket: Ticket, ours: OutgoingMail, alice: Customer) -> None:
    bring(answer(ours, sender="dora@elsewhere.example"))
    mail = in_words("contribution_received")
    said = mail.subject + mail.text + mail.html
    assert [secret for secret in (ticket.reference, ticket.subject, "Alice", alice.email) if secret in said] == []


def test_whom_somebody_only_pretends_to_be_is_told_nothing(ours: OutgoingMail, settings) -> None:
    settings.TRUSTED_AUTHSERV_IDS = ["mx.shop.example"]
    forged = "mx.shop.example; dmarc=fail"
    bring(answer(ours, sender="dora@elsewhere.example", authentication_results=forged))
    assert mailed("contribution_received") == []


def test_somebody_else_is_told_no_more_than_so_often(
    alice: Customer, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_NOTICES", 2)
    for number in range(3):
        ours = open_ticket(alice, subject=f"{number}").mails.get(kind="acknowledgement")
        bring(answer(ours, f"{number}", sender="dora@elsewhere.example"))
    assert len(mailed("contribution_received")) == 2


def test_a_machine_that_answers_for_somebody_else_is_told_nothing(ours: OutgoingMail) -> None:
    bring(answer(ours, sender="dora@elsewhere.example", auto_submitted="auto-replied"))
    assert mailed("contribution_received") == []


def test_the_customer_is_acknowledged_by_nobody(ours: OutgoingMail) -> None:
    """Whoever waits for an answer gets one from a person: no mail says that theirs came in."""
    before = mailed("acknowledgement")
    bring(answer(ours))
    assert mailed("acknowledgement") == before
    assert OutgoingMail.objects.exclude(kind__in=("acknowledgement", "assigned", "customer_wrote")).count() == 0


def test_two_desks_that_answer_each_other_fall_silent(alice: Customer, agent: Agent) -> None:
    """The other one answers each of our mails at once, and does not say that it is a machine."""
    ours = open_ticket(alice).mails.get(kind="acknowledgement")
    for number in range(2 * rules.MOST_ON_A_TICKET):
        mail = answer(ours, f"Ticket {number} was created.", sender="desk@elsewhere.example")
        bring(mail, at=NOW + timedelta(seconds=number))
        ours = OutgoingMail.objects.filter(recipient="desk@elsewhere.example").last() or ours
    assert len(mailed("contribution_received")) == 1
    assert RawMail.objects.filter(state="filed").count() == rules.MOST_ON_A_TICKET
