"""A process that takes in mail, as a worker does; prints the most memory it held in kilobytes, and the seconds it took.

``answers N`` takes in so many customers' answers, ``message PATH`` the one that lies there, and removes it.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import django


def main(what: str, argument: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()

    from tests.benchmarks.crowd import AT
    from tickets.inbox import actions
    from tickets.inbox.process import process

    begun = time.perf_counter()
    with mock.patch.object(actions, "hand_over"):
        for raw in _answers(int(argument)) if what == "answers" else _message(Path(argument)):
            kept = actions.receive(raw, mailbox="pipe", at=AT)
            # Who reads a message is another process than who took it in.
            del raw
            assert process(kept.pk, at=AT)
    seconds = time.perf_counter() - begun
    sys.stdout.write(f"{_most_memory()} {seconds}")


def _most_memory() -> int:
    """In kilobytes. Not by getrusage, which counts what the process was forked from as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def _answers(count: int) -> Iterator[bytes]:
    from tests.benchmarks import inbound
    from tickets import models

    # Each on a case of its own that no other run has taken: the few from the middle on, the many behind them.
    middle = models.Ticket.objects.count() // 2
    return inbound.answers(count, first=middle if count < inbound.MANY else middle + inbound.MANY // 10)


def _message(path: Path) -> Iterator[bytes]:
    yield path.read_bytes()
    path.unlink()


if __name__ == "__main__":
    main(*sys.argv[1:])
