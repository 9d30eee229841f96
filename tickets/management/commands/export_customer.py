import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from tickets.management.customers import customer_with
from tickets.privacy.export import export


class Command(BaseCommand):
    help = "Write everything we hold about a customer as JSON, to answer a request for access (GDPR article 15)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the customer's e-mail address")
        parser.add_argument("--output", metavar="FILE", type=Path, help="write to this file instead of to the screen")

    def handle(self, *args: Any, **options: Any) -> None:
        customer = customer_with(options["email"])
        found = export(customer, at=timezone.now(), for_customer=False)
        written = json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        if options["output"] is None:
            self.stdout.write(written)
            return
        # Nobody but whoever asked may read it, not even for a moment: neither a new file, nor one that was there before.
        options["output"].touch(mode=0o600)
        options["output"].chmod(0o600)
        options["output"].write_text(f"{written}\n", encoding="utf-8")
        self.stdout.write(f"Written to {options['output']}. It is personal: hand it over safely, then delete it.")
