from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Django's ``compilemessages`` needs GNU msgfmt, which a machine with only Python on it has not."""

    help = "Compile the translators' .po catalogues into the .mo files that Django reads; needs no gettext tools."
    # It is what repairs the one check that would complain.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        sources = sorted(
            source for folder in settings.LOCALE_PATHS for source in Path(folder).glob("*/LC_MESSAGES/*.po")
        )
        for source in sources:
            compile_catalogue(source)
        if options["verbosity"]:
            self.stdout.write(f"Compiled catalogues: {len(sources)}")


def compile_catalogue(source: Path) -> Path:
    """Write the ``.mo`` beside ``source`` and return its path. Fuzzy entries, confirmed by nobody, stay English."""
    try:
        catalogue = polib.pofile(str(source), encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{source} cannot be read: {error}") from error
    compiled = source.with_suffix(".mo")
    # A web server that reads the catalogue meanwhile finds the old one or the new one, never half of it.
    draft = compiled.with_suffix(".mo.draft")
    catalogue.save_as_mofile(str(draft))
    draft.replace(compiled)
    return compiled
