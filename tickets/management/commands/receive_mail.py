"""Takes a message from a mail server's pipe. What it answers are the exit codes of sysexits.h, which mail servers know."""

import logging
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tickets.inbox import actions

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Keeps the message on standard input, for a worker to read. Ends with 0 when it is kept, and with 75 when it is not,"
        " so that the mail server tries again later."
    )
    # A check that fails is no reason to lose mail.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mailbox", default="pipe", help="where it is said to have come in (default: pipe)")
        parser.add_argument(
            "--from",
            dest="sender",
            default=os.environ.get("SENDER"),
            help="the envelope's sender, empty for none (default: SENDER of the environment)",
        )
        parser.add_argument(
            "--to",
            dest="recipients",
            action="append",
            help="the envelope's recipient; may be given several times"
            " (default: ORIGINAL_RECIPIENT or RECIPIENT of the environment)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        recipients = options["recipients"] or _recipients_of_environment()
        try:
            raw = sys.stdin.buffer.read()
        except OSError:
            logger.exception("message could not be read from the pipe")
            sys.exit(os.EX_TEMPFAIL)
        if not raw:
            self.stderr.write("There is no message on standard input.")
            sys.exit(os.EX_NOINPUT)
        try:
            actions.receive(
                raw,
                mailbox=options["mailbox"],
                at=timezone.now(),
                envelope_sender=_address(options["sender"]),
                envelope_recipients=recipients,
            )
        except Exception:
            # Whatever it is, the mail server still has the message: it is trouble of ours, and may pass.
            logger.exception("message could not be kept")
            self.stderr.write("The message could not be kept. Try again later.")
            sys.exit(os.EX_TEMPFAIL)


def _recipients_of_environment() -> list[str]:
    found = os.environ.get("ORIGINAL_RECIPIENT") or os.environ.get("RECIPIENT") or ""
    return [found] if found else []


def _address(sender: str | None) -> str | None:
    """As the envelope has it: mail servers write the empty sender as ``<>``, or as MAILER-DAEMON in a pipe's arguments."""
    if sender is None:
        return None
    bare = sender.strip().removeprefix("<").removesuffix(">")
    return "" if bare.upper() == "MAILER-DAEMON" else bare
