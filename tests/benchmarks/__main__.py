"""``make bench``: what the main pages and the sweep cost, and how that grows with the number of tickets.

Runs in a database of its own, on PostgreSQL where it answers and else on SQLite. Machines differ and are shared: read
queries, calls and growth; milliseconds only against the floor of the same run.
"""

import os
import sys
from datetime import timedelta

from tests import services

SIZES = (1_000, 10_000, 100_000)


def main(sizes: tuple[int, ...]) -> None:
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
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        from tests.benchmarks import business_time
        from tests.benchmarks.report import Bench

        business_time.run(sys.stdout)
        Bench(sizes, step=timedelta(minutes=1)).run(sys.stdout)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
        teardown_test_environment()


if __name__ == "__main__":
    main(tuple(int(argument) for argument in sys.argv[1:]) or SIZES)
