"""The demo's processes: a web server and a worker with its timetable, in the foreground, stopped together."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

HOST: Final = "127.0.0.1"
LOOK_EVERY: Final = 0.2
"""Seconds between two looks at the processes."""

ROOT_WARNING: Final = "ignore:You're running the worker"
"""Celery warns of running as root. A trial on one's own machine is often that, in a container."""

PATIENCE: Final = 15.0
"""Seconds that a process has to finish what it is doing before it is killed."""

SIGNALS: Final = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class CannotRun(Exception):
    """Said in one sentence that tells what to do."""


def port_from(text: str) -> int:
    """The number of a port; raises CannotRun for anything else."""
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise CannotRun(f"PORT must be a number from 1 to 65535, not {text!r}.")


def refuse_taken(port: int) -> None:
    """Raises CannotRun when somebody listens on the port already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As gunicorn does: a port that was just given up can be had again at once.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise CannotRun(f"Port {port} is not for everybody. Choose one above 1023: make demo PORT=8000") from None
        except OSError:
            other = port + 1 if port < 65535 else 8000
            raise CannotRun(
                f"Port {port} is taken by another program. Stop that one, or choose another: make demo PORT={other}"
            ) from None


def commands(port: int) -> dict[str, list[str]]:
    """What is run, by the name that stands before its lines."""
    # Preloaded: two imports of everything less while somebody waits for the first page.
    web = (
        f"gunicorn portal.wsgi --bind {HOST}:{port} --worker-class gthread --workers 2 --threads 4"
        " --preload --graceful-timeout 5 --no-control-socket --log-level warning"
    )
    # Alone on its machine: nobody to gossip with.
    worker = (
        "celery --app portal --quiet worker --beat --concurrency 2"
        " --without-gossip --without-mingle --without-heartbeat"
    )
    return {
        "web": [sys.executable, "-m", *web.split()],
        "worker": [sys.executable, "-W", ROOT_WARNING, "-m", *worker.split()],
    }


class Supervisor:
    """Starts processes, passes on what they print, and stops all of them when one ends or somebody asks for it."""

    def __init__(self, processes: Mapping[str, Sequence[str]], say: Callable[[str], Any]) -> None:
        self._commands = processes
        self._say = say
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._asked = 0

    def run(self, *, is_ready: Callable[[], bool], when_ready: Callable[[], None]) -> str | None:
        """Blocks until it is over. None when a signal asked for it, else the name of the process that ended by itself."""
        before = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        try:
            for name, command in self._commands.items():
                self._start(name, command)
            return self._watch(is_ready, when_ready)
        finally:
            self._stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: Any) -> None:
        # Only counts: whatever takes a lock could be waiting for the very code that was interrupted.
        self._asked += 1

    def _start(self, name: str, command: Sequence[str]) -> None:
        process = subprocess.Popen(  # noqa: S603  (our own commands)
            command,
            # A group of its own: Ctrl-C in the terminal reaches only us, and we stop each in its own way.
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._running[name] = process
        threading.Thread(target=self._pass_on, args=(name, process.stdout or ()), daemon=True).start()

    def _pass_on(self, name: str, lines: Iterable[str]) -> None:
        width = max(map(len, self._commands))
        for line in lines:
            # One write a line, so that two processes never share one.
            self._say(f"{name:<{width}} | {line.rstrip()}\n")

    def _watch(self, is_ready: Callable[[], bool], when_ready: Callable[[], None]) -> str | None:
        ready = False
        while not self._asked:
            for name, process in self._running.items():
                if process.poll() is not None:
                    return name
            if not ready and is_ready():
                ready = True
                when_ready()
            time.sleep(LOOK_EVERY)
        return None

    def _stop(self) -> None:
        """Ask politely, wait, and leave nobody behind: not the processes, and not the processes that they started."""
        for process in self._running.values():
            with suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + PATIENCE
        # Asking a second time means: now.
        while time.monotonic() < deadline and self._asked <= 1:
            if all(process.poll() is not None for process in self._running.values()):
                break
            time.sleep(0.05)
        for process in self._running.values():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def answers(port: int) -> bool:
    """Whether the web server answers, and can work."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
