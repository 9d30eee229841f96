from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from tickets.audit.models import AuditEntry
from tickets.audit.rules import faults
from tickets.desk.models import Ticket
from tickets.desk.references import normalise

MEANINGS = {
    "missing": "entry {number} is missing",
    "changed": "entry {number} was changed",
    "unlinked": "entry {number} does not follow the one before it",
}


class Command(BaseCommand):
    help = (
        "Check that nobody changed, dropped or reordered an entry of the tickets' records. Ends with 1 if somebody did."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", nargs="?", help="check this ticket only")

    def handle(self, *args: Any, **options: Any) -> None:
        tickets = Ticket.objects.order_by("pk")
        if options["reference"]:
            tickets = tickets.filter(reference=normalise(options["reference"]))
            if not tickets.exists():
                raise CommandError(f"There is no ticket {options['reference']}.")
        found = [*_without_record(tickets), *_faults(tickets)]
        for reference, meaning in found:
            self.stdout.write(f"{reference}: {meaning}")
        if found:
            raise CommandError(f"Faults found: {len(found)}.")
        self.stdout.write(f"Records that are whole: {tickets.count()}.")


def _without_record(tickets: QuerySet[Ticket]) -> Iterator[tuple[str, str]]:
    """A ticket is opened with an entry, so one without any has lost them all."""
    for reference in tickets.filter(record=None).values_list("reference", flat=True):
        yield reference, "every entry is missing"


def _faults(tickets: QuerySet[Ticket]) -> Iterator[tuple[str, str]]:
    entries = AuditEntry.objects.filter(ticket__in=tickets).order_by("ticket_id", "sequence")
    for ticket_id, chain in groupby(entries.iterator(), key=attrgetter("ticket_id")):
        for fault in faults(chain):
            yield tickets.get(pk=ticket_id).reference, MEANINGS[fault.code].format(number=fault.sequence)
