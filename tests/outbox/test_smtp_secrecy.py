"""Mail servers that want a password, or encryption: what they get, and what they never do."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from portal.environment import Environment
from tests.certificates import make_certificate
from tests.factories import NOW, open_ticket
from tickets.models import Customer, OutgoingMail
from tickets.outbox import deliver
from tickets.outbox.models import MailState


@dataclass
class MailServer:
    """Takes mail of whoever knows the password. ``encrypted`` tells of each mail how it came."""

    encrypted: list[bool] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=given == LoginPassword(b"desk@shop.example", b"p@ss:word"), handled=False)

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        self.senders.append(envelope.mail_from)
        return "250 Taken"


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    return make_certificate(tmp_path)


@pytest.fixture
def trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))


@pytest.fixture
def start(
    certificate: tuple[Path, Path], settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., MailServer]]:
    """Starts a mail server, and has the desk use it as an operator's EMAIL_URL says."""
    running: list[Controller] = []

    def run(scheme: str, *, offers: str, password: str = "p%40ss%3Aword") -> MailServer:
        server = MailServer()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        with socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options: dict[str, Any] = {"hostname": "127.0.0.1", "port": port, "authenticator": server.authenticate}
        controller = {
            "nothing": lambda: Controller(server, auth_require_tls=False, **options),
            "STARTTLS": lambda: Controller(server, tls_context=context, require_starttls=True, **options),
            "TLS": lambda: Controller(server, ssl_context=context, auth_require_tls=False, **options),
        }[offers]()
        controller.start()
        running.append(controller)
        monkeypatch.setenv("EMAIL_URL", f"{scheme}://desk%40shop.example:{password}@127.0.0.1:{port}")
        for name, value in Environment().mail("EMAIL_URL", default=tmp_path).items():
            setattr(settings, name, value)
        return server

    yield run
    for controller in running:
        controller.stop()


def sent(customer: Customer) -> OutgoingMail:
    """An acknowledgement, after the first attempt to send it."""
    open_ticket(customer)
    deliver.deliver_waiting(at=NOW)
    return OutgoingMail.objects.get()


@pytest.mark.parametrize(("scheme", "offers"), [("smtp+tls", "STARTTLS"), ("smtp+ssl", "TLS")])
def test_mail_leaves_encrypted_with_the_password_of_the_address(
    alice: Customer, start: Callable[..., MailServer], trusted: None, scheme: str, offers: str
) -> None:
    server = start(scheme, offers=offers)
    mail = sent(alice)
    assert (mail.state, mail.last_error, server.encrypted) == (MailState.SENT, "", [True])
    assert server.senders[0].startswith("reply+")


def test_a_wrong_password_puts_mail_off_and_says_why(
    alice: Customer, start: Callable[..., MailServer], trusted: None
) -> None:
    server = start("smtp+tls", offers="STARTTLS", password="wrong")
    mail = sent(alice)
    assert (mail.state, server.encrypted) == (MailState.QUEUED, [])
    assert mail.last_error.startswith("SMTPAuthenticationError")
    assert "535" in mail.last_error


def test_a_server_that_cannot_encrypt_gets_neither_mail_nor_password(
    alice: Customer, start: Callable[..., MailServer]
) -> None:
    server = start("smtp+tls", offers="nothing")
    mail = sent(alice)
    assert (mail.state, server.encrypted) == (MailState.QUEUED, [])
    assert mail.last_error == "SMTPNotSupportedError: STARTTLS extension not supported by server."


@pytest.mark.parametrize(("scheme", "offers"), [("smtp+tls", "STARTTLS"), ("smtp+ssl", "TLS")])
def test_a_server_that_nobody_vouches_for_gets_neither(
    alice: Customer, start: Callable[..., MailServer], scheme: str, offers: str
) -> None:
    server = start(scheme, offers=offers)
    mail = sent(alice)
    assert (mail.state, server.encrypted) == (MailState.QUEUED, [])
    assert "certificate verify failed" in mail.last_error


def test_a_server_that_has_another_name_on_its_certificate_gets_neither(
    alice: Customer, start: Callable[..., MailServer], trusted: None, settings: Any
) -> None:
    server = start("smtp+tls", offers="STARTTLS")
    settings.EMAIL_HOST = "localhost"
    mail = sent(alice)
    assert (mail.state, server.encrypted) == (MailState.QUEUED, [])
    assert "certificate verify failed" in mail.last_error
