import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tickets.management.demo import data, people, run, seeding


class Command(BaseCommand):
    help = "Shows the whole service on believable data: web server, worker and timetable, until Ctrl-C. PORT chooses the port."
    # It is what repairs what they would complain of, such as catalogues that are not compiled.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed-only", action="store_true", help="Prepare the database and the data, and end.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            port = run.port_from(os.environ.get("PORT") or "8000")
            if not options["seed_only"]:
                run.refuse_taken(port)
            self._move_to(port)
            self._prepare()
            if not options["seed_only"]:
                self._run(port)
        except run.CannotRun as error:
            raise CommandError(str(error)) from None

    def _move_to(self, port: int) -> None:
        """Begin anew in the demo's environment: the settings have been read by now, and mail names the site's address."""
        defaults = {
            "SITE_URL": f"http://{run.HOST}:{port}",
            "SHOP_NAME": "Casa Orsini",
            "DEFAULT_FROM_EMAIL": "Casa Orsini <support@casa-orsini.example>",
            # The address of a folder needs no host, but the library warns where there is none.
            "CELERY_BROKER_URL": "filesystem://localhost",
            # Files as they lie in the source: half of each start would go into packing them.
            "STATIC_MANIFEST": "false",
            # So that the sign-ins stay on the screen.
            "LOG_LEVEL": "WARNING",
        }
        missing = {name: value for name, value in defaults.items() if not os.environ.get(name)}
        if missing:
            os.environ.update(missing)
            os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606  (ourselves)

    def _prepare(self) -> None:
        call_command("compile_catalogues", verbosity=0)
        self._say("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
        if settings.STATIC_MANIFEST:
            call_command("collectstatic", interactive=False, verbosity=0)
        try:
            if seeding.seed(at=timezone.now()):
                self._say("Casa Orsini has opened: customers, orders and requests of the last weeks are there.")
            else:
                self._say("Casa Orsini is as you left it.")
        except seeding.NotOurs:
            raise CommandError(
                "This database has users of its own, and the demo's passwords are known to everybody. "
                "Give the demo a database to itself: set VAR_DIR or DATABASE_URL."
            ) from None

    def _run(self, port: int) -> None:
        watched = seeding.watch(at=timezone.now())
        supervisor = run.Supervisor(run.commands(port), self._say)

        def welcome() -> None:
            self._say(self._table(port))
            if watched:
                self._say(
                    f"  Request {watched.reference} waits for its first answer. In about a minute it is late: agent@example.com"
                    " loses it to senior@example.com, and giulia@example.com is told.\n"
                )
            self._say("  Ctrl-C stops everything; what you did is there at the next start.\n")

        ended = supervisor.run(is_ready=lambda: run.answers(port), when_ready=welcome)
        if ended:
            raise CommandError(f"The {ended} process ended by itself, so everything was stopped: see its lines above.")
        self._say("Stopped.")

    def _table(self, port: int) -> str:
        site = f"http://{run.HOST}:{port}"
        rows = [
            (row["email"], row["shown_as"])
            for group in ("customers", "staff")
            for row in data.read("people")[group]
            if "shown_as" in row
        ]
        signins = "\n".join(f"  {email:<18}  {what}" for email, what in rows)
        return (
            f"\n  Customers' portal   {site}/\n"
            f"  Agents' workspace   {site}/admin/\n\n"
            f"{signins}\n\n"
            f"  Password of all     {people.PASSWORD}\n"
            f"  Mail that was sent  {site}/admin/tickets/outgoingmail/ (as admin@example.com)\n\n"
        )

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
