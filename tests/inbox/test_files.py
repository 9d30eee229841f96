"""Files that come by mail: judged as uploads are, each refusal told, and no word lost."""

from email.message import EmailMessage
from typing import Any

import pytest

from tests.factories import NOW, open_ticket
from tests.inbox.stage import answer, bring, mailed, written
from tickets.attachments.codes import Code
from tickets.attachments.models import Attachment
from tickets.models import Agent, Customer, OutgoingMail, Ticket
from tickets.outbox.render import render

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def ticket(alice: Customer, agent: Agent) -> Ticket:
    return open_ticket(alice)


@pytest.fixture
def ours(ticket: Ticket) -> OutgoingMail:
    return ticket.mails.get(kind="acknowledgement")


def with_files(message: EmailMessage, *files: tuple[str, bytes], **how: Any) -> EmailMessage:
    for name, content in files:
        given = {"maintype": "application", "subtype": "octet-stream", "filename": name, **how}
        message.add_attachment(content, **given)
    return message


def on(ticket: Ticket) -> list[str]:
    files = Attachment.objects.filter(message=ticket.messages.latest("pk"))
    return list(files.order_by("name").values_list("name", flat=True))


def refused() -> list[list[str]]:
    mails = OutgoingMail.objects.filter(kind="files_refused")
    return [file for mail in mails.order_by("pk") for file in mail.data["files"]]


def test_files_are_on_the_customers_message(ticket: Ticket, ours: OutgoingMail) -> None:
    mail = bring(with_files(answer(ours), ("log.txt", b"E04\n"), ("photo.png", PNG)))
    assert on(ticket) == ["log.txt", "photo.png"]
    assert mail.files == 2
    assert mailed("files_refused") == []


def test_pictures_within_the_text_are_kept(ticket: Ticket, ours: OutgoingMail) -> None:
    bring(with_files(answer(ours), ("photo.png", PNG), disposition="inline", cid="<1@mail.example>"))
    assert on(ticket) == ["photo.png"]


def test_a_refused_file_is_named_with_its_reason_and_the_words_are_kept(ticket: Ticket, ours: OutgoingMail) -> None:
    bring(with_files(answer(ours, "See the file."), ("setup.exe", b"MZ\x90"), ("log.txt", b"E04\n")))
    assert (ticket.messages.latest("pk").text, on(ticket)) == ("See the file.", ["log.txt"])
    assert refused() == [["setup.exe", Code.EXECUTABLE, ""]]
    assert mailed("files_refused") == ["alice@example.com"]


def test_it_is_told_in_the_customers_language_with_another_way(ours: OutgoingMail, alice: Customer) -> None:
    Customer.objects.update(language="it")
    bring(with_files(answer(ours), ("setup.exe", b"MZ\x90")))
    mail = OutgoingMail.objects.select_related("customer", "ticket").get(kind="files_refused")
    render(mail, at=NOW)
    assert "setup.exe" in mail.text
    assert "è un programma" in mail.text


def test_what_is_too_much_is_told_file_by_file_and_what_was_attached_comes_first(
    ticket: Ticket, ours: OutgoingMail, settings
) -> None:
    settings.ATTACHMENT_LIMITS = {**settings.ATTACHMENT_LIMITS, "max_files": 1}
    message = with_files(answer(ours), ("logo.png", PNG), disposition="inline", cid="<1@mail.example>")
    bring(with_files(message, ("log.txt", b"E04\n")))
    assert on(ticket) == ["log.txt"]
    assert refused() == [["logo.png", Code.TOO_MANY, ""]]


def test_signatures_of_mail_programs_are_no_files(ticket: Ticket, ours: OutgoingMail) -> None:
    """The customer did not attach them, and need not hear about them."""
    bring(with_files(answer(ours), ("smime.p7s", b"0\x80"), subtype="pkcs7-signature"))
    assert (on(ticket), refused()) == ([], [])


def test_an_invitation_is_refused_in_words(ticket: Ticket, ours: OutgoingMail) -> None:
    bring(with_files(answer(ours), ("invite.ics", b"BEGIN:VCALENDAR\n"), maintype="text", subtype="calendar"))
    assert refused() == [["invite.ics", Code.TYPE_NOT_ALLOWED, ""]]


def test_somebody_else_is_not_told_of_files(ticket: Ticket, ours: OutgoingMail) -> None:
    bring(with_files(answer(ours, sender="dora@elsewhere.example"), ("setup.exe", b"MZ\x90"), ("log.txt", b"E04\n")))
    assert (on(ticket), refused()) == (["log.txt"], [])


def test_files_of_mail_on_no_ticket_are_not_taken_out_of_it(desk: None) -> None:
    bring(with_files(written(), ("log.txt", b"E04\n")))
    assert Attachment.objects.count() == 0
