"""Several sweeps at once, as real processes on PostgreSQL: nothing happens twice, and nothing is left out."""

import subprocess
import sys

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

FIRED_TWICE = """
SELECT count(*) FROM (
    SELECT clock_id, kind FROM tickets_clockevent WHERE kind IN ('warn', 'breach', 'overdue') GROUP BY 1, 2 HAVING count(*) > 1
) AS twice
"""


@pytest.fixture
def environment(postgres_url: str, tmp_path) -> dict[str, str]:
    return {
        **without_settings(),
        "DATABASE_URL": postgres_url,
        "VAR_DIR": str(tmp_path),
        "CELERY_BROKER_URL": "memory://",
        "EMAIL_URL": "memorymail://",
        "STATIC_MANIFEST": "false",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }


def manage(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=120)


def number(server: psycopg.Connection, query: str) -> int:
    row = server.execute(query).fetchone()
    assert row
    return row[0]


def test_sweeps_at_once_do_nothing_twice(environment: dict[str, str], postgres_url: str) -> None:
    manage(environment, "migrate", "--verbosity", "0")
    manage(environment, "shell", "--command", SEED)
    command = [sys.executable, "manage.py", "sweep"]
    sweeps = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(SWEEPS)
    ]
    said = [sweep.communicate(timeout=120)[0] for sweep in sweeps]

    assert [sweep.returncode for sweep in sweeps] == [0] * SWEEPS, said
    with psycopg.connect(postgres_url) as server:
        breaches = number(server, "SELECT count(*) FROM tickets_clockevent WHERE kind = 'breach' AND clock_id IN"
                          " (SELECT id FROM tickets_slaclock WHERE metric = 'first_reply')")  # fmt: skip
        escalations = number(server, "SELECT count(*) FROM tickets_escalation")
        told = number(server, "SELECT count(*) FROM tickets_outgoingmail WHERE kind = 'escalated'")
        twice = number(server, FIRED_TWICE)
        left = number(server, "SELECT count(*) FROM tickets_slaclock WHERE next_step_at <= now()")
    assert (breaches, escalations, told, twice, left) == (TICKETS, TICKETS, TICKETS, 0, 0)
