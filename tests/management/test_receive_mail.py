"""A mail server pipes a message to us, and learns from the exit code (sysexits.h) whether it may forget it."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError

from tests.environment import ROOT, without_settings
from tickets.inbox import actions
from tickets.inbox.models import RawMail

MESSAGE = b"From: Ada <ada@example.com>\nSubject: My kettle\nMessage-ID: <1@example.com>\n\nIt leaks.\n"


class Pipe:
    """Standard input as a pipe hands it over: bytes, which need be no text at all."""

    def __init__(self, raw: bytes) -> None:
        self.buffer = io.BytesIO(raw)


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("SENDER", "RECIPIENT", "ORIGINAL_RECIPIENT"):
        monkeypatch.delenv(name, raising=False)

    def receive(raw: bytes, *arguments: str) -> int:
        monkeypatch.setattr(sys, "stdin", Pipe(raw))
        try:
            call_command("receive_mail", *arguments, stderr=io.StringIO())
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    return receive


@pytest.mark.django_db
def test_a_message_is_kept_as_it_came(pipe: Any) -> None:
    raw = MESSAGE + b"\xff\xfe\x00 not text"
    assert pipe(raw) == os.EX_OK
    assert RawMail.objects.get().file.read() == raw


@pytest.mark.django_db
def test_the_envelope_comes_along(pipe: Any) -> None:
    pipe(MESSAGE, "--from", "<ada@example.com>", "--to", "reply+x@shop.example", "--to", "b@shop.example")
    row = RawMail.objects.get()
    assert row.envelope_sender == "ada@example.com"
    assert row.envelope_recipients == ["reply+x@shop.example", "b@shop.example"]


@pytest.mark.django_db
def test_the_envelope_comes_from_the_environment_where_a_server_puts_it_there(
    pipe: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENDER", "ada@example.com")
    monkeypatch.setenv("ORIGINAL_RECIPIENT", "reply+x@shop.example")
    monkeypatch.setenv("RECIPIENT", "sportello@localhost")
    pipe(MESSAGE)
    row = RawMail.objects.get()
    assert (row.envelope_sender, row.envelope_recipients) == ("ada@example.com", ["reply+x@shop.example"])


@pytest.mark.django_db
@pytest.mark.parametrize("empty", ["", "<>", "MAILER-DAEMON"])
def test_an_empty_sender_is_known_as_one(pipe: Any, empty: str) -> None:
    pipe(MESSAGE, "--from", empty)
    assert RawMail.objects.get().envelope_sender == ""


@pytest.mark.django_db
def test_the_same_message_twice_is_kept_once(pipe: Any) -> None:
    assert (pipe(MESSAGE), pipe(MESSAGE)) == (os.EX_OK, os.EX_OK)
    assert RawMail.objects.count() == 1


def test_trouble_of_ours_makes_the_server_try_again(pipe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "receive", _has_no_database)
    assert pipe(MESSAGE) == os.EX_TEMPFAIL


def _has_no_database(*_args: Any, **_more: Any) -> None:
    raise OperationalError("gone")


@pytest.mark.processes
def test_a_wrong_option_in_the_servers_configuration_sends_no_mail_back(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "receive_mail", "--mailbx", "pipe"]
    run = subprocess.run(
        command, cwd=ROOT, env={**without_settings(), "VAR_DIR": str(tmp_path)}, input=MESSAGE, check=False
    )
    assert run.returncode == os.EX_TEMPFAIL


def test_nothing_at_all_is_no_message(pipe: Any) -> None:
    assert pipe(b"") == os.EX_NOINPUT


@pytest.mark.processes
@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        ({"DEBUG": "perhaps"}, "settings that cannot be used"),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, "a database that is away"),
        ({"VAR_DIR": "/proc/nowhere"}, "a folder that cannot be made"),
    ],
)
def test_whatever_is_wrong_with_our_set_up_the_server_keeps_the_message(
    tmp_path: Path, wrong: dict[str, str], because: str
) -> None:
    """Most other codes would send it back to whoever wrote it."""
    surroundings = {**without_settings(), "VAR_DIR": str(tmp_path), **wrong}
    run = subprocess.run(
        [sys.executable, "manage.py", "receive_mail"], cwd=ROOT, env=surroundings, input=MESSAGE, check=False
    )
    assert run.returncode == os.EX_TEMPFAIL, because
