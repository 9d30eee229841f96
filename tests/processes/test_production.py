"""The production path, with the real processes: gunicorn, two workers and beat, on PostgreSQL and Redis, behind https.

One story on purpose: starting it all takes longer than everything that is asked of it.
"""

import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from email.message import Message
from email.parser import BytesParser
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from socket import socket
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode

import psutil
import psycopg
import pytest
from aiosmtpd.controller import Controller

from tests.environment import ROOT, without_settings
from tests.factories import PASSWORD

pytestmark = pytest.mark.processes

HOST = "support.shop.example"

# Alice may sign in; her older request waits for its first answer longer than was promised.
SEED = """
from datetime import timedelta
from allauth.account.models import EmailAddress
from django.utils import timezone
from tests import factories
alice = factories.CustomerFactory.create(name="Alice Byrne", email="alice@example.com")
EmailAddress.objects.create(user=alice.user, email=alice.email, verified=True, primary=True)
factories.AgentFactory.create(level=1)
factories.AgentFactory.create(level=2)
factories.open_ticket(alice, at=timezone.now() - timedelta(days=2))
"""


class Mailbox:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(BytesParser().parsebytes(envelope.content))
        return "250 Taken"

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]


class Browser:
    """A visitor behind the reverse proxy, who keeps cookies and follows redirects."""

    def __init__(self, port: int) -> None:
        self.site = f"http://127.0.0.1:{port}"
        # The proxy speaks https to the visitor and http to us.
        policy = DefaultCookiePolicy(secure_protocols=("http", "https"))
        self.cookies = CookieJar(policy)
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies), Redirects(self.site)
        )

    def get(self, path: str, **headers: str) -> tuple[Message, str]:
        return self._open(path, None, headers)

    def post(self, path: str, **fields: str) -> str:
        hidden = dict(
            re.findall(r'<input type="hidden" name="(csrfmiddlewaretoken|notice)" value="([^"]+)"', self.get(path)[1])
        )
        data = urlencode({**fields, **hidden}).encode()
        return self._open(path, data, {"Referer": f"https://{HOST}{path}"})[1]

    def _open(self, path: str, data: bytes | None, headers: dict[str, str]) -> tuple[Message, str]:
        request = urllib.request.Request(
            self.site + path, data, {"Host": HOST, "X-Forwarded-Proto": "https", **headers}
        )
        with self.opener.open(request, timeout=30) as response:
            self.address = response.geturl().removeprefix(self.site)
            return response.headers, response.read().decode(errors="replace")


class Redirects(urllib.request.HTTPRedirectHandler):
    """The site redirects to its public address; the visitor stays at this machine."""

    def __init__(self, site: str) -> None:
        self.site = site

    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: str) -> Any:
        following = super().redirect_request(req, fp, code, msg, headers, newurl.replace(f"https://{HOST}", self.site))
        if following:
            following.add_header("Host", HOST)
            following.add_header("X-Forwarded-Proto", "https")
        return following


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    handler, port = Mailbox(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.fixture
def environment(postgres_url: str, redis_url: str, mailbox: tuple[Mailbox, int], tmp_path: Path) -> dict[str, str]:
    return {
        **without_settings(),
        "SITE_URL": f"https://{HOST}",
        "SECRET_KEY": "a long and random string that nobody could guess in a hundred years",
        "PROXY_COUNT": "1",
        "DATABASE_URL": postgres_url,
        "CELERY_BROKER_URL": redis_url,
        "CACHE_URL": redis_url,
        "EMAIL_URL": f"smtp://127.0.0.1:{mailbox[1]}",
        "DEFAULT_FROM_EMAIL": "Shop <support@shop.example>",
        "VAR_DIR": str(tmp_path),
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., None]]:
    running: list[psutil.Popen] = []
    with (tmp_path / "processes.log").open("ab") as log:

        def start(*command: str) -> None:
            running.append(
                psutil.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=log, stderr=log)
            )

        yield start
        for process in running:
            tree = [process, *process.children(recursive=True)]
            process.terminate()
            _gone, alive = psutil.wait_procs(tree, timeout=20)
            for left in alive:
                left.kill()


def manage(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def eventually(condition: Callable[[], bool], folder: Path, what: str, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"{what}: not within {seconds} seconds\n{(folder / 'processes.log').read_text()[-4000:]}")
        time.sleep(0.1)


def is_ready(browser: Browser) -> bool:
    try:
        return bool(json.loads(browser.get("/readyz")[1]))
    except (HTTPError, URLError, ConnectionError):
        return False


def test_a_request_is_written_acknowledged_and_escalated_in_production(
    environment: dict[str, str],
    start: Callable[..., None],
    mailbox: tuple[Mailbox, int],
    postgres_url: str,
    tmp_path: Path,
) -> None:
    for command in (
        ["compile_catalogues"],
        ["migrate", "--verbosity", "0"],
        ["collectstatic", "--noinput", "--verbosity", "0"],
        ["check", "--deploy", "--fail-level", "WARNING"],
        ["shell", "--command", SEED],
    ):
        manage(environment, *command)
    port = free_port()
    start("gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "2")
    for number in (1, 2):
        start("celery", "-A", "portal", "worker", "--concurrency", "1", "--hostname", f"worker{number}@%h")
    start("celery", "-A", "portal", "beat")
    browser = Browser(port)
    eventually(lambda: is_ready(browser), tmp_path, "the site is ready")

    # Signed out: the sign-in page, under a policy that lets no inline code run, with style sheets that may be kept for ever.
    headers, page = browser.get("/")
    assert browser.address.startswith("/accounts/login/")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    sheet = re.search(r'href="(/static/css/portal\.[0-9a-f]+\.css)"', page)
    assert sheet
    kept, _css = browser.get(sheet[1], **{"Accept-Encoding": "br"})
    assert ("immutable" in kept["Cache-Control"], kept["Content-Encoding"]) == (True, "br")

    browser.post("/accounts/login/", login="alice@example.com", how="password", password=PASSWORD)
    assert "Alice" in browser.get("/")[1]
    assert all(cookie.secure for cookie in browser.cookies)

    with psycopg.connect(postgres_url, autocommit=True) as server:
        other = server.execute("SELECT id FROM tickets_category WHERE slug = 'other'").fetchone()
        assert other
        browser.post("/requests/new/", about="none", category=str(other[0]))
        details = browser.address
        browser.post(details, text="May I descale with vinegar?", impact="question", subject="Vinegar?")
        page = browser.post(browser.address)
        assert browser.address.endswith("/sent/")
        reference = browser.address.split("/")[-3]

        # The workers deliver what the web process wrote.
        acknowledged = lambda: any(reference in str(mail) for mail in mailbox[0].mails)  # noqa: E731
        eventually(acknowledged, tmp_path, "the acknowledgement arrives")

        # Beat asks for a sweep every half minute; what was overdue goes up the ladder, once, though there are two workers.
        escalated = "SELECT count(*) FROM tickets_escalation"
        eventually(lambda: server.execute(escalated).fetchone() == (1,), tmp_path, "the sweep escalates")
        told = "SELECT count(*) FROM tickets_outgoingmail WHERE kind = 'escalated' AND state = 'sent'"
        eventually(lambda: server.execute(told).fetchone() == (1,), tmp_path, "the customer is told")
