"""Through providers' own interfaces: the real requests, to a server that stands in for each."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email import policy
from email.parser import Parser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final
from urllib.parse import parse_qsl

import boto3
import pytest
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.server import ThreadedMotoServer

from portal import providers
from tests.factories import NOW, acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Customer, OutgoingMail
from tickets.outbox import deliver, identifiers
from tickets.outbox.models import MailState

pytestmark = pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid")

REGION: Final = "eu-west-1"


@dataclass
class Request:
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Interface:
    """A provider's server: keeps what it is asked, and answers as it was told."""

    status: int = 200
    answer: Any = None
    asked: list[Request] = field(default_factory=list)
    address: str = ""


@dataclass
class Letter:
    """What a provider is asked to send, whatever its words for it are."""

    key: str
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    answers_to: str
    headers: Mapping[str, str]
    watched: Any


@pytest.fixture
def interface() -> Iterator[Interface]:
    interface = Interface()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            interface.asked.append(Request(self.path, dict(self.headers), body))
            answer = b"" if interface.answer is None else json.dumps(interface.answer).encode()
            self.send_response(interface.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    interface.address = f"http://127.0.0.1:{server.server_port}"
    yield interface
    server.shutdown()
    server.server_close()


# --- The same letter in each provider's words -------------------------------------------------------------------------


def brevo(request: Request) -> Letter:
    told = request.json
    assert request.path == "/smtp/email"
    return Letter(
        request.headers["api-key"], told["sender"]["email"], told["to"][0]["email"], told["subject"], told["textContent"],
        told["htmlContent"], told["replyTo"]["email"], told["headers"], watched=None,
    )  # fmt: skip


def mailgun(request: Request) -> Letter:
    told = dict(parse_qsl(request.body.decode()))
    assert request.path == "/shop.example/messages"
    headers = {name.removeprefix("h:"): value for name, value in told.items() if name.startswith("h:")}
    return Letter(
        request.headers["Authorization"], told["from"], told["to"], told["subject"], told["text"], told["html"],
        headers["Reply-To"], headers, watched=(told["o:tracking-opens"], told["o:tracking-clicks"]),
    )  # fmt: skip


def postmark(request: Request) -> Letter:
    told = request.json
    assert request.path == "/email"
    headers = {header["Name"]: header["Value"] for header in told["Headers"]}
    return Letter(
        request.headers["X-Postmark-Server-Token"], told["From"], told["To"], told["Subject"], told["TextBody"],
        told["HtmlBody"], told["ReplyTo"], headers, watched=(told["TrackOpens"], told["TrackLinks"]),
    )  # fmt: skip


def sendgrid(request: Request) -> Letter:
    told = request.json
    assert request.path == "/mail/send"
    bodies = {part["type"]: part["value"] for part in told["content"]}
    tracking = told["tracking_settings"]
    return Letter(
        request.headers["Authorization"], told["from"]["email"], told["personalizations"][0]["to"][0]["email"],
        told["subject"], bodies["text/plain"], bodies["text/html"], told["reply_to_list"][0]["email"], told["headers"],
        watched=(tracking["open_tracking"]["enable"], tracking["click_tracking"]["enable"]),
    )  # fmt: skip


@dataclass(frozen=True)
class Provider:
    """``key`` is how the key arrives, ``accepted`` what the provider answers, ``unwatched`` its word for no tracking."""

    settings: Mapping[str, str]
    key: str
    read: Callable[[Request], Letter]
    accepted: Any
    number: str | None
    unwatched: Any
    status: int = 200


PROVIDERS: Final = {
    "brevo": Provider(
        {"BREVO_API_KEY": "key"}, "key", brevo, {"messageId": "<2026@smtp-relay.brevo.example>"},
        number="<2026@smtp-relay.brevo.example>", unwatched=None, status=201,
    ),
    "mailgun": Provider(
        {"MAILGUN_API_KEY": "key"}, "Basic YXBpOmtleQ==", mailgun, {"id": "<one@shop.example>", "message": "Queued. Thank you."},
        number="<one@shop.example>", unwatched=("no", "no"),
    ),
    "postmark": Provider(
        {"POSTMARK_SERVER_TOKEN": "key"}, "key", postmark,
        {"To": "alice@example.com", "MessageID": "b7bc2f4a", "ErrorCode": 0, "Message": "OK"},
        number="b7bc2f4a", unwatched=(False, "None"),
    ),
    "sendgrid": Provider(
        {"SENDGRID_API_KEY": "key"}, "Bearer key", sendgrid, None, number=None, unwatched=(False, False), status=202
    ),
}  # fmt: skip


@pytest.fixture
def through(interface: Interface, settings: Any) -> Callable[[str], Provider]:
    """Has mail leave by a provider, with what every desk tells it and what an operator sets."""

    def choose(name: str) -> Provider:
        provider = PROVIDERS[name]
        settings.EMAIL_BACKEND = f"anymail.backends.{name}.EmailBackend"
        ours = providers.manners(timeout=2)
        settings.ANYMAIL = providers.combined(ours, {**provider.settings, f"{name.upper()}_API_URL": interface.address})
        interface.status, interface.answer = provider.status, provider.accepted
        return provider

    return choose


def only_mail() -> OutgoingMail:
    return OutgoingMail.objects.get()


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_mail_arrives_whole_with_every_header_of_ours(
    alice: Customer, agent: Agent, interface: Interface, through: Callable[[str], Provider], name: str
) -> None:
    provider = through(name)
    alice.language = "ar"
    alice.save()
    ticket = open_ticket(alice, language="ar")
    lifecycle.reply(ticket, text="مرحبا، اضغط على الزر.", by=acting(agent), at=NOW)
    deliver.deliver_waiting(at=NOW)
    acknowledgement, reply = OutgoingMail.objects.filter(customer=alice).order_by("pk")
    letter = provider.read(interface.asked[-1])
    assert letter.key == provider.key
    assert ("support@shop.example" in letter.sender, letter.recipient) == (True, alice.email)
    assert (letter.subject, letter.text, letter.html) == (reply.subject, reply.text, reply.html)
    assert letter.answers_to == identifiers.reply_address(ticket.pk, reply.pk)
    headers = {name.lower(): value for name, value in letter.headers.items()}
    assert headers["message-id"] == reply.rfc_message_id
    assert (headers["in-reply-to"], headers["references"]) == (acknowledgement.rfc_message_id,) * 2
    assert headers["content-language"] == "ar"
    assert "auto-submitted" not in headers


@pytest.mark.parametrize("name", PROVIDERS)
def test_automatic_mail_says_so(
    alice: Customer, interface: Interface, through: Callable[[str], Provider], name: str
) -> None:
    provider = through(name)
    open_ticket(alice)
    deliver.deliver_waiting(at=NOW)
    headers = {name.lower(): value for name, value in provider.read(interface.asked[0]).headers.items()}
    assert (headers["auto-submitted"], headers["x-auto-response-suppress"]) == ("auto-replied", "All")


@pytest.mark.parametrize("name", PROVIDERS)
def test_staff_can_stop_notifications_by_their_mail_program(
    alice: Customer, agent: Agent, senior: Agent, interface: Interface, through: Callable[[str], Provider], name: str
) -> None:
    provider = through(name)
    ticket = open_ticket(alice)
    for to in (None, agent):
        lifecycle.assign(ticket, to=to, by=acting(senior), at=NOW)
    assigned = OutgoingMail.objects.filter(kind="assigned").latest("pk")
    if name == "postmark":
        interface.answer = {**provider.accepted, "To": assigned.recipient}
    deliver.deliver(assigned.pk, at=assigned.next_try_at)
    headers = {name.lower(): value for name, value in provider.read(interface.asked[0]).headers.items()}
    assert headers["list-unsubscribe"].startswith("<http")


@pytest.mark.parametrize("name", PROVIDERS)
def test_nobody_is_watched(
    alice: Customer, interface: Interface, through: Callable[[str], Provider], name: str
) -> None:
    provider = through(name)
    open_ticket(alice)
    deliver.deliver_waiting(at=NOW)
    assert provider.read(interface.asked[0]).watched == provider.unwatched


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_providers_number_is_kept(
    alice: Customer, interface: Interface, through: Callable[[str], Provider], name: str
) -> None:
    provider = through(name)
    open_ticket(alice)
    deliver.deliver_waiting(at=NOW)
    mail = only_mail()
    # SendGrid gives none: it repeats one of ours in its reports.
    number = provider.number or interface.asked[0].json["personalizations"][0]["custom_args"]["anymail_id"]
    assert (mail.state, mail.provider_id) == (MailState.SENT, number)


def test_postmark_is_asked_to_keep_our_message_id(
    alice: Customer, interface: Interface, through: Callable[[str], Provider]
) -> None:
    provider = through("postmark")
    open_ticket(alice)
    deliver.deliver_waiting(at=NOW)
    assert provider.read(interface.asked[0]).headers["X-PM-KeepID"] == "true"


def test_an_answer_that_names_another_recipient_does_not_make_a_sent_mail_look_unsent(
    alice: Customer, interface: Interface, through: Callable[[str], Provider]
) -> None:
    """As for a mail to a domain in Arabic letters, which comes back in Latin ones."""
    provider = through("postmark")
    interface.answer = {**provider.accepted, "To": "alice@xn--mgbh0fb.example"}
    open_ticket(alice)
    deliver.deliver_waiting(at=NOW)
    mail = only_mail()
    assert (mail.state, mail.provider_id) == (MailState.SENT, provider.number)


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("status", [401, 429, 503])
def test_what_a_provider_says_against_it_stands_on_the_mail_and_it_is_tried_again(
    alice: Customer, interface: Interface, through: Callable[[str], Provider], name: str, status: int
) -> None:
    through(name)
    interface.status, interface.answer = status, {"message": "Not today"}
    open_ticket(alice)
    deliver.deliver_waiting(at=NOW)
    mail = only_mail()
    assert (mail.state, len(interface.asked)) == (MailState.QUEUED, 1)
    assert str(status) in mail.last_error
    assert "Not today" in mail.last_error


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_that_is_not_there_is_no_error(
    alice: Customer, through: Callable[[str], Provider], name: str, settings: Any
) -> None:
    through(name)
    settings.ANYMAIL[f"{name.upper()}_API_URL"] = "http://127.0.0.1:1"
    open_ticket(alice)
    deliver.deliver_waiting(at=NOW)
    assert (only_mail().state, "Error" in only_mail().last_error) == (MailState.QUEUED, True)


def test_an_address_that_postmark_refuses_is_not_tried_again(
    alice: Customer, interface: Interface, through: Callable[[str], Provider]
) -> None:
    through("postmark")
    interface.status = 422
    interface.answer = {
        "ErrorCode": 406,
        "Message": "You tried to send to a recipient that has been marked as inactive.\n"
        f"Found inactive addresses: {alice.email}.\nInactive recipients are ones that have generated a hard bounce.",
    }
    open_ticket(alice)
    deliver.deliver_waiting(at=NOW)
    assert only_mail().state == MailState.FAILED


# --- Amazon SES -------------------------------------------------------------------------------------------------------


def amazon_settings(address: str) -> dict[str, Any]:
    client = {
        "endpoint_url": address,
        "region_name": REGION,
        "aws_access_key_id": "key",
        "aws_secret_access_key": "secret",
    }
    return providers.combined(providers.manners(timeout=2), {"AMAZON_SES_CLIENT_PARAMS": client})


@pytest.fixture
def amazon(settings: Any) -> Iterator[Any]:
    """A server that speaks as Amazon SES does, to which the desk's domain has shown that it is ours; what it sent."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings.EMAIL_BACKEND = "anymail.backends.amazon_ses.EmailBackend"
    settings.ANYMAIL = amazon_settings(f"http://{host}:{port}")
    ses = boto3.client("sesv2", **{**settings.ANYMAIL["AMAZON_SES_CLIENT_PARAMS"], "config": None})
    ses.create_email_identity(EmailIdentity="shop.example")
    sent = get_backend("ses")[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    # The server's memory outlives it.
    sent.clear()
    yield sent
    ses.delete_email_identity(EmailIdentity="shop.example")
    server.stop()


def test_amazon_gets_the_mail_as_it_is_to_be_sent(alice: Customer, amazon: Any) -> None:
    alice.name, alice.language = "Alice Ó Byrne", "ja"
    alice.save()
    ticket = open_ticket(alice, language="ja")
    deliver.deliver_waiting(at=NOW)
    mail = only_mail()
    [sent] = amazon
    arrived = Parser(policy=policy.default).parsestr(sent.raw_data)
    body, formatted = arrived.get_body(("plain",)), arrived.get_body(("html",))
    assert body is not None
    assert formatted is not None
    # Where the first word is long, Django begins the subject on a line of its own.
    assert (arrived["Subject"].strip(), arrived["Message-ID"]) == (mail.subject, mail.rfc_message_id)
    assert arrived["Reply-To"] == identifiers.reply_address(ticket.pk, mail.pk)
    assert (arrived["Auto-Submitted"], arrived["Content-Language"]) == ("auto-replied", "ja")
    assert body.get_content().splitlines() == mail.text.splitlines()
    assert formatted.get_content().splitlines() == mail.html.splitlines()
    assert (mail.state, mail.provider_id) == (MailState.SENT, sent.id)


def test_amazon_refusing_the_sender_stands_on_the_mail(alice: Customer, amazon: Any, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Sportello <support@elsewhere.example>"
    open_ticket(alice)
    deliver.deliver_waiting(at=NOW)
    mail = only_mail()
    assert (mail.state, "Did not have authority to send" in mail.last_error) == (MailState.QUEUED, True)


def test_amazon_is_asked_once_an_attempt(alice: Customer, interface: Interface, settings: Any) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.amazon_ses.EmailBackend"
    settings.ANYMAIL = amazon_settings(interface.address)
    interface.status = 503
    open_ticket(alice)
    deliver.deliver_waiting(at=NOW)
    assert (only_mail().state, len(interface.asked)) == (MailState.QUEUED, 1)
