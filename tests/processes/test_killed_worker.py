"""A real worker, killed with kill -9 while it talks to the mail server: no mail is lost, and none is sent twice."""

import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from email.parser import BytesHeaderParser
from pathlib import Path
from socket import socket
from typing import Any

import psutil
import pytest
from aiosmtpd.controller import Controller

from tests.environment import ROOT, without_settings

pytestmark = pytest.mark.processes

MAILS = 12
FIRST = 4
"""So many arrive before the mail server stalls."""

SEED = f"""
from django.utils import timezone
from tests import factories
for _ in range({MAILS}):
    factories.open_ticket(at=timezone.now())
"""


class StallingServer:
    """Takes the first mails, then stalls before saying so, until it is told to go on. Forgets a mail whose sender died."""

    def __init__(self) -> None:
        self.arrived: list[str] = []
        self.stalled = 0
        self.goes_on = threading.Event()

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        while len(self.arrived) >= FIRST and not self.goes_on.is_set():
            self.stalled += 1
            while not self.goes_on.is_set():
                await server.loop.run_in_executor(None, self.goes_on.wait, 0.05)
        self.arrived.append(str(BytesHeaderParser().parsebytes(envelope.content)["Message-ID"]))
        return "250 Taken"


@pytest.fixture
def server() -> Iterator[tuple[StallingServer, int]]:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    handler = StallingServer()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    handler.goes_on.set()
    controller.stop()


@pytest.fixture(params=["filesystem", "redis"])
def broker_url(request: pytest.FixtureRequest) -> str:
    return "filesystem://" if request.param == "filesystem" else request.getfixturevalue("redis_url")


@pytest.fixture
def environment(server: tuple[StallingServer, int], broker_url: str, sqlite_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        **without_settings(),
        "DATABASE_URL": sqlite_url,
        "VAR_DIR": str(tmp_path),
        "CELERY_BROKER_URL": broker_url,
        "EMAIL_URL": f"smtp://127.0.0.1:{server[1]}",
        "DEFAULT_FROM_EMAIL": "Sportello <support@shop.example>",
        "STATIC_MANIFEST": "false",
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }


@pytest.fixture
def start_worker(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], psutil.Process]]:
    started: list[psutil.Process] = []

    def start() -> psutil.Process:
        command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "--concurrency", "2", "--without-mingle"]
        with (tmp_path / "worker.log").open("ab") as log:
            started.append(psutil.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log))
        return started[-1]

    yield start
    for worker in started:
        kill(worker)


def kill(worker: psutil.Process) -> None:
    """kill -9 for the worker and all its children, as when a machine dies."""
    with suppress(psutil.NoSuchProcess):
        tree = [worker, *worker.children(recursive=True)]
        for process in tree:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(tree, timeout=20)


def run(environment: dict[str, str], *command: str) -> None:
    subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True, capture_output=True, timeout=120)


def eventually(condition: Callable[[], bool], folder: Path, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            log = folder / "worker.log"
            pytest.fail(f"Not within {seconds} seconds. {log.read_text()[-4000:] if log.exists() else ''}")
        time.sleep(0.05)


def rows(folder: Path) -> dict[str, str]:
    """State by Message-ID."""
    with closing(sqlite3.connect(folder / "sportello.sqlite3", timeout=20)) as database:
        return dict(database.execute("SELECT rfc_message_id, state FROM tickets_outgoingmail").fetchall())


def sent(folder: Path) -> int:
    return list(rows(folder).values()).count("sent")


def let_leases_run_out(folder: Path) -> None:
    """What five minutes do by themselves."""
    with closing(sqlite3.connect(folder / "sportello.sqlite3", timeout=20)) as database, database:
        database.execute("UPDATE tickets_outgoingmail SET lease_until = created_at WHERE state = 'sending'")


def test_each_mail_arrives_once_though_the_worker_is_killed_while_sending(
    server: tuple[StallingServer, int],
    environment: dict[str, str],
    start_worker: Callable[[], psutil.Process],
    tmp_path: Path,
) -> None:
    mail_server, _port = server
    run(environment, "manage.py", "shell", "--command", SEED)
    assert Counter(rows(tmp_path).values()) == {"queued": MAILS}

    worker = start_worker()
    # Not between the server's "taken" and the worker's note of it: then nobody could know (see tickets/outbox/deliver.py).
    eventually(lambda: mail_server.stalled > 0 and sent(tmp_path) == len(mail_server.arrived), tmp_path)
    kill(worker)
    states = Counter(rows(tmp_path).values())
    assert (states["sending"] > 0, FIRST <= states["sent"] < MAILS) == (True, True), states

    mail_server.goes_on.set()
    let_leases_run_out(tmp_path)
    start_worker()
    run(environment, "-m", "celery", "-A", "portal", "call", "tickets.deliver_waiting_mail")
    eventually(lambda: set(rows(tmp_path).values()) == {"sent"}, tmp_path)
    # Another sweep finds nothing left to do.
    run(environment, "manage.py", "sweep")

    assert Counter(mail_server.arrived) == Counter(rows(tmp_path).keys())
