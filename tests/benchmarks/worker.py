"""A process that sweeps once, as a worker does; prints the steps it took, and the most memory it held in kilobytes."""

import os
import resource
import sys

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()

    from tests.benchmarks.crowd import AT
    from tickets import lifecycle

    steps = lifecycle.sweep_clocks(at=AT).steps
    sys.stdout.write(f"{steps} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}")


if __name__ == "__main__":
    main()
