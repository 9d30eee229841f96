import json
import stat
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories import acting, open_ticket
from tickets import lifecycle
from tickets.models import Agent, Customer, Ticket


def run(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


@pytest.fixture
def solved(alice: Customer, agent: Agent, now: datetime) -> Ticket:
    ticket = open_ticket(alice, subject="Matter of Alice")
    lifecycle.add_note(ticket, text="For staff.", by=acting(agent), at=now)
    lifecycle.resolve(ticket, by=acting(agent), at=now)
    return ticket


def test_an_export_is_written_to_the_screen(solved: Ticket) -> None:
    records = json.loads(run("export_customer", "Alice@Example.com"))["records"]
    assert [row["subject"] for row in records["ticket"]] == ["Matter of Alice"]


def test_an_export_for_an_officer_has_the_notes_of_staff_in_it(solved: Ticket) -> None:
    assert "For staff." in run("export_customer", "alice@example.com")


def test_an_exported_file_is_for_its_owner_only(solved: Ticket, tmp_path: Path) -> None:
    file = tmp_path / "alice.json"
    run("export_customer", "alice@example.com", "--output", str(file))
    assert json.loads(file.read_text(encoding="utf-8"))["format"] == "sportello-export"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_others_could_read_is_for_its_owner_only_when_it_holds_an_export(
    solved: Ticket, tmp_path: Path
) -> None:
    file = tmp_path / "alice.json"
    file.touch()
    file.chmod(0o644)
    run("export_customer", "alice@example.com", "--output", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("command", ["export_customer", "erase_customer"])
def test_a_customer_who_is_not_there_is_said(desk: None, command: str) -> None:
    with pytest.raises(CommandError, match=r"There is no customer with the address nobody@example\.com"):
        run(command, "nobody@example.com")


def test_an_erasure_asks_for_the_address_once_more(
    solved: Ticket, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _prompt: " ALICE@example.com ")
    run("erase_customer", "alice@example.com")
    alice.refresh_from_db()
    assert alice.erased_at is not None


def test_another_answer_erases_nothing(solved: Ticket, alice: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _prompt: "yes")
    with pytest.raises(CommandError, match="Nothing was changed"):
        run("erase_customer", "alice@example.com")
    alice.refresh_from_db()
    assert alice.erased_at is None


def test_a_script_need_not_be_asked(solved: Ticket, alice: Customer) -> None:
    run("erase_customer", "alice@example.com", "--yes")
    alice.refresh_from_db()
    assert alice.erased_at is not None


def test_a_refused_erasure_says_why(alice: Customer) -> None:
    open_ticket(alice)
    with pytest.raises(CommandError, match=r"1 request of this customer is not solved yet.*Nothing was changed"):
        run("erase_customer", "alice@example.com", "--yes")
