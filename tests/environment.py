"""The environment that tests and the processes they start live in: theirs, and nothing that this machine has set."""

import os
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Several runs may use one machine and its servers at once. The first process of a run makes the folder, and takes it away
# when it ends; pytest's workers, and the processes that tests start, inherit it.
if "TEST_RUN" not in os.environ:
    _folder = tempfile.TemporaryDirectory(prefix="sportello_", ignore_cleanup_errors=True)
    os.environ["TEST_RUN"] = _folder.name

RUN = Path(os.environ["TEST_RUN"])
"""A folder that all processes of this run share. Its name is the run's own, and fits the name of a database."""


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
        if name.removesuffix("_FILE") not in ours and not name.startswith(("ANYMAIL_", "IMAP_"))
    }
    # Where this machine keeps no compiled modules, each process would compile Django anew: a second or two, several times
    # a test. Ours keep them, apart from the source.
    if sys.dont_write_bytecode:
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        kept["PYTHONPYCACHEPREFIX"] = str(ROOT / "var" / "pycache")
    # A .env file in the checkout is its owner's business.
    return {**kept, "DOTENV": ""}
