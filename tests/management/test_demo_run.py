import io
import os
import signal
import socket
import sys
import threading
import time
from itertools import count

import psutil
import pytest

from tickets.management.demo import run

# Told apart from what other runs of these tests start at the same time.
MARK = f"sleeper-of-{os.getpid()}"
SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)", MARK]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)', '{MARK}']);"
    "print('up', flush=True); time.sleep(60)",
    MARK,
]


def interrupt_later(output: io.StringIO, ups: int) -> None:
    """Ctrl-C once that many processes are up."""

    def wait() -> None:
        while output.getvalue().count("up") < ups:
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=wait, daemon=True).start()


def supervise(commands: dict[str, list[str]], *, interrupt: bool = True) -> tuple[str | None, str]:
    output = io.StringIO()
    if interrupt:
        interrupt_later(output, len(commands))
    ended = run.Supervisor(commands, output.write).run(is_ready=lambda: False, when_ready=lambda: None)
    return ended, output.getvalue()


def left_over() -> list[psutil.Process]:
    """Sleepers that still live. One that is dead, and not yet buried by whoever inherited it, does not."""
    ours = [one for one in psutil.process_iter(["cmdline", "status"]) if MARK in str(one.info["cmdline"])]
    return [one for one in ours if one.info["status"] != psutil.STATUS_ZOMBIE]


def test_ctrl_c_stops_every_process():
    ended, output = supervise({"web": SLEEPER, "worker": SLEEPER})

    assert ended is None
    assert sorted(output.splitlines()) == ["web    | up", "worker | up"]
    assert left_over() == []


def test_a_process_that_ends_by_itself_stops_the_others_and_is_named():
    ended, _output = supervise(
        {"web": SLEEPER, "worker": [sys.executable, "-c", "raise SystemExit(3)"]}, interrupt=False
    )

    assert ended == "worker"
    assert left_over() == []


def test_a_process_that_does_not_listen_is_killed_with_all_it_started(monkeypatch):
    monkeypatch.setattr(run, "PATIENCE", 0.3)

    supervise({"web": STUBBORN})

    assert left_over() == []


def test_it_says_once_when_everything_is_ready():
    looks, said, output = count(), [], io.StringIO()

    def is_ready() -> bool:
        return next(looks) >= 1

    def when_ready() -> None:
        said.append("ready")
        os.kill(os.getpid(), signal.SIGTERM)

    run.Supervisor({"web": SLEEPER}, output.write).run(is_ready=is_ready, when_ready=when_ready)

    assert said == ["ready"]


def test_signals_mean_what_they_meant_before_when_it_is_over():
    before = signal.getsignal(signal.SIGINT)

    supervise({"web": SLEEPER})

    assert signal.getsignal(signal.SIGINT) == before


def test_a_taken_port_is_refused_with_another_to_choose():
    with socket.socket() as other:
        other.bind((run.HOST, 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(run.CannotRun, match=f"Port {port} is taken by another program"):
            run.refuse_taken(port)


@pytest.mark.parametrize("text", ["", "http", "0", "65536", "-1", "80 80", "٨٠٠٠"])
def test_a_port_that_is_none_is_refused(text):
    with pytest.raises(run.CannotRun, match="PORT must be a number"):
        run.port_from(text)


def test_a_server_that_is_not_there_does_not_answer():
    with socket.socket() as free:
        free.bind((run.HOST, 0))

        assert run.answers(free.getsockname()[1]) is False
