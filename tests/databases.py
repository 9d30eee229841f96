"""Migrated databases. Migrating takes seconds of work, so a run does it once on each kind of server, and copies the result."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.files import locks

from tests.environment import ROOT, RUN, without_settings
from tests.services import POSTGRES_URL

_FILE = RUN / "migrated.sqlite3"
_NAME = f"{RUN.name}_migrated"


def migrated_file() -> Path:
    """A SQLite database as ``manage.py migrate`` leaves it. To be copied, never opened by what is tested."""
    _once("sqlite", lambda: _migrate(f"sqlite:///{_FILE}"))
    return _FILE


def migrated_name() -> str:
    """The name of a PostgreSQL database as ``manage.py migrate`` leaves it, which PostgreSQL may take for a template."""
    _once("postgres", _migrate_on_postgres)
    return _NAME


def copy_in_memory(name: str) -> sqlite3.Connection:
    """A migrated copy in the memory of this process, for as long as somebody is connected to it.

    ``name`` is SQLite's for memory that several connections share, ``file:…?mode=memory&cache=shared``.
    """
    copy = sqlite3.connect(name, uri=True)
    with closing(sqlite3.connect(migrated_file())) as original:
        original.backup(copy)
    return copy


def copy_in_file(path: Path) -> str:
    """The address of a migrated copy."""
    shutil.copyfile(migrated_file(), path)
    return f"sqlite:///{path}"


@contextmanager
def copy_on_postgres(original: str | None = None) -> Iterator[str]:
    """The address of a copy, until the end of the block: of a migrated database, or of the one that has the name given."""
    name = f"{RUN.name}_{os.urandom(4).hex()}"
    with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original or migrated_name()}"')
        try:
            yield _address(name)
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def forget() -> None:
    """At the end of the run. What lies in the run's folder goes with it."""
    if _lock("postgres").exists():
        with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{_NAME}" WITH (FORCE)')


def _migrate_on_postgres() -> None:
    with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{_NAME}"')
        server.execute(f'CREATE DATABASE "{_NAME}"')
    _migrate(_address(_NAME))


def _address(name: str) -> str:
    return urlunsplit(urlsplit(POSTGRES_URL)._replace(path=f"/{name}"))


def _migrate(address: str) -> None:
    """In a process of its own, under the project's own settings, as an operator does."""
    environment = {
        **without_settings(),
        "DATABASE_URL": address,
        "VAR_DIR": str(RUN),
        "CELERY_BROKER_URL": "memory://",
        "EMAIL_URL": "memorymail://",
        "STATIC_MANIFEST": "false",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _once(what: str, make: Callable[[], None]) -> None:
    """Call ``make`` if no process of the run has; whoever comes meanwhile waits for it."""
    done = RUN / f"{what}.migrated"
    with _lock(what).open("w") as file:
        locks.lock(file, locks.LOCK_EX)
        if not done.exists():
            make()
            done.touch()


def _lock(what: str) -> Path:
    return RUN / f"{what}.lock"
