"""Say which catalogues no longer have exactly the sentences that the source has, or have translations that would crash.

Works on a copy, because the tool that extracts sentences writes into the catalogues. Needs GNU gettext, as a developer
who adds a sentence does; where it is missing, this says so and, unless REQUIRE_SERVICES=1, goes on.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPIED = ["manage.py", "portal", "tickets", "static", "locale"]
# As in the Makefile's "messages".
EXTRACT = ["makemessages", "--all", "--no-location", "--no-wrap", "--no-obsolete", "--verbosity", "0"]


def catalogues():
    """As paths within the project."""
    return [path.relative_to(ROOT) for path in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))]


def without_date(catalogue):
    return re.sub(r'^"POT-Creation-Date:.*\n', "", catalogue.read_text(encoding="utf-8"), flags=re.MULTILINE)


def stale(copy):
    """The catalogues, as paths within the project, that extracting changes."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        elif source.exists():
            shutil.copy(source, copy / name)
    environment = {**os.environ, "VAR_DIR": str(copy / "var"), "DOTENV": ""}
    subprocess.run([sys.executable, "manage.py", *EXTRACT], cwd=copy, env=environment, check=True)
    return [path for path in catalogues() if without_date(ROOT / path) != without_date(copy / path)]


def crashing():
    """What msgfmt says of placeholders that a translation lost, misspelt or made up."""
    for path in catalogues():
        run = subprocess.run(
            ["msgfmt", "--check", "--output-file", os.devnull, path],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        if run.returncode:
            yield run.stderr.strip()


def main():
    if not shutil.which("xgettext"):
        print("Not run: the check for stale catalogues, because GNU gettext is not installed.")
        return int(os.environ.get("REQUIRE_SERVICES") == "1")
    with tempfile.TemporaryDirectory() as folder:
        complaints = [f"{path} is stale: run `make messages`." for path in stale(Path(folder))]
    complaints += crashing()
    print("\n".join(complaints) or f"{len(catalogues())} catalogues have exactly the sentences that the source has.")
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
