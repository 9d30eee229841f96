"""The project's own settings, with everything that may be chosen chosen for the tests.

TEST_DATABASE=postgres, or the address of a server, runs them on PostgreSQL instead of on SQLite in memory.
"""

import os
import tempfile

from tests.environment import RUN, without_settings
from tests.services import POSTGRES_URL

_database = os.environ.get("TEST_DATABASE") or "sqlite"

for _name in os.environ.keys() - without_settings().keys() - {"DJANGO_SETTINGS_MODULE"}:
    del os.environ[_name]
os.environ.update(
    DOTENV="",
    # Each worker process of a run has its own, so that none sees another's files. Gone when the run ends.
    VAR_DIR=tempfile.mkdtemp(prefix="var-", dir=RUN),
    SECRET_KEY="nothing that tests sign is secret",
    DATABASE_URL={"sqlite": "sqlite://:memory:", "postgres": POSTGRES_URL}.get(_database, _database),
    CACHE_URL="locmemcache://",
    CELERY_BROKER_URL="memory://",
    EMAIL_URL="memorymail://",
    DEFAULT_FROM_EMAIL="Sportello <support@shop.example>",
    STATIC_MANIFEST="false",
    LOG_LEVEL="WARNING",
    # Answers leave at once; the tests of taking them back say otherwise.
    REPLY_UNDO_SECONDS="0",
    # Playwright's synchronous interface runs an event loop in the thread that the tests use the database from.
    DJANGO_ALLOW_ASYNC_UNSAFE="1",
)

from portal.settings import *  # noqa: E402, F403
from portal.settings import DATABASES  # noqa: E402

DATABASES["default"]["TEST"] = {"NAME": f"test_{RUN.name}"} if _database != "sqlite" else {}

# The real one takes a third of a second for each sign-in, which is the point of it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
