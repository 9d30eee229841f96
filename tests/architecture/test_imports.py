"""Imports run one way: a module imports only from lines above its own (docs/architecture.md)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Names on one line do not know each other.
ORDER: tuple[frozenset[str], ...] = tuple(
    frozenset(line.split())
    for line in """
    errors zones moments rows fields progress
    audit
    people calendars
    orders
    attachments search
    desk
    sla routing replies promises knowledge ratings outbox
    escalation
    lifecycle
    privacy reports
    inbox
    workspace api management templatetags
    """.strip().splitlines()
)
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}

# Index files gather what Django looks for under a fixed name; the two that others may import hold tables only.
INDEXES = frozenset({"models", "admin", "tasks", "translation", "apps"})


def modules() -> list[Path]:
    return sorted(path for path in (ROOT / "tickets").rglob("*.py") if "migrations" not in path.parts)


def concept(path: Path) -> str:
    return path.relative_to(ROOT / "tickets").parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """The dotted names a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            # "from tickets import zones" names its module after the import.
            yield from (
                (f"{node.module}.{alias.name}" for alias in node.names) if node.module == "tickets" else [node.module]
            )


def wrong(importer: str, name: str) -> str | None:
    """What is wrong with a concept importing a dotted name; None when it is in order."""
    parts = name.split(".")
    if parts[0] == "portal":
        return "nobody imports the portal"
    if parts[0] != "tickets" or len(parts) < 2:
        return None
    target = parts[1]
    if target == importer or importer in INDEXES:
        return None
    if target in INDEXES:
        return (
            None
            if RANK[importer] >= RANK["workspace"]
            else f"{importer} reads the index {target} instead of its concept"
        )
    if target not in RANK:
        return f"{target} has no place in the order"
    if RANK[target] >= RANK[importer]:
        return f"{importer} must not know {target}"
    return None


def test_every_module_imports_only_from_above() -> None:
    seen, faults = 0, []
    for path in modules():
        if concept(path) in {"__init__"}:
            continue
        for name in imported(path):
            seen += name.startswith("tickets.")
            if fault := wrong(concept(path), name):
                faults.append(f"{path.relative_to(ROOT)}: {fault}")
    assert not faults, "\n".join(faults)
    # A sweep that sees nothing finds nothing.
    assert seen > 150


def test_every_folder_has_a_place_in_the_order() -> None:
    folders = {path.name for path in (ROOT / "tickets").iterdir() if (path / "__init__.py").exists()} - {"migrations"}
    assert folders <= set(RANK)


@pytest.mark.parametrize(
    ("importer", "name"),
    [
        ("desk", "tickets.lifecycle.opening"),
        ("sla", "tickets.routing.rules"),
        ("people", "tickets.models"),
        ("workspace", "portal.forms"),
        ("lifecycle", "tickets.privacy.models"),
    ],
)
def test_an_import_against_the_order_is_found(importer: str, name: str) -> None:
    assert wrong(importer, name)


def test_index_files_only_import() -> None:
    for name in ("models", "admin", "tasks", "translation"):
        path = ROOT / "tickets" / f"{name}.py"
        statements = ast.parse(path.read_text(encoding="utf-8")).body
        others = [
            type(statement).__name__
            for statement in statements
            if not isinstance(statement, ast.Import | ast.ImportFrom | ast.Expr) and not _is_all(statement)
        ]
        assert name == "translation" or not others, path


def _is_all(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and [ast.unparse(target) for target in statement.targets] == ["__all__"]
