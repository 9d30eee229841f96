"""What one thing costs: statements and Python calls repeat exactly, milliseconds are the median of a few runs."""

import cProfile
import pstats
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.test.utils import CaptureQueriesContext


@dataclass(frozen=True, slots=True)
class Cost:
    milliseconds: float
    queries: int
    calls: int


def cost(work: Callable[[], object], *, prepare: Callable[[], object] = lambda: None, runs: int = 5) -> Cost:
    """Run it once to warm up, then measure; ``prepare`` runs before each and is not counted."""
    prepare()
    work()
    times = []
    for _ in range(runs):
        prepare()
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    prepare()
    with CaptureQueriesContext(connection) as captured:
        work()
    # Now: the next request empties the log that this reads.
    queries = len(captured)
    prepare()
    profile = cProfile.Profile()
    profile.runcall(work)
    calls = pstats.Stats(profile).total_calls
    return Cost(statistics.median(times) * 1000, queries, calls)
