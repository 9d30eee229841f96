import gettext
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

CATALOGUE = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Sign in"
msgstr "Entra"

msgctxt "ticket status"
msgid "Open"
msgstr "Aperta"

msgid "%(count)s file"
msgid_plural "%(count)s files"
msgstr[0] "%(count)s file"
msgstr[1] "%(count)s documenti"

#, fuzzy
msgid "Sign out"
msgstr "Entra"

msgid "Not translated yet"
msgstr ""
"""


@pytest.fixture
def source(settings, tmp_path: Path) -> Path:
    path = tmp_path / "it" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(CATALOGUE, encoding="utf-8")
    settings.LOCALE_PATHS = [tmp_path]
    return path


@pytest.fixture
def compiled(source: Path) -> gettext.GNUTranslations:
    """The catalogue as the standard library's own gettext reads it."""
    call_command("compile_catalogues", verbosity=0)
    with source.with_suffix(".mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_it_writes_what_gettext_reads(compiled):
    assert compiled.gettext("Sign in") == "Entra"


def test_it_keeps_contexts_apart(compiled):
    assert compiled.pgettext("ticket status", "Open") == "Aperta"
    assert compiled.gettext("Open") == "Open"


def test_it_keeps_plurals(compiled):
    assert compiled.ngettext("%(count)s file", "%(count)s files", 3) == "%(count)s documenti"


@pytest.mark.parametrize("sentence", ["Sign out", "Not translated yet"])
def test_what_nobody_confirmed_stays_english(compiled, sentence):
    assert compiled.gettext(sentence) == sentence


def test_it_says_how_many_it_compiled(source):
    out = StringIO()

    call_command("compile_catalogues", stdout=out)

    assert out.getvalue() == "Compiled catalogues: 1\n"


def test_it_leaves_nothing_else_behind(source):
    call_command("compile_catalogues", verbosity=0)

    assert sorted(path.name for path in source.parent.iterdir()) == ["django.mo", "django.po"]


def test_a_broken_catalogue_is_named_and_the_compiled_one_stays(source):
    source.with_suffix(".mo").write_bytes(b"as it was")
    source.write_text('msgid "Sign in\nmsgstr', encoding="utf-8")

    with pytest.raises(CommandError, match=r"it/LC_MESSAGES/django\.po cannot be read"):
        call_command("compile_catalogues", verbosity=0)

    assert source.with_suffix(".mo").read_bytes() == b"as it was"
