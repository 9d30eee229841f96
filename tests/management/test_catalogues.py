from collections.abc import Callable
from pathlib import Path

import pytest

from tickets.management.catalogues import Catalogue

TWO_FORMS = "nplurals=2; plural=(n != 1);"
FRENCH = "nplurals=2; plural=(n > 1);"
ARABIC = (
    "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5;"
)

Write = Callable[..., Catalogue]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A catalogue with these entries."""

    def catalogue(*entries: str, language: str = "it", plural_rule: str = TWO_FORMS) -> Catalogue:
        header = (
            f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: {plural_rule}\\n"\n'
        )
        path = tmp_path / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True)
        path.write_text("\n".join([header, *entries]), encoding="utf-8")
        return Catalogue(path)

    return catalogue


def entry(source: str, text: str) -> str:
    return f'msgid "{source}"\nmsgstr "{text}"\n'


def plural(one: str, many: str, *forms: str) -> str:
    translated = "\n".join(f'msgstr[{number}] "{form}"' for number, form in enumerate(forms))
    return f'msgid "{one}"\nmsgid_plural "{many}"\n{translated}\n'


def reasons(catalogue: Catalogue) -> list[str]:
    return [fault.reason for fault in catalogue.faults()]


def test_a_language_is_named_as_the_settings_name_it(write: Write) -> None:
    assert write(language="pt_BR").language == "pt-br"


def test_it_counts_what_is_translated_fuzzy_and_missing(write: Write) -> None:
    catalogue = write(entry("Yes", "Sì"), "#, fuzzy\n" + entry("No", "Non"), entry("Perhaps", ""))
    counted = [[entry.msgid for entry in group] for group in (catalogue.translated, catalogue.fuzzy, catalogue.missing)]
    assert counted == [["Yes"], ["No"], ["Perhaps"]]


def test_a_guess_leaves_it_incomplete(write: Write) -> None:
    assert not write("#, fuzzy\n" + entry("No", "Non")).is_complete


def test_a_sentence_that_is_gone_does_not_count(write: Write) -> None:
    assert write(entry("Yes", "Sì"), '#~ msgid "Gone"\n#~ msgstr ""\n').is_complete


@pytest.mark.parametrize(
    ("source", "text", "reason"),
    [
        ("Good morning, %(name)s", "Buongiorno", "lost %(name)s"),
        ("Good morning, %(name)s", "Buongiorno, %(nome)s", "lost %(name)s"),
        ("Good morning", "Buongiorno, %(name)s", "made up %(name)s"),
        ("Put in: {title}", "Inserita: {titolo}", "lost {title}"),
        ("It is <strong>late</strong>", "È <strong>tardi", "has other tags"),
        ("It is <strong>late</strong>", "È <b>tardi</b>", "has other tags"),
        ("Late", "In ritardo ", "begins or ends with other spaces or line breaks"),
        (r"Late\n", "In ritardo", "begins or ends with other spaces or line breaks"),
    ],
)
def test_it_finds_what_a_translation_lost_or_made_up(write: Write, source: str, text: str, reason: str) -> None:
    assert reason in reasons(write(entry(source, text)))


def test_placeholders_may_change_places(write: Write) -> None:
    assert reasons(write(entry("%(day)s at %(time)s", "alle %(time)s di %(day)s"))) == []


def test_what_is_not_translated_has_no_faults(write: Write) -> None:
    assert reasons(write(entry("Good morning, %(name)s", ""))) == []


def test_every_form_keeps_the_number(write: Write) -> None:
    catalogue = write(plural("%(count)s file", "%(count)s files", "%(count)s file", "file"))
    assert reasons(catalogue) == ["plural form 1 lost %(count)s"]


def test_a_form_for_one_number_may_leave_the_number_out(write: Write) -> None:
    assert reasons(write(plural("%(count)s file", "%(count)s files", "un file", "%(count)s file"))) == []


def test_frenchs_first_form_stands_for_none_and_one_and_keeps_the_number(write: Write) -> None:
    catalogue = write(
        plural("%(count)s file", "%(count)s files", "un fichier", "%(count)s fichiers"), plural_rule=FRENCH
    )
    assert reasons(catalogue) == ["plural form 0 lost %(count)s"]


def test_a_form_for_one_number_keeps_everything_else(write: Write) -> None:
    catalogue = write(
        plural("%(count)s file of %(size)s", "%(count)s files of %(size)s", "un file", "%(count)s file di %(size)s")
    )
    assert reasons(catalogue) == ["plural form 0 lost %(size)s"]


def test_arabic_has_six_forms(write: Write) -> None:
    catalogue = write(plural("%(count)s file", "%(count)s files", *["ملف %(count)s"] * 2), plural_rule=ARABIC)
    assert reasons(catalogue) == ["has 2 plural forms where the language has 6"]


def test_each_form_knows_its_numbers(write: Write) -> None:
    numbers = write(plural_rule=ARABIC).numbers_by_form()
    assert [form[:3] for form in numbers] == [[0], [1], [2], [3, 4, 5], [11, 12, 13], [100, 101, 102]]


def test_a_catalogue_without_a_plural_rule_is_at_fault(write: Write) -> None:
    assert reasons(write(plural_rule="")) == ["the header Plural-Forms is missing or cannot be read"]
