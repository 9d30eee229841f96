import json
import logging
import re

import pytest
import structlog
from django.conf import settings as live_settings

from portal import logs
from tests.environment import ROOT

NAME = re.compile(r'"([a-z_]+)":')


@pytest.fixture(autouse=True)
def _as_before():
    handlers = list(logging.getLogger().handlers)
    yield
    structlog.contextvars.clear_contextvars()
    logs.configure(live_settings.LOGGING)
    logging.getLogger().handlers[:] = handlers


def test_json_lines_carry_the_request_and_whatever_was_said_with_it(capsys):
    logs.configure({"format": "json", "level": "INFO"})
    structlog.contextvars.bind_contextvars(request_id="edge-01234567")

    structlog.get_logger("portal.request").info("request", path="/", status=200)

    line = json.loads(capsys.readouterr().err)
    line.pop("timestamp")
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "portal.request",
        "path": "/",
        "request_id": "edge-01234567",
        "status": 200,
    }


def test_libraries_write_the_same_kind_of_line(capsys):
    logs.configure({"format": "json", "level": "INFO"})
    structlog.contextvars.bind_contextvars(request_id="edge-01234567")

    logging.getLogger("some.library").warning("retried %s times", 3)

    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["request_id"]) == ("retried 3 times", "edge-01234567")


def test_an_error_is_one_line_too(capsys):
    logs.configure({"format": "json", "level": "INFO"})

    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("some.library").exception("it failed")

    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["exception"][0]["exc_type"] == "ValueError"


@pytest.mark.parametrize("kind", ["json", "plain"])
def test_an_error_tells_where_it_happened_and_nothing_that_was_in_memory(capsys, kind):
    logs.configure({"format": kind, "level": "INFO"})

    def sign_in(password):
        raise ValueError("broken")

    try:
        sign_in(password="hunter" + "2")
    except ValueError:
        logging.getLogger("some.library").exception("it failed")

    written = capsys.readouterr().err
    assert "sign_in" in written
    assert "hunter2" not in written


def test_what_our_modules_say_beside_their_message_is_in_the_line_and_nothing_else(capsys):
    logs.configure({"format": "json", "level": "INFO"})

    logging.getLogger("tickets.outbox.deliver").warning("not taken", extra={"mail": 7, "request": "/help/?q=illness"})

    line = json.loads(capsys.readouterr().err)
    assert line["mail"] == 7
    assert "request" not in line


def test_each_fact_that_our_modules_name_gets_into_the_line():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tickets").rglob("*.py")]
    said = {
        name for source in sources for given in re.findall(r"extra=\{([^}]*)\}", source) for name in NAME.findall(given)
    }

    assert len(said) >= 5
    record = logging.makeLogRecord(dict.fromkeys(said, 1))
    assert logs.FACTS(logging.getLogger(), "info", {"_record": record}).keys() - {"_record"} == said


def test_plain_lines_are_for_people(capsys):
    logs.configure({"format": "plain", "level": "INFO"})

    structlog.get_logger("portal").info("ready", port=8000)

    assert "ready" in (line := capsys.readouterr().err)
    assert "port=8000" in line
