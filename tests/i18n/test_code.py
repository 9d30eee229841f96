"""Every word that the code shows goes through the catalogues."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.conf import settings

FILES = sorted(
    path.relative_to(settings.BASE_DIR)
    for folder in ("portal", "tickets")
    for path in (settings.BASE_DIR / folder).rglob("*.py")
    # Commands speak English to whoever runs the machine, and so do the demo's own data.
    if not {"migrations", "management"} & set(path.parts)
)

WORDS = re.compile(r"[^\W\d_]{2,}")
# Names of what Django and we show to people, as keywords of calls and as names in a class's body.
SHOWN = {
    "verbose_name",
    "verbose_name_plural",
    "help_text",
    "label",
    "empty_label",
    "empty_value_display",
    "short_description",
    "site_header",
    "site_title",
    "index_title",
    "title",
    "violation_error_message",
}
# Calls whose text is shown. Of ``messages.success(request, text)`` it is the second argument.
SPEAKING_CALLS = {"ValidationError": 0, "success": 1, "info": 1, "warning": 1, "error": 1}
ENUMERATIONS = {"TextChoices", "IntegerChoices"}
# What is the same in every language.
NAMES = {"Sportello"}


def unmarked(source: str) -> list[str]:
    """Plain strings in places where people will read them."""
    shown = [text for node in ast.walk(ast.parse(source)) for text in _shown(node)]
    return [text for text in shown if WORDS.search(text) and text not in NAMES]


def _shown(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield from _plain(keyword.value for keyword in node.keywords if keyword.arg in SHOWN)
        yield from _plain(_spoken(node))
    elif isinstance(node, ast.ClassDef):
        assigned = [statement for statement in node.body if isinstance(statement, ast.Assign)]
        yield from _plain(
            statement.value
            for statement in assigned
            if isinstance(statement.targets[0], ast.Name) and statement.targets[0].id in SHOWN
        )
        if any(isinstance(base, ast.Attribute | ast.Name) and _name(base) in ENUMERATIONS for base in node.bases):
            yield from _plain(
                statement.value.elts[-1] for statement in assigned if isinstance(statement.value, ast.Tuple)
            )


def _spoken(call: ast.Call) -> list[ast.expr]:
    place = SPEAKING_CALLS.get(_name(call.func))
    if place is None or (place == 1 and not _is_messages(call.func)):
        return []
    return call.args[place : place + 1]


def _is_messages(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and _name(function.value) == "messages"


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _plain(values: Iterator[ast.expr] | list[ast.expr]) -> Iterator[str]:
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value
        elif isinstance(value, ast.JoinedStr):
            yield ast.unparse(value)


def test_every_word_of_the_code_is_for_translators_too() -> None:
    assert len(FILES) > 100
    found = {str(path): unmarked((settings.BASE_DIR / path).read_text(encoding="utf-8")) for path in FILES}
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_the_calls_that_mark_a_sentence_are_called_by_names_that_gettext_knows() -> None:
    """What is marked with any other name is never extracted, and stays English for good."""
    aliases = {
        f"{path}: {name.asname}"
        for path in FILES
        for node in ast.walk(ast.parse((settings.BASE_DIR / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.asname not in {None, "_"}
    }
    assert aliases == set()


@pytest.mark.parametrize(
    "source",
    [
        'name = models.CharField(verbose_name="name")',
        'class Meta:\n    verbose_name = "ticket"',
        'class Kind(models.TextChoices):\n    TEXT = "text", "Short text"',
        'messages.success(request, "It is saved.")',
        'raise ValidationError("That is not a number.")',
        'raise ValidationError(f"{value} is not a number.")',
    ],
)
def test_the_sweep_finds_plain_strings(source: str) -> None:
    assert unmarked(source)


@pytest.mark.parametrize(
    "source",
    [
        'name = models.CharField(_("name"), verbose_name=_("name"))',
        'class Kind(models.TextChoices):\n    TEXT = "text", pgettext_lazy("kind of question", "Short text")',
        'messages.success(request, _("It is saved."))',
        'logger.error("outbox.failed", "no such host")',
        'form = field(label="")',
    ],
)
def test_the_sweep_lets_marked_and_silent_strings_pass(source: str) -> None:
    assert unmarked(source) == []
