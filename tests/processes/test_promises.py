"""Promises whose dates have passed, found by several sweeps at once: each is broken once, and told once."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.environment import ROOT, without_settings

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


COUNTED = """
SELECT (SELECT count(*) FROM tickets_promise WHERE state = 'broken' AND broken_at = due_at),
       (SELECT count(*) FROM tickets_outgoingmail WHERE kind = 'promise_late'),
       (SELECT count(*) FROM tickets_auditentry WHERE code = 'promise_reminded')
"""


@pytest.fixture
def environment(postgres_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        **without_settings(),
        "DATABASE_URL": postgres_url,
        "VAR_DIR": str(tmp_path),
        "CELERY_BROKER_URL": "memory://",
        "EMAIL_URL": "memorymail://",
        "STATIC_MANIFEST": "false",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }


def manage(environment: dict[str, str], *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )


def test_sweeps_at_once_break_and_remind_once(environment: dict[str, str], postgres_url: str) -> None:
    assert manage(environment, "shell", "--command", SEED).wait(timeout=300) == 0
    sweeps = [manage(environment, "sweep") for _ in range(SWEEPS)]
    assert [sweep.wait(timeout=300) for sweep in sweeps] == [0] * SWEEPS
    with psycopg.connect(postgres_url) as server:
        (counts,) = server.execute(COUNTED).fetchall()
    assert counts == (PROMISES // 2, PROMISES // 2, PROMISES // 2)
