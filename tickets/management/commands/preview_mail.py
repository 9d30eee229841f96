from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.management.base import BaseCommand, CommandError
from django.template.loader import render_to_string
from django.utils import timezone

from tickets.outbox import addresses, samples
from tickets.outbox.kinds import KINDS
from tickets.outbox.models import OutgoingMail
from tickets.people.models import ReadingNeeds


class Command(BaseCommand):
    help = (
        "Write every kind of mail in every language as files to look at: the formatted part (.html), the text part (.txt),"
        " the whole mail for a mail program (.eml), and a page that leads to all of them (index.html). With made-up people;"
        " sends nothing and needs no database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", nargs="*", metavar="KIND", help="only these kinds, such as: acknowledgement reply")
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), help="only in this language")
        parser.add_argument(
            "--needs",
            type=_needs,
            default=[],
            help=f"for a reader with these needs, with commas between them: {', '.join(ReadingNeeds.values)}",
        )
        parser.add_argument("--to", metavar="FOLDER", type=Path, required=True, help="made if it is not there")

    def handle(self, *args: Any, **options: Any) -> None:
        # Not by argparse: it would take no kind at all for a wrong one.
        if unknown := set(options["kind"]) - set(KINDS):
            raise CommandError(f"There is no kind {', '.join(sorted(unknown))}. There are: {', '.join(KINDS)}.")
        languages = [options["language"]] if options["language"] else list(dict(settings.LANGUAGES))
        folder, at = options["to"], timezone.now()
        try:
            written = [
                (language, [self._write(folder, name, mail) for name, mail in self._mails(language, options, at)])
                for language in languages
            ]
            index = folder / "index.html"
            index.write_text(render_to_string("mail/index_of_files.html", {"languages": written}), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"Nothing can be written to {folder}: {error}") from error
        self.stdout.write(f"Mails written: {sum(len(rows) for _language, rows in written)}. Open {index}")

    def _mails(self, language: str, options: dict[str, Any], at: datetime) -> Iterator[tuple[str, OutgoingMail]]:
        for kind in options["kind"] or KINDS:
            for number in range(samples.count(kind)):
                mail = samples.render(kind, language, at=at, needs=options["needs"], number=number)
                yield f"{language}/{kind}-{number + 1}", mail

    def _write(self, folder: Path, name: str, mail: OutgoingMail) -> tuple[str, OutgoingMail]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".txt").write_text(mail.text, encoding="utf-8")
        path.with_suffix(".eml").write_bytes(_message(mail))
        page = path.with_suffix(".html")
        if mail.html:
            page.write_text(mail.html, encoding="utf-8")
        else:
            # One of an earlier run would be taken for this one's.
            page.unlink(missing_ok=True)
        return name, mail


def _needs(text: str) -> list[str]:
    needs = [need.strip() for need in text.split(",") if need.strip()]
    if unknown := set(needs) - set(ReadingNeeds.values):
        raise ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(ReadingNeeds.values)}")
    return needs


def _message(mail: OutgoingMail) -> bytes:
    message = EmailMultiAlternatives(mail.subject, mail.text, addresses.sender(), [mail.recipient])
    message.extra_headers["Content-Language"] = mail.language
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message.message().as_bytes()
