"""Over a real connection, to a real (if small) mail server."""

from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from socket import socket
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.factories import NOW, acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Customer, OutgoingMail
from tickets.outbox import deliver
from tickets.outbox.models import MailState


class Mailbox:
    """Keeps what comes; refuses addresses that begin with "full" for now, and with "nobody" for good."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address.startswith("full"):
            return "452 Mailbox full"
        if address.startswith("nobody"):
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        parsed = BytesParser(policy=policy.default).parsebytes(envelope.content)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        return "250 Taken"


@pytest.fixture
def mailbox(settings) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    yield mailbox
    controller.stop()


def test_a_mail_in_arabic_arrives_whole(alice: Customer, agent: Agent, mailbox: Mailbox) -> None:
    alice.language = "ar"
    alice.save()
    ticket = open_ticket(alice, language="ar")
    text = "مرحبا،\n\nاضغط على الزر لمدة خمس ثوان. " + "طويل " * 400
    lifecycle.reply(ticket, text=text, by=acting(agent), at=NOW)
    deliver.deliver_waiting(at=NOW)
    arrived = mailbox.mails[-1]
    sent = OutgoingMail.objects.get(kind="reply")
    plain, formatted = arrived.get_body(("plain",)), arrived.get_body(("html",))
    assert plain is not None
    assert formatted is not None
    assert plain.get_content().splitlines() == sent.text.splitlines()
    assert formatted.get_content().splitlines() == sent.html.splitlines()
    assert (arrived["Subject"], arrived["Message-ID"], arrived["Content-Language"]) == (
        sent.subject,
        sent.rfc_message_id,
        "ar",
    )


@pytest.mark.parametrize(
    ("address", "state"), [("full@mail.example", MailState.QUEUED), ("nobody@mail.example", MailState.FAILED)]
)
def test_what_the_server_says_of_an_address_is_believed(
    alice: Customer, mailbox: Mailbox, address: str, state: str
) -> None:
    alice.email = address
    alice.save()
    open_ticket(alice)
    deliver.deliver_waiting(at=NOW)
    assert (OutgoingMail.objects.get().state, mailbox.mails) == (state, [])


def test_no_server_is_no_error(alice: Customer, mailbox: Mailbox, settings) -> None:
    settings.EMAIL_PORT = 1
    open_ticket(alice)
    assert deliver.deliver_waiting(at=NOW) == 0
    assert OutgoingMail.objects.get().last_error.startswith("ConnectionRefusedError")
