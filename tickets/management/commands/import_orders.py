from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tickets.orders.actions import take_in
from tickets.orders.models import OrderStatus
from tickets.orders.rules import OPTIONAL, REQUIRED, Problem, Row, read


class Command(BaseCommand):
    help = (
        "Take in orders from a CSV file (UTF-8), one line for each line of an order. Can be repeated: what is known is brought"
        f" up to date. The head needs {', '.join(REQUIRED)}; it may have {', '.join(OPTIONAL)}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        rows: list[Row] = []
        problems: list[Problem] = []
        languages = frozenset(code for code, _name in settings.LANGUAGES)
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as lines:
                for found in read(lines, statuses=frozenset(OrderStatus.values), languages=languages):
                    (problems if isinstance(found, Problem) else rows).append(found)  # type: ignore[arg-type]
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from error
        imported = take_in(rows, at=timezone.now())
        self.stdout.write(f"{imported.new} new orders, {imported.known} brought up to date.")
        for problem in problems:
            self.stderr.write(f"Line {problem.line}: {problem.reason}")
        if problems:
            raise CommandError(f"{len(problems)} lines were left out.")
