"""Run the whole suite: on SQLite, and again on PostgreSQL where a server answers. Arguments are pytest's."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.services import REQUIRED, postgres_answers  # noqa: E402

NOTHING_COLLECTED = 5


def pytest(database, arguments):
    """pytest's exit code."""
    print(f"\nOn {database}:", flush=True)
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.call(command, cwd=ROOT, env={**os.environ, "TEST_DATABASE": database.lower()})


def main(arguments):
    code = pytest("SQLite", arguments)
    if postgres_answers():
        again = pytest("Postgres", [*arguments, "-m", "not browser and not sqlite and not processes"])
        # The arguments may choose tests of which none is for PostgreSQL.
        return code or (0 if again == NOTHING_COLLECTED else again)
    print("\nNot run: the suite on PostgreSQL, because no server answers.", flush=True)
    return code or int(REQUIRED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
