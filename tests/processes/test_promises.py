"""Promises whose dates have passed, found by several sweeps at once: each is broken once, and told once."""

import subprocess
import sys

import psycopg
import pytest

from tests.environment import ROOT
from tests.processes.test_sweeps import environment, manage, number  # noqa: F401

pytestmark = pytest.mark.processes

PROMISES = 40
SWEEPS = 3

# Half of them are late by now, the other half is due soon enough for a reminder.
SEED = f"""
from datetime import timedelta
from django.utils import timezone
from tests import factories
from tickets import lifecycle
agent, at = factories.AgentFactory.create(level=1), timezone.now() - timedelta(days=2)
for number in range({PROMISES}):
    due_at = timezone.now() + timedelta(hours=-1 if number % 2 else 1)
    lifecycle.promise(
        factories.open_ticket(at=at), kind="update", due_at=due_at, by=factories.acting(agent), at=at
    )
"""


def test_sweeps_at_once_break_and_remind_once(environment: dict[str, str], postgres_url: str) -> None:  # noqa: F811
    manage(environment, "migrate", "--verbosity", "0")
    manage(environment, "shell", "--command", SEED)
    command = [sys.executable, "manage.py", "sweep"]
    sweeps = [subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) for _ in range(SWEEPS)]
    assert [sweep.wait(timeout=120) for sweep in sweeps] == [0] * SWEEPS
    with psycopg.connect(postgres_url) as server:
        broken = number(server, "SELECT count(*) FROM tickets_promise WHERE state = 'broken' AND broken_at = due_at")
        told = number(server, "SELECT count(*) FROM tickets_outgoingmail WHERE kind = 'promise_late'")
        reminded = number(server, "SELECT count(*) FROM tickets_auditentry WHERE code = 'promise_reminded'")
    assert (broken, told, reminded) == (PROMISES // 2, PROMISES // 2, PROMISES // 2)
