"""``manage.py preview_mail``: every kind of mail as files to look at. No test here has a database."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tickets.outbox import samples
from tickets.outbox.kinds import KINDS

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def written(folder: Path, *arguments: str) -> str:
    """What the command says."""
    out = StringIO()
    call_command("preview_mail", *arguments, "--to", str(folder), stdout=out)
    return out.getvalue()


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_every_kind_is_written_in_every_language(tmp_path: Path) -> None:
    number = sum(map(samples.count, KINDS)) * len(settings.LANGUAGES)
    assert f"Mails written: {number}." in written(tmp_path)
    assert len(names(tmp_path)) == 3 * number + 1


def test_it_can_be_one_kind_in_one_language(tmp_path: Path) -> None:
    written(tmp_path, "assigned", "--language", "it")
    assert names(tmp_path) == {
        "index.html", "it/assigned-1.eml", "it/assigned-1.html", "it/assigned-1.txt",
    }  # fmt: skip


def test_the_formatted_part_is_written_for_who_needs_large_print(tmp_path: Path) -> None:
    written(tmp_path, "assigned", "--language", "en", "--needs", "large, no-images")
    assert "font-size: 21px" in (tmp_path / "en/assigned-1.html").read_text(encoding="utf-8")


def test_who_needs_plain_text_gets_no_formatted_part_not_even_an_old_one(tmp_path: Path) -> None:
    written(tmp_path, "assigned", "--language", "en")
    written(tmp_path, "assigned", "--language", "en", "--needs", "text-only")
    assert names(tmp_path) == {"index.html", "en/assigned-1.eml", "en/assigned-1.txt"}


def test_a_mail_program_can_open_the_whole_mail(tmp_path: Path) -> None:
    written(tmp_path, "acknowledgement", "--language", "ja")
    mail = message_from_bytes((tmp_path / "ja/acknowledgement-1.eml").read_bytes(), policy=default)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Subject"].strip() == samples.render("acknowledgement", "ja", at=AT).subject
    assert mail.get_body(("plain",)).get_content() == (tmp_path / "ja/acknowledgement-1.txt").read_text("utf-8")


def test_the_index_leads_to_every_file_by_its_subject(tmp_path: Path) -> None:
    written(tmp_path, "followed")
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert [name for name in names(tmp_path) - {"index.html"} if f'href="{name}"' not in index] == []
    assert "News of ticket K7Q4-9M2X, which you follow" in index


def test_a_kind_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no kind poem\. There are: acknowledgement, reply"):
        written(tmp_path, "poem")
    assert names(tmp_path) == set()


def test_a_need_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="unknown: silence; there are text-only, large, no-images"):
        written(tmp_path, "--needs", "silence")


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(CommandError, match="Nothing can be written to"):
        written(file, "assigned")
