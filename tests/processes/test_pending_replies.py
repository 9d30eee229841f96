"""Answers whose time has come, found by several workers at once, one of which is killed half way: each is sent once."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.environment import ROOT, without_settings

pytestmark = pytest.mark.processes

ANSWERS = 30
WORKERS = 3

SEED = f"""
from datetime import timedelta
from django.utils import timezone
from tests import factories
from tickets import lifecycle
agent, at = factories.AgentFactory.create(level=1), timezone.now() - timedelta(minutes=1)
for number in range({ANSWERS}):
    lifecycle.queue_reply(factories.open_ticket(at=at), text="Please wait.", by=factories.acting(agent), at=at)
"""

SEND = """
from django.utils import timezone
from tickets import lifecycle
lifecycle.send_pending_replies(at=timezone.now())
"""

# Says so when a few are sent and the next is on record, but not committed; and then waits to be killed.
SEND_AND_STALL = """
import time
from django.utils import timezone
from tickets import lifecycle
from tickets.lifecycle.pending import sending
say, said = sending.say, []
def stalls(pending, at):
    message = say(pending, at=at)
    said.append(message)
    if len(said) == 3:
        print("stalled", flush=True)
        time.sleep(600)
    return message
sending.say = stalls
lifecycle.send_pending_replies(at=timezone.now())
"""

COUNTED = """
SELECT (SELECT count(*) FROM tickets_pendingreply),
       (SELECT count(*) FROM tickets_message WHERE author_kind = 'agent'),
       (SELECT count(DISTINCT ticket_id) FROM tickets_message WHERE author_kind = 'agent'),
       (SELECT count(*) FROM tickets_outgoingmail WHERE kind = 'reply')
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


def run(environment: dict[str, str], script: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--command", script],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_each_answer_is_sent_once_whoever_sends_and_whoever_dies(
    environment: dict[str, str], postgres_url: str
) -> None:
    assert run(environment, SEED).wait(timeout=300) == 0
    dies = run(environment, SEND_AND_STALL)
    assert dies.stdout
    assert any(line == "stalled\n" for line in dies.stdout)
    dies.kill()
    dies.wait(timeout=60)
    workers = [run(environment, SEND) for _ in range(WORKERS)]
    assert [worker.wait(timeout=300) for worker in workers] == [0] * WORKERS
    with psycopg.connect(postgres_url) as server:
        (counts,) = server.execute(COUNTED).fetchall()
    assert counts == (0, ANSWERS, ANSWERS, ANSWERS)
