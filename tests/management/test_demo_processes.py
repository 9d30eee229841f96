"""``manage.py demo`` for real, in an empty folder. One story on purpose: a start takes longer than all that is asked of it."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from socket import socket
from urllib.parse import urlencode

import psutil
import pytest

from tests.environment import ROOT, without_settings
from tickets.management.demo.people import PASSWORD

pytestmark = pytest.mark.processes


class Demo:
    """The command, its output so far, and a visitor of its site."""

    def __init__(self, folder: Path, port: int) -> None:
        self.site = f"http://127.0.0.1:{port}"
        self.log = folder / "demo.log"
        self.queue = folder / "var" / "celery" / "queue"
        self.visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        environment = {
            **without_settings(),
            "VAR_DIR": str(folder / "var"),
            "PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
        }
        with self.log.open("wb") as log:
            command = [sys.executable, "manage.py", "demo"]
            # A group of its own, as a terminal would give it.
            self.process = psutil.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def waiting_tasks(self) -> int:
        return len(list(self.queue.glob("*.msg")))

    def wait_for(self, words: str, seconds: float = 240) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.output():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.2)

    def get(self, path: str) -> str:
        with self.visitor.open(self.site + path, timeout=30) as response:
            return response.read().decode()

    def post(self, path: str, **fields: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path))
        assert token, path
        body = urlencode({**fields, "csrfmiddlewaretoken": token[1]}).encode()
        with self.visitor.open(self.site + path, body, timeout=30) as response:
            return response.read().decode()

    def stop(self, number: int) -> tuple[int, list[psutil.Process]]:
        """The exit code, and which of its processes are still there afterwards."""
        family = self.process.children(recursive=True)
        assert len(family) >= 4  # web and worker, each with processes of its own
        self.process.send_signal(number)
        code = self.process.wait(timeout=40)
        return code, [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture
def demo(tmp_path):
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started: list[Demo] = []

    def start() -> Demo:
        started.append(Demo(tmp_path, port))
        return started[-1]

    yield start
    for one in started:
        for process in [*one.process.children(recursive=True), one.process] if one.process.is_running() else []:
            process.kill()


def test_it_runs_shows_the_shop_stops_cleanly_and_starts_again(demo):
    first = demo()
    first.wait_for("Casa Orsini has opened")
    # The worker is not there yet. A hundred and more mails of the last weeks are nothing it would have to hear of.
    assert first.waiting_tasks() < 10
    first.wait_for("Ctrl-C stops everything")
    table = first.output()
    home = first.post("/accounts/login/", login="alice@example.com", how="password", password=PASSWORD)
    style = first.get("/static/css/tokens.css")
    code, left = first.stop(signal.SIGINT)

    assert "agent@example.com" in table
    assert "Casa Orsini" in home
    assert "Brio 2 espresso machine stops with E04" in home
    assert ":root" in style
    assert (code, left) == (0, []), first.output()
    assert "Traceback" not in first.output()

    second = demo()
    second.wait_for("Ctrl-C stops everything")
    assert "as you left it" in second.output()
    assert second.stop(signal.SIGTERM) == (0, []), second.output()


def test_a_taken_port_is_said_in_one_line(tmp_path):
    with socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        environment = {**without_settings(), **os.environ, "DOTENV": "", "VAR_DIR": str(tmp_path), "PORT": port}
        command = [sys.executable, "manage.py", "demo"]
        ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)

    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith(f"CommandError: Port {port} is taken")
