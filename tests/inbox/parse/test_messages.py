"""The messages in ``tests/inbox/messages``: what each says is in the ``expected.toml`` beside it."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tickets.inbox.parse import MailAttachment, ParsedMail, Report, parse

MESSAGES = Path(__file__).resolve().parents[1] / "messages"
EXPECTED = {
    path.parent / f"{name}.eml": expected
    for path in sorted(MESSAGES.glob("*/expected.toml"))
    for name, expected in tomllib.loads(path.read_text(encoding="utf-8")).items()
}


def attachment(expected: dict[str, Any]) -> MailAttachment:
    content = expected["text"].encode() if "text" in expected else bytes.fromhex(expected["hex"])
    inline, content_id = expected.get("inline", False), expected.get("content_id", "")
    return MailAttachment(expected["name"], expected["type"], content, inline, content_id)


def values(mail: ParsedMail, expected: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(mail, name) for name in expected}


def meant(expected: dict[str, Any]) -> dict[str, Any]:
    """What the file says, as the types that the parser gives."""
    meant = dict(expected)
    if "attachments" in meant:
        meant["attachments"] = [attachment(each) for each in meant["attachments"]]
    if "reports" in meant:
        meant["reports"] = [Report(**each) for each in meant["reports"]]
    if "sent_at" in meant:
        meant["sent_at"] = datetime.fromisoformat(meant["sent_at"])
    return meant


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_it_reads_the_message(path: Path) -> None:
    expected = EXPECTED[path]
    assert values(parse(path.read_bytes()), expected) == meant(expected)


def test_every_message_has_its_expectation() -> None:
    assert set(MESSAGES.glob("*/*.eml")) == set(EXPECTED)
    # A sweep that sees nothing finds nothing.
    assert len(EXPECTED) >= 120
