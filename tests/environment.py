"""The environment that tests and the processes they start live in: theirs, and nothing that this machine has set."""

import os
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Where this machine keeps no compiled modules, each process that a test starts would compile Django anew: a second or two,
# several times a test. Ours keep them for the run, apart from the source.
_compiled = tempfile.TemporaryDirectory(prefix="sportello-pycache-", ignore_cleanup_errors=True)


def documented_names() -> set[str]:
    """Every variable that an operator may set, as .env.example lists them."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^#? ?([A-Z][A-Z0-9_]*)=", text, flags=re.MULTILINE))


def without_settings() -> dict[str, str]:
    """This process's environment less all that would set up Sportello, for a test to add its own."""
    # The tests' own too: processes that they start are the real thing.
    ours = {*documented_names(), "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"}
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.removesuffix("_FILE") not in ours and not name.startswith("ANYMAIL_")
    }
    if sys.dont_write_bytecode:
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        kept["PYTHONPYCACHEPREFIX"] = _compiled.name
    # A .env file in the checkout is its owner's business.
    return {**kept, "DOTENV": ""}
