"""Several sweeps at once, as real processes: nothing happens twice, nothing is left out, whoever is killed in between."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.environment import ROOT, without_settings

pytestmark = pytest.mark.processes

TICKETS = 60
SWEEPS = 4

# Opened two days ago and never answered: every clock step of the first reply is due by now.
SEED = f"""
from datetime import timedelta
from django.utils import timezone
from tests import factories
factories.AgentFactory.create(level=1)
factories.AgentFactory.create(level=2)
for _ in range({TICKETS}):
    factories.open_ticket(at=timezone.now() - timedelta(days=2))
"""

# A sweep in small batches, which says after each work what it did, before that is committed; and then waits to be killed.
SWEEP_AND_STALL = """
import time
from django.utils import timezone
from tickets.lifecycle import sweeping
work, batches = sweeping._work, []
def stalls(tickets, at):
    done = work(tickets, at)
    batches.append(done)
    if len(batches) == 3:
        print("stalled", flush=True)
        time.sleep(600)
    return done
sweeping._work = stalls
sweeping.sweep_clocks(at=timezone.now(), batch=7)
"""

SWEEP_AT = """
from datetime import timedelta
from django.utils import timezone
from tickets import lifecycle
lifecycle.sweep(at=timezone.now() + timedelta(hours={hours}))
"""

FIRST_REPLIES = "SELECT id FROM tickets_slaclock WHERE metric = 'first_reply'"

FACTS = {
    "missed": f"SELECT count(*) FROM tickets_clockevent WHERE kind = 'breach' AND clock_id IN ({FIRST_REPLIES})",
    "missed late": f"""
        SELECT count(*) FROM tickets_clockevent e JOIN tickets_slaclock c ON c.id = e.clock_id
        WHERE e.kind = 'breach' AND e.clock_id IN ({FIRST_REPLIES}) AND e.at <> c.breached_at
    """,
    "escalated": "SELECT count(*) FROM tickets_escalation",
    "customers told": "SELECT count(DISTINCT ticket_id) FROM tickets_outgoingmail WHERE kind = 'escalated'",
    "mails to customers": "SELECT count(*) FROM tickets_outgoingmail WHERE kind = 'escalated'",
    "recorded": "SELECT count(*) FROM tickets_auditentry WHERE code = 'escalated'",
    "twice": """
        SELECT count(*) FROM (
            SELECT clock_id, step FROM tickets_clockevent WHERE step <> '' GROUP BY 1, 2 HAVING count(*) > 1
        ) AS twice
    """,
    "stumbled over": "SELECT count(*) FROM tickets_sweepfailure",
}
EACH_ONCE = {
    "missed": TICKETS,
    "missed late": 0,
    "escalated": TICKETS,
    "customers told": TICKETS,
    "mails to customers": TICKETS,
    "recorded": TICKETS,
    "twice": 0,
    "stumbled over": 0,
}

SUMMARIES = "SELECT data FROM tickets_outgoingmail WHERE kind = 'catch_up' ORDER BY id"

Ask = Callable[[str], list[tuple]]


@pytest.fixture(params=["postgresql", "sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database."""
    return request.getfixturevalue("postgres_url" if request.param == "postgresql" else "sqlite_url")


@pytest.fixture
def environment(database: str, tmp_path: Path) -> dict[str, str]:
    return {
        **without_settings(),
        "DATABASE_URL": database,
        "VAR_DIR": str(tmp_path),
        "CELERY_BROKER_URL": "memory://",
        "EMAIL_URL": "memorymail://",
        "STATIC_MANIFEST": "false",
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }


@pytest.fixture
def ask(database: str, environment: dict[str, str]) -> Iterator[Ask]:
    """Questions to the database, where all those tickets are due."""
    manage(environment, "shell", "--command", SEED)
    if database.startswith("sqlite"):
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"), timeout=20)) as file:
            yield lambda query: file.execute(query).fetchall()
    else:
        with psycopg.connect(database, autocommit=True) as server:
            yield lambda query: server.execute(query).fetchall()


def manage(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=240)


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def found(ask: Ask) -> dict[str, int]:
    return {name: ask(query)[0][0] for name, query in FACTS.items()}


def counted(ask: Ask, what: str) -> int:
    """What the summaries to staff add up to."""
    summaries = [json.loads(data) if isinstance(data, str) else data for (data,) in ask(SUMMARIES)]
    return sum(data["counts"].get(what, 0) for data in summaries)


def test_sweeps_at_once_do_nothing_twice(environment: dict[str, str], ask: Ask) -> None:
    sweeps = [start(environment, "sweep") for _ in range(SWEEPS)]
    said = [sweep.communicate(timeout=240)[0] for sweep in sweeps]

    assert [sweep.returncode for sweep in sweeps] == [0] * SWEEPS, said
    assert found(ask) == EACH_ONCE
    assert (counted(ask, "handed_over"), counted(ask, "missed")) == (TICKETS, TICKETS)


def test_a_sweep_that_is_killed_in_the_middle_of_a_batch_loses_nothing(environment: dict[str, str], ask: Ask) -> None:
    killed = start(environment, "shell", "--no-imports", "--command", SWEEP_AND_STALL)
    assert killed.stdout
    try:
        assert killed.stdout.readline() == "stalled\n"
        before = found(ask)["escalated"]
    finally:
        killed.kill()
        killed.wait(timeout=30)
    eventually(lambda: not _locked(ask))
    manage(environment, "sweep")

    assert 0 < before < TICKETS
    assert found(ask) == EACH_ONCE
    assert (counted(ask, "handed_over"), counted(ask, "missed")) == (TICKETS, TICKETS)


def test_a_clock_that_jumps_ahead_and_back_makes_nothing_happen_twice(environment: dict[str, str], ask: Ask) -> None:
    for hours in (0, 5, -5, 0):
        manage(environment, "shell", "--command", SWEEP_AT.format(hours=hours))

    facts = found(ask)
    assert {name: facts[name] for name in ("missed", "missed late", "twice", "stumbled over")} == {
        "missed": TICKETS,
        "missed late": 0,
        "twice": 0,
        "stumbled over": 0,
    }


def _locked(ask: Ask) -> bool:
    """Whether the server still holds what the dead one had; SQLite lets go at once."""
    try:
        return bool(
            ask(
                "SELECT 1 FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database()"
            )
        )
    except sqlite3.OperationalError:
        return False


def eventually(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
