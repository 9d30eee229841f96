"""What a sweep costs among very many open cases: when nothing is due, when a thousand clocks are, and in memory.

Only on PostgreSQL. Read counts and ratios; each milliseconds stands beside what the bare statements took in the same
minute, because machines are shared.
"""

import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final, TextIO

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.benchmarks import bare_sweeps, crowd
from tests.services import POSTGRES_URL
from tickets import lifecycle

DUE: Final = 1_000
RUNS: Final = 5
MIXES: Final = {"warnings": (DUE, 0), "half each": (DUE // 2, DUE // 2), "misses": (0, DUE)}
FEW, MANY = 100, 10_000

Work = Callable[[], object]


def run(out: TextIO, sizes: tuple[int, ...]) -> None:
    crowd.hire()
    smallest: dict[str, float] = {}
    for size in sizes:
        crowd.gather(size)
        _idle(out, size)
        _due(out, size, smallest)
    _memory(out, sizes[-1])


# --- Nothing is due ---------------------------------------------------------------------------------------------------


def _idle(out: TextIO, size: int) -> None:
    clocks = lambda: lifecycle.sweep_clocks(at=crowd.AT)  # noqa: E731
    ms = _medians({"clocks": clocks, "bare": _bare_claim}, runs=51)
    whole = _queries(lambda: lifecycle.sweep(at=crowd.AT))
    out.write(
        f"\n{size:,} open, nothing due: {_queries(clocks)} query of the clocks, {whole} of the whole sweep;"
        f" {_blocks()} blocks, the bare claim {_blocks_of_claim()};"
        f" {ms['clocks']:.2f} ms, the bare claim {ms['bare']:.2f} ms, ratio {ms['clocks'] / ms['bare']:.1f}\n"
    )


def _bare_claim() -> None:
    with transaction.atomic():
        bare_sweeps.claim()


def _blocks() -> int:
    """Of every statement that the idle clocks ask."""
    with CaptureQueriesContext(connection) as captured:
        lifecycle.sweep_clocks(at=crowd.AT)
    return sum(_explained(query["sql"]) for query in captured if query["sql"].startswith("SELECT"))


def _blocks_of_claim() -> int:
    return _explained(bare_sweeps.CLAIM.replace("%s", f"'{crowd.AT.isoformat()}'"))


def _explained(statement: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    # The topmost node's line counts all below it; planning has one of its own.
    first = re.search(r"Buffers: shared (?:hit=(\d+))? ?(?:read=(\d+))?", plan.partition("Planning:")[0])
    return sum(int(number or 0) for number in first.groups()) if first else 0


# --- A thousand are due -----------------------------------------------------------------------------------------------


def _due(out: TextIO, size: int, smallest: dict[str, float]) -> None:
    out.write(
        f"{f'{size:,} open, {DUE:,} due':28}{'us/due':>9}{'in sets':>9}{'ratio':>7}{'by ORM':>9}{'ratio':>7}"
        f"{'queries':>9}{'a batch':>9}{'growth':>8}\n"
    )
    for name, (warned, missed) in MIXES.items():
        with transaction.atomic():
            crowd.make_due(warned, missed)
            ms = _medians({"sets": _undone(bare_sweeps.in_sets), "orm": _undone(bare_sweeps.in_orm_batches),
                           "sweep": _undone(_sweep)}, runs=RUNS)  # fmt: skip
            queries = _queries(_undone(_sweep))
            transaction.set_rollback(True)
        growth = ms["sweep"] / smallest.setdefault(name, ms["sweep"])
        per_batch = queries / (DUE / bare_sweeps.BATCH)
        out.write(
            f"{name:28}{ms['sweep'] * 1000 / DUE:9.0f}{ms['sets'] * 1000 / DUE:9.0f}{ms['sweep'] / ms['sets']:7.1f}"
            f"{ms['orm'] * 1000 / DUE:9.0f}{ms['sweep'] / ms['orm']:7.1f}{queries:9}{per_batch:9.0f}{growth:8.1f}\n"
        )


def _sweep() -> int:
    return lifecycle.sweep_clocks(at=crowd.AT).steps


def _undone(work: Callable[[], int]) -> Work:
    """Rolled back, so that the same clocks can be due again; links between rows are checked before, as a commit would."""

    def done_and_undone() -> None:
        with transaction.atomic():
            done = work()
            assert done == DUE, done
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)

    return done_and_undone


# --- Memory -----------------------------------------------------------------------------------------------------------


def _memory(out: TextIO, size: int) -> None:
    """The most that a worker of its own ever held, with few due and with many."""
    few, many = _peak(FEW, first=1), _peak(MANY, first=2)
    out.write(
        f"\n{size:,} open: a worker's memory with {FEW} due {few:.0f} MB, with {MANY:,} due {many:.0f} MB:"
        f" {many - few:.1f} MB more\n"
    )


def _peak(due: int, *, first: int) -> float:
    crowd.make_due(due // 2, due // 2, first=first)
    name = connection.settings_dict["NAME"]
    environment = {**os.environ, "TEST_DATABASE": POSTGRES_URL.rpartition("/")[0] + f"/{name}"}
    command = [sys.executable, "-m", "tests.benchmarks.worker"]
    worker = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    steps, kilobytes = map(int, worker.stdout.split())
    assert steps == due, steps
    return kilobytes / 1024


# --- How --------------------------------------------------------------------------------------------------------------


def _queries(work: Work) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    # What opens and closes transactions is none: it comes with the statements that it holds together.
    return sum(not re.match("SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|SET", query["sql"]) for query in captured)


def _medians(ways: Mapping[str, Work], *, runs: int) -> dict[str, float]:
    """In milliseconds; in turns, so that whatever else the machine does meets all of them."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs + 1):
        for name, work in ways.items():
            start = time.perf_counter()
            work()
            taken[name].append((time.perf_counter() - start) * 1000)
    # The first of each is a warm-up.
    return {name: statistics.median(times[1:]) for name, times in taken.items()}
