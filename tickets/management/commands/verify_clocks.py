from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tickets.sla import verification
from tickets.sla.models import SLAClock

MEANINGS = {
    "spells": "ran {stored}, and its events say {fresh}",
    "due": "is due {stored}, and a fresh calculation says {fresh}",
    "step": "has nothing that the sweep would find, and {fresh} is still to come",
}


class Command(BaseCommand):
    help = (
        "Compare every clock that is at work with what its events say. Ends with 1 if one differs. While new deadlines"
        " are being worked out after a change of policy or opening hours, those still waiting are reported, too."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for fault in verification.find():
            found += 1
            clock = fault.clock
            meaning = MEANINGS[fault.what].format(stored=fault.stored, fresh=fault.fresh)
            self.stdout.write(f"{clock.ticket.reference}: {clock.metric} {clock.cycle} {meaning}")
        if found:
            raise CommandError(f"Faults found: {found}.")
        self.stdout.write(f"Clocks that are right: {SLAClock.objects.filter(stopped_at=None).count()}.")
