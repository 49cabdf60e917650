"""Who may know whom (docs/architecture.md): every import of every room, read from its syntax tree."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ROLE = REPOSITORY / "roles" / "finrisk"
OPS = ROLE / "module_utils" / "finrisk_ops"

ROOMS = {
    "app": (REPOSITORY / "app", {"sandbox", "finrisk_ops", "roles", "ansible"}),
    "roles": (ROLE, {"finrisk", "sandbox"}),
    "rules": (REPOSITORY / "rules", {"finrisk", "sandbox", "finrisk_ops", "roles", "ansible"}),
    "sandbox": (REPOSITORY / "sandbox", {"finrisk", "finrisk_rules", "finrisk_ops", "roles", "ansible"}),
}
"""A room's folder, and what it must not import."""

FLOORS = [
    {"http", "wsgi", "cli", "keys_command", "journal_command", "__main__"},
    {"analysis"},
    {"records"},
    {"collection"},
    {"shipping", "ratings"},
    {"retrieval", "routing", "generation", "quality", "documents", "traffic"},
    {"aside", "retention"},
    {"breaker", "gemini", "journal", "lexemes", "passages"},
    {"google_account", "versions"},
    {"google_token"},
    {"answer_size", "completion", "deadline", "latency"},
    {"db", "settings", "ids", "logs", "metrics", "workers", "api_keys"},
    {"metric_files"},
]
"""The parts of the service from the top down: a part imports its own floor and those below."""


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full name of each module that a file imports; a relative import keeps its dots."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield node.lineno, module
            if not node.module or module in {"finrisk", "ansible.module_utils"}:
                joint = "" if module.endswith(".") else "."
                yield from ((node.lineno, f"{module}{joint}{alias.name}") for alias in node.names)


def files(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found, f"no Python in {folder}"
    return found


def strangers(folder: Path, forbidden: set[str]) -> list[str]:
    """Return the imports of a room that are forbidden, each with its place."""
    return [
        f"{path.relative_to(REPOSITORY)}:{line} imports {name}"
        for path in files(folder)
        for line, name in imported(path)
        if forbidden & set(name.lstrip(".").split(".")[:1] + name.split(".")[2:3])
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_none_that_it_must_not_know(room: str) -> None:
    assert strangers(*ROOMS[room]) == []


def test_the_rules_import_the_standard_library_alone() -> None:
    allowed = sys.stdlib_module_names | {"finrisk_rules"}
    known = [
        f"{path.name}:{line} imports {name}"
        for path in files(REPOSITORY / "rules")
        for line, name in imported(path)
        if name.split(".")[0] not in allowed
    ]
    assert known == []


def test_what_the_modules_do_knows_no_ansible() -> None:
    assert strangers(OPS, {"ansible"}) == []


def floor(part: str) -> int:
    place = next((number for number, parts in enumerate(FLOORS) if part in parts), None)
    assert place is not None, f"app/finrisk/{part} stands on no floor: give it one in FLOORS"
    return place


def test_in_the_service_arrows_run_downwards_only() -> None:
    package = REPOSITORY / "app" / "finrisk"
    upwards = []
    for path in files(package):
        own = path.relative_to(package).parts[0].removesuffix(".py")
        if own == "__init__":
            continue
        for line, name in imported(path):
            parts = name.split(".")
            if parts[0] != "finrisk" or len(parts) < 2 or parts[1] in {own, "__version__"}:
                continue
            if floor(parts[1]) < floor(own):
                upwards.append(f"{path.relative_to(REPOSITORY)}:{line} imports {name}")
    assert upwards == []
