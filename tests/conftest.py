"""The frame: which services there are, and what every test starts from."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
import redis
from django.core.cache import cache
from django.db import connection
from django.utils import timezone, translation

from portal.celery import app as celery_app
from tests import databases, factories, services
from tickets import models
from tickets.management import first_desk

NOT_FOUND = "Not found on this machine: "


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Lists what did not run for want of a service, so that a green run does not look like more than it was."""
    reasons = [str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []) if report.longrepr]
    missing = Counter(reason.partition(NOT_FOUND)[2] for reason in reasons if NOT_FOUND in reason)
    if missing:
        terminalreporter.section("not run")
        for service, count in sorted(missing.items()):
            terminalreporter.write_line(f"{count} tests need {service}")


def need(found: Any, service: str) -> None:
    """Go on if a service was found; else skip the test, or fail it where REQUIRE_SERVICES=1."""
    if found:
        return
    if services.REQUIRED:
        pytest.fail(f"{NOT_FOUND}{service}", pytrace=False)
    pytest.skip(f"{NOT_FOUND}{service}")


def pytest_unconfigure(config: pytest.Config) -> None:
    # Not in a worker: others may still be at work.
    if not hasattr(config, "workerinput"):
        databases.forget()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """The tests' own database starts as a copy of a migrated one; Django then finds nothing left to migrate."""
    settings = connection.settings_dict["TEST"]
    if connection.vendor == "postgresql":
        settings["TEMPLATE"] = databases.migrated_name()
        yield
    else:
        settings["NAME"] = "file:tests?mode=memory&cache=shared"
        with closing(databases.copy_in_memory(settings["NAME"])):
            yield


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    """Attempts that earlier tests made to sign in are not held against this one."""
    cache.clear()


@pytest.fixture(autouse=True)
def _fresh_reader() -> None:
    """The last page's reader has gone: each test begins in English, on the clock of UTC."""
    translation.activate("en")
    timezone.deactivate()


@pytest.fixture
def eager() -> Iterator[None]:
    """Tasks run at once, in the process and transaction that sent them, and their errors are the test's."""
    # Not by monkeypatch: the configuration keeps what was never set in no attribute that could be put back.
    before = celery_app.conf.task_always_eager, celery_app.conf.task_eager_propagates
    celery_app.conf.task_always_eager = celery_app.conf.task_eager_propagates = True
    yield
    celery_app.conf.task_always_eager, celery_app.conf.task_eager_propagates = before


# --- The cast: the same people in every story -------------------------------------------------------------------------


@pytest.fixture
def desk(db: None) -> None:
    """What every desk starts with. Also after a test that emptied the database, as those with several connections do."""
    first_desk.install()


@pytest.fixture
def alice(desk: None) -> models.Customer:
    """The customer."""
    return factories.CustomerFactory.create(name="Alice Byrne", email="alice@example.com")


@pytest.fixture
def bob(desk: None) -> models.Customer:
    """A customer with the same mail domain as Alice, who must not see what is hers."""
    return factories.CustomerFactory.create(name="Bob Byrne", email="bob@example.com")


@pytest.fixture
def charlie(desk: None) -> models.Customer:
    """A stranger."""
    return factories.CustomerFactory.create(name="Charlie Quinn", email="charlie@elsewhere.example")


@pytest.fixture
def agent(desk: None) -> models.Agent:
    """Answers at the first tier, in English and Italian."""
    user = factories.UserFactory.create(name="Marta Rinaldi", email="agent@shop.example", is_staff=True)
    return factories.AgentFactory.create(user=user, level=1, languages={"en": 5, "it": 5})


@pytest.fixture
def senior(desk: None) -> models.Agent:
    """Senior specialist."""
    user = factories.UserFactory.create(name="Tomasz Nowak", email="senior@shop.example", is_staff=True)
    return factories.AgentFactory.create(user=user, level=2, languages={"en": 4, "pl": 5})


@pytest.fixture
def lead(desk: None) -> models.Agent:
    """Team lead."""
    user = factories.UserFactory.create(name="Ines Koch", email="lead@shop.example", is_staff=True, is_superuser=True)
    return factories.AgentFactory.create(user=user, level=3, languages={"en": 4, "de": 5})


@pytest.fixture
def now() -> datetime:
    """The moment at which stories begin."""
    return factories.NOW


# --- Services ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The address of a migrated PostgreSQL database of the test's own, for processes that it starts."""
    need(services.postgres_answers(), "PostgreSQL")
    with databases.copy_on_postgres() as address:
        yield address


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a migrated SQLite database of the test's own, where a process with that VAR_DIR looks for it."""
    return databases.copy_in_file(tmp_path / "sportello.sqlite3")


@pytest.fixture
def redis_url() -> Iterator[str]:
    """The address of a Redis database of the test's own: one that was empty, and is emptied again."""
    need(services.redis_answers(), "Redis")
    for number in range(15, 0, -1):
        client = redis.Redis.from_url(f"{services.REDIS_URL}/{number}")
        # Whoever marks it first has it, should two tests look at once; what others keep in theirs is let be.
        if client.dbsize() == 0 and client.set("sportello-tests", os.getpid(), nx=True) and client.dbsize() == 1:
            try:
                yield f"{services.REDIS_URL}/{number}"
            finally:
                with suppress(redis.RedisError):
                    client.flushdb()
            return
    need(False, "an empty Redis database")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser."""
    path = services.chromium_path()
    need(path, "Chromium")
    assert path
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium: str) -> dict[str, Any]:
    """Playwright drives the machine's Chromium, which looks up nobody: no component updates, no accounts."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    # Chromium refuses its sandbox to root, and continuous integration is root in a container.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium, "args": [*quiet, *sandbox, "--disable-gpu"]}


@pytest.fixture(scope="session")
def axe_source() -> str:
    """axe-core. Hand it to ``page.evaluate``, which our content security policy does not bind, unlike a script tag."""
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
