from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from tests.factories import HelpArticleFactory

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
SENTENCE = '\nmsgid "Good morning, %(name)s"\nmsgstr "{}"\n'


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Catalogues of one sentence: Italian and Arabic have it, German has not."""
    settings.LOCALE_PATHS = [tmp_path]
    write(tmp_path, "it", "Buongiorno, %(name)s")
    write(tmp_path, "ar", "%(name)s صباح الخير")
    write(tmp_path, "de", "")
    return tmp_path


def write(folder: Path, language: str, text: str) -> None:
    path = folder / language / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + SENTENCE.format(text), encoding="utf-8")


def output(*arguments: str) -> str:
    out = StringIO()
    call_command("translations", *arguments, stdout=out)
    return out.getvalue()


def complaints() -> str:
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("translations", "--check", stdout=out)
    return out.getvalue()


def missing_texts() -> dict[str, int]:
    """How many of the shop's own texts each language lacks."""
    return {row[0]: int(row[-1]) for row in map(str.split, output().splitlines()[1:])}


@pytest.mark.django_db
def test_it_counts_the_sentences_of_each_language() -> None:
    rows = [line.split() for line in output().splitlines()[1:]]
    assert [row[:5] for row in rows] == [
        ["it", "1", "1", "0", "0"],
        ["de", "1", "0", "0", "1"],
        ["ar", "1", "1", "0", "0"],
    ]


@pytest.mark.django_db
def test_it_counts_which_languages_lack_a_text_of_the_shops() -> None:
    before = missing_texts()
    HelpArticleFactory.create(title="Descaling", title_it="Decalcificare", body="")
    assert missing_texts() == {"it": before["it"], "de": before["de"] + 1, "ar": before["ar"] + 1}


@pytest.mark.django_db
def test_it_lists_what_a_language_lacks() -> None:
    HelpArticleFactory.create(title="Descaling")
    lines = output("de").splitlines()
    assert lines[0] == "missing: Good morning, %(name)s"
    assert any("“Descaling”" in line for line in lines)


@pytest.mark.django_db
def test_it_does_not_list_what_a_language_has() -> None:
    assert "Good morning" not in output("it")


# The checks below need no database, and pytest-django would refuse them one.


def test_catalogues_in_order_pass_the_check() -> None:
    assert output("--check") == "Catalogues in order: 3.\n"


def test_a_gap_in_a_complete_language_fails_the_check(folder: Path) -> None:
    write(folder, "ar", "")
    assert complaints() == "ar: 1 sentences are missing or fuzzy\n"


def test_a_complete_language_without_a_catalogue_fails_the_check(folder: Path) -> None:
    (folder / "it" / "LC_MESSAGES" / "django.po").unlink()
    assert complaints() == "it: there is no catalogue\n"


def test_a_sentence_that_would_break_a_page_fails_the_check_in_any_language(folder: Path) -> None:
    write(folder, "de", "Guten Morgen, %(nme)s")
    assert "de: “Good morning, %(name)s”: made up %(nme)s\n" in complaints()
