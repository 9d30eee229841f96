"""``make bench``: what the main pages, the sweep and inbound mail cost, and how that grows with the number of tickets.

Runs in a database of its own, on PostgreSQL where it answers and else on SQLite. Machines differ and are shared: read
queries, calls and growth; milliseconds only against the floor of the same run.
"""

import argparse
import os
import sys
from datetime import timedelta

from tests import services

SIZES = (1_000, 10_000, 100_000)
OPEN = (10_000, 1_000_000)


def main(sizes: list[int], crowds: list[int]) -> None:
    if services.postgres_answers():
        os.environ.setdefault("TEST_DATABASE", "postgres")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

    import django

    django.setup()

    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_test_environment, teardown_test_environment

    settings.ROOT_URLCONF = "tests.benchmarks.floor"
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        from tests.benchmarks import business_time, inbound, sweep_at_scale
        from tests.benchmarks.report import Bench

        business_time.run(sys.stdout)
        Bench(tuple(sizes), step=timedelta(minutes=1)).run(sys.stdout)
        if connection.vendor == "postgresql":
            sweep_at_scale.run(sys.stdout, tuple(crowds))
            inbound.run(sys.stdout, tuple(crowds))
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
        teardown_test_environment()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make bench ARGS=", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="tickets, three in ten of them open")
    parser.add_argument(
        "--open", nargs="+", type=int, default=OPEN, help="open tickets among which a sweep is measured"
    )
    arguments = parser.parse_args()
    main(arguments.sizes, arguments.open)
