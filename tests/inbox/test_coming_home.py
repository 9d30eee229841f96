"""Our own mail, answered as people's mail programs do it, comes home to its ticket, and brings what they wrote and no more."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage, Message
from email.utils import parseaddr

import pytest
from django.core.mail import EmailMessage as Mail

from tests.factories import NOW, acting, open_ticket
from tests.inbox.stage import bring
from tickets import lifecycle
from tickets.models import Agent, Customer, Ticket
from tickets.outbox import deliver


@dataclass(frozen=True, slots=True)
class Reader:
    """How somebody's mail program writes in their language: ``wrote`` stands before a quotation, ``fields`` name the headers
    that it repeats there instead, and ``prefix`` marks an answer.
    """

    words: str
    prefix: str
    wrote: str
    fields: tuple[str, str, str, str]


READERS = {
    "en": Reader(
        "Thank you, it works again.\n\nAlice",
        "Re: ",
        "On Mon, 23 Nov 2026 at 10:00, {name} <{address}> wrote:",
        ("From", "Sent", "To", "Subject"),
    ),
    "it": Reader(
        "Grazie, funziona di nuovo.\n\nAlice",
        "R: ",
        "Il giorno lun 23 nov 2026 alle ore 10:00 {name} <{address}> ha scritto:",
        ("Da", "Inviato", "A", "Oggetto"),
    ),
    "de": Reader(
        "Danke, sie läuft wieder.\n\nAlice",
        "AW: ",
        "Am Mo., 23. Nov. 2026 um 10:00 Uhr schrieb {name} <{address}>:",
        ("Von", "Gesendet", "An", "Betreff"),
    ),
    "fr": Reader(
        "Merci, elle marche de nouveau.\n\nAlice",
        "RE : ",
        "Le lun. 23 nov. 2026 à 10:00, {name} <{address}> a écrit :",
        ("De", "Envoyé", "À", "Objet"),
    ),
    "es": Reader(
        "Gracias, vuelve a funcionar.\n\nAlice",
        "RE: ",
        "El lun, 23 nov 2026 a las 10:00, {name} (<{address}>) escribió:",
        ("De", "Enviado el", "Para", "Asunto"),
    ),
    "pl": Reader(
        "Dziękuję, znowu działa.\n\nAlice",
        "Odp: ",
        "pon., 23 lis 2026 o 10:00 {name} <{address}> napisał(a):",
        ("Od", "Wysłane", "Do", "Temat"),
    ),
    "ja": Reader(
        "ありがとうございます。また動くようになりました。",
        "Re: ",
        "2026年11月23日(月) 10:00 {name} <{address}>:",
        ("差出人", "送信日時", "宛先", "件名"),
    ),
    "ar": Reader(
        "شكرا، إنها تعمل من جديد.",
        "رد: ",
        "في الاثنين، 23 نوفمبر 2026 في 10:00 تمت كتابة ما يلي بواسطة {name} <{address}>:",
        ("من", "تم الإرسال", "إلى", "الموضوع"),
    ),
}

Style = Callable[[Reader, str, str, str], str]
Way = Callable[[EmailMessage, Message], None]


def quoted(text: str) -> str:
    return "".join(f"> {line}".rstrip() + "\n" for line in text.splitlines())


def above(reader: Reader, sender: str, subject: str, text: str) -> str:
    """As most people answer: above the quotation."""
    name, address = parseaddr(sender)
    return f"{reader.words}\n\n{reader.wrote.format(name=name, address=address)}\n\n{quoted(text)}"


def below(reader: Reader, sender: str, subject: str, text: str) -> str:
    name, address = parseaddr(sender)
    return f"{reader.wrote.format(name=name, address=address)}\n{quoted(text)}\n{reader.words}\n"


def with_fields(reader: Reader, sender: str, subject: str, text: str) -> str:
    """As Outlook does: no marks, and the headers instead."""
    sent_by, sent_at, sent_to, about = reader.fields
    fields = f"{sent_by}: {sender}\n{sent_at}: 23.11.2026 10:00\n{sent_to}: alice@example.com\n{about}: {subject}\n"
    return f"{reader.words}\n\n________________________________\n{fields}\n{text}"


STYLES: tuple[Style, ...] = (above, below, with_fields)


def by_token(message: EmailMessage, sent: Message) -> None:
    message["to"] = sent["reply-to"]


def by_references(message: EmailMessage, sent: Message) -> None:
    message["to"] = "support@shop.example"
    message["references"] = f"{sent['references'] or ''} {sent['message-id']}".strip()


def by_subject(message: EmailMessage, sent: Message) -> None:
    message["to"] = "support@shop.example"


def answered(mail: Mail, language: str, style: Style, way: Way) -> EmailMessage:
    reader, sent = READERS[language], mail.message()
    message = EmailMessage()
    message.set_content(style(reader, mail.from_email, str(mail.subject), str(mail.body)), cte="quoted-printable")
    message["from"], message["subject"] = "Alice Byrne <alice@example.com>", f"{reader.prefix}{mail.subject}"
    message["message-id"], message["date"] = "<answer@mail.example>", "Mon, 23 Nov 2026 10:30:00 +0100"
    way(message, sent)
    return message


@pytest.mark.parametrize("way", [by_token, by_references, by_subject])
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("language", READERS)
def test_our_mail_comes_home(
    alice: Customer,
    agent: Agent,
    mailoutbox: list,
    language: str,
    style: Style,
    way: Way,
) -> None:
    Customer.objects.update(language=language)
    alice.refresh_from_db()
    ticket = open_ticket(alice)
    lifecycle.reply(ticket, text="1. Unplug it.\n\n2. Wait.", by=acting(agent), at=NOW)
    deliver.deliver_waiting(at=NOW)
    sent = [mail for mail in mailoutbox if mail.to == [alice.email]]
    kept = bring(answered(sent[-1], language, style, way), at=NOW)
    assert kept.ticket == Ticket.objects.get()
    assert kept.message is not None
    assert (kept.message.author, kept.message.text) == (alice.user, READERS[language].words)
