from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tickets.audit.actor import Actor
from tickets.desk.models import Ticket
from tickets.errors import NotAllowed
from tickets.management.customers import customer_with
from tickets.privacy.actions import erase


class Command(BaseCommand):
    help = "Blank everything personal about a customer, for good (GDPR article 17). Statistics stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the customer's e-mail address")
        parser.add_argument("--yes", action="store_true", help="do not ask for the address once more")

    def handle(self, *args: Any, **options: Any) -> None:
        customer = customer_with(options["email"])
        count = Ticket.objects.filter(customer=customer).count()
        if not options["yes"]:
            self.stdout.write(
                f"This erases {customer.name} and what is personal in {count} tickets. Nothing brings it back."
            )
            if input("Type the customer's e-mail address to go on: ").strip().casefold() != customer.email.casefold():
                raise CommandError("That is not the address. Nothing was changed.")
        try:
            erase(customer, by=Actor.system(), at=timezone.now())
        except NotAllowed as refusal:
            raise CommandError(f"{refusal} Nothing was changed.") from refusal
        self.stdout.write(f"Erased. What was personal in {count} tickets is gone; their records still verify.")
