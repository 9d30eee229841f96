"""What holds for every style sheet and every template. Each sweep says how much it saw, so that it cannot go blind."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from pytest_django.fixtures import Settings

ROOT = Path(__file__).resolve().parent.parent
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
# Mail is read by programs that know neither style sheets nor custom properties; its own tests look after it.
TEMPLATES = sorted(
    path
    for app in ("portal", "tickets")
    for path in (ROOT / app / "templates").rglob("*.html")
    if "mail" not in path.relative_to(ROOT / app / "templates").parts
)

DECLARATION = re.compile(r"(?P<name>[\w-]+)\s*:\s*(?P<value>[^;{}]+);")
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix)\(|"
    r"\b(?:black|white|gr[ae]y|silver|red|green|blue|navy|teal|orange|yellow|purple|pink|brown|gold|maroon|olive)\b",
    re.IGNORECASE,
)
PHYSICAL_PROPERTY = re.compile(
    r"(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-)?(?:left|right|top|bottom)(?:-\w+)*|"
    r"(?:min-|max-)?(?:width|height)|border-(?:top|bottom)-(?:left|right)-radius"
)
PHYSICAL_VALUE = re.compile(r"^(?:left|right)$")
# A block of JSON is data that a script of ours reads; no browser runs it.
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|<script(?![^>]*\s(?:src=|type=\"application/json\"))[^>]*>|<[^>]+\son[a-z]+\s*=|javascript:",
    re.IGNORECASE,
)


def declarations(sheet: Path) -> Iterator[tuple[str, str]]:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    for match in DECLARATION.finditer(text):
        yield match["name"], match["value"].strip()


def test_the_sweeps_see_the_sheets_and_the_templates() -> None:
    assert [sheet.name for sheet in SHEETS] == ["admin-stock.css", "admin.css", "portal.css", "tokens.css"]
    assert sum(len(list(declarations(sheet))) for sheet in SHEETS) > 900
    assert len(TEMPLATES) >= 26


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet.name != "tokens.css"], ids=lambda path: path.name)
def test_no_colour_is_named_outside_the_tokens(sheet: Path) -> None:
    assert [(name, value) for name, value in declarations(sheet) if COLOUR.search(value)] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_direction_follows_the_writing(sheet: Path) -> None:
    physical = [
        (name, value)
        for name, value in declarations(sheet)
        if PHYSICAL_PROPERTY.fullmatch(name) or PHYSICAL_VALUE.match(value)
    ]
    assert physical == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_token_that_is_used_is_defined(sheet: Path) -> None:
    tokens = {name for name, _value in declarations(ROOT / "static/css/tokens.css")}
    own = {name for name, _value in declarations(sheet)}
    used = {token for _name, value in declarations(sheet) for token in re.findall(r"var\((--[\w-]+)\)", value)}
    assert used - tokens - own == set()


def test_no_template_holds_a_style_or_a_script() -> None:
    found = {
        str(path.relative_to(ROOT)): INLINE.findall(path.read_text())
        for path in TEMPLATES
        if INLINE.search(path.read_text())
    }
    assert found == {}


@pytest.mark.parametrize(
    "fault",
    ['<p style="color: red">', "<style>", "<script>go()</script>", '<a onclick="go()">', '<a href="javascript:go()">'],
)
def test_the_sweep_for_inline_styles_and_scripts_knows_one(fault: str) -> None:
    assert INLINE.search(fault)


def test_every_static_file_that_a_template_names_exists() -> None:
    names = {name for path in TEMPLATES for name in re.findall(r"{% static ['\"]([^'\"]+)['\"]", path.read_text())}
    assert {"css/tokens.css", "css/portal.css", "css/admin.css", "js/errors.js"} <= names
    assert [name for name in sorted(names) if not finders.find(name)] == []


def test_style_sheets_find_each_other_under_hashed_names(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    (sheet,) = (tmp_path / "css").glob("admin-stock.????????????.css")
    imported = re.findall(r'@import url\("([^"]+)"\)', sheet.read_text())
    assert len(imported) == 2
    assert [address for address in imported if not (sheet.parent / address).resolve().is_file()] == []


def scheme(index: int) -> dict[str, str]:
    """The colours of the light (0) or the dark (1) scheme."""
    pairs = (
        (name, re.match(r"light-dark\((#\w{6}), (#\w{6})\)", value))
        for name, value in declarations(ROOT / "static/css/tokens.css")
    )
    return {name: pair.groups()[index] for name, pair in pairs if pair}


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


PAPERS = ("--paper", "--paper-raised", "--paper-sunken")
TEXT = [
    *(
        (ink, paper)
        for ink in ("--ink", "--ink-quiet", "--accent", "--good", "--warn", "--bad", "--info")
        for paper in PAPERS
    ),
    *((tone, f"{tone}-quiet") for tone in ("--accent", "--good", "--warn", "--bad", "--info")),
    *(
        ("--ink", quiet)
        for quiet in ("--accent-quiet", "--good-quiet", "--warn-quiet", "--bad-quiet", "--info-quiet", "--note")
    ),
    ("--on-accent", "--accent"),
    ("--on-accent", "--accent-strong"),
]
LINES = [(line, paper) for line in ("--line-strong", "--focus") for paper in PAPERS]


@pytest.mark.parametrize("index", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_its_paper(index: int) -> None:
    colours = scheme(index)
    assert [pair for pair in TEXT if contrast(colours[pair[0]], colours[pair[1]]) < 4.5] == []


@pytest.mark.parametrize("index", [0, 1], ids=["light", "dark"])
def test_edges_of_controls_stand_out_from_their_paper(index: int) -> None:
    colours = scheme(index)
    assert [pair for pair in LINES if contrast(colours[pair[0]], colours[pair[1]]) < 3] == []
