"""New deadlines for many open cases, worked out by several workers of which one is killed: each case once."""

import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.environment import ROOT, without_settings

pytestmark = pytest.mark.processes

TICKETS = 60

# A lead promises a first reply in half the time; nobody has told the open cases yet.
SEED = f"""
from django.utils import timezone
from tests import factories
from tickets import lifecycle
from tickets.audit.actor import Actor
from tickets.models import SLAPolicy, SLATarget
from tickets.sla import versions
from tickets.sla.content import content
for _ in range({TICKETS}):
    factories.open_ticket(at=timezone.now())
SLATarget.objects.filter(metric="first_reply").update(minutes=30)
draft = versions.save_draft(SLAPolicy.objects.get(), content(SLAPolicy.objects.get()), by_id=None, at=timezone.now())
lifecycle.publish_policy(draft, reason="Half the time", by=Actor.system(), at=timezone.now())
"""

# Small batches, so that there is a middle to be killed in. The lease of a killed worker has run out by the clock given.
WORK = """
from datetime import timedelta
from django.utils import timezone
from tickets.lifecycle.deadlines.due_times import WORK
from tickets.models import Recomputation
pk = Recomputation.objects.get().pk
while Recomputation.objects.get().finished_at is None:
    WORK.batch(pk, at=timezone.now() + timedelta({later}), size=3)
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


@pytest.fixture
def server(environment: dict[str, str], postgres_url: str) -> Iterator[psycopg.Connection]:
    command = [sys.executable, "manage.py", "shell", "--command", SEED]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=300)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


def worker(environment: dict[str, str], later: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "shell", "--command", WORK.format(later=later)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def number(server: psycopg.Connection, query: str) -> int:
    row = server.execute(query).fetchone()
    assert row
    return int(row[0])


def test_a_killed_worker_and_two_that_go_on_leave_no_case_out_and_do_none_twice(
    environment: dict[str, str], server: psycopg.Connection
) -> None:
    first = worker(environment, "0")
    while number(server, "SELECT done FROM tickets_recomputation") == 0:
        assert first.poll() is None, first.communicate()[0]
        time.sleep(0.01)
    first.kill()
    first.wait()
    assert number(server, "SELECT done FROM tickets_recomputation") < TICKETS
    others = [worker(environment, "minutes=10"), worker(environment, "minutes=10")]
    for each in others:
        output, _errors = each.communicate(timeout=120)
        assert each.returncode == 0, output
    moved = "SELECT count(DISTINCT clock_id) FROM tickets_clockevent WHERE kind = 'apply' AND cause = 'policy'"
    assert number(server, moved) == TICKETS
    assert (
        number(server, "SELECT count(*) FROM tickets_clockevent WHERE kind = 'apply' AND cause = 'policy'") == TICKETS
    )
    assert number(server, "SELECT count(*) FROM tickets_auditentry WHERE code = 'due_changed'") == TICKETS
    assert number(server, "SELECT moved FROM tickets_recomputation") == TICKETS
    assert number(server, "SELECT done FROM tickets_recomputation") == TICKETS
