"""Who may know whom (docs/architecture.md): every import of every room, read from its syntax tree."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grounds.repository import REPOSITORY, ROLE

OPS = ROLE / "module_utils" / "finrisk_ops"

LAUNCHER = REPOSITORY / "sandbox" / "kubernetes"

ROOMS = {
    "app": (REPOSITORY / "app", {"sandbox", "finrisk_ops", "roles", "ansible", "tests"}),
    "roles": (ROLE, {"finrisk", "sandbox", "tests"}),
    "rules": (REPOSITORY / "rules", {"finrisk", "sandbox", "finrisk_ops", "roles", "ansible", "tests"}),
    "sandbox": (
        REPOSITORY / "sandbox",
        {"finrisk", "finrisk_rules", "finrisk_ops", "roles", "ansible", "tests"},
    ),
}
"""A room's folder, and what it must not import."""

FLOORS = [
    {
        "http",
        "wsgi",
        "cli",
        "keys_command",
        "journal_command",
        "facts_command",
        "judge_command",
        "answer_command",
        "audit_command",
        "__main__",
    },
    {"analysis"},
    {"shadow", "prompt_budget"},
    {"collection", "reviews"},
    {"shipping", "ratings", "corrections"},
    {"judging", "rehearsal"},
    {"records"},
    {"retrieval", "routing", "generation", "quality", "documents", "traffic"},
    {"erasure"},
    {"aside", "retention"},
    {"breaker", "gemini", "journal"},
    {"checked_settings", "google_account", "versions"},
    {"google_token"},
    {"answers", "completion", "latency"},
    {"gemini_wire"},
    {"model_http"},
    {"answer_size", "deadline"},
    {"db", "settings", "ids", "logs", "metrics", "workers", "api_keys"},
    {"metric_files", "ranking", "index_rows", "own_service"},
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
            if not node.module or module in {"finrisk", "ansible.module_utils"} or module.startswith("tests"):
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


def of_sandbox(name: str) -> bool:
    """Whether a module is of the sandbox, but not of its Kubernetes."""
    return name.split(".")[0] == "sandbox" and name.split(".")[1:2] != ["kubernetes"]


def test_kubernetes_knows_of_the_sandbox_how_processes_run_and_the_clusters_demo_alone_knows_it() -> None:
    known = {name for path in files(LAUNCHER) for _, name in imported(path) if of_sandbox(name)}
    assert known == {"sandbox.process"}
    may = {LAUNCHER, REPOSITORY / "sandbox" / "cluster"}
    others = [path for path in files(REPOSITORY / "sandbox") if may.isdisjoint(path.parents)]
    assert [path for path in others if any("kubernetes" in name for _, name in imported(path))] == []


def test_a_module_of_tests_and_a_conftest_are_imported_by_pytest_alone() -> None:
    """What several of them need stands in a file of its own."""
    known = {
        f"{path.relative_to(REPOSITORY)}:{line}"
        for folder in ("tests", "benchmarks", "sandbox")
        for path in files(REPOSITORY / folder)
        if "node_modules" not in path.parts
        for line, name in imported(path)
        if any(part.startswith("test_") or part == "conftest" for part in name.split("."))
    }
    assert sorted(known) == []


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


BELOW: dict[str, set[str]] = {
    "options": {"cloud", "gate", "kube", "process", "release", "tuning"},
    "erasure": {"counts", "database", "dataset", "documents", "machine", "tuning"},
    "offline": {"counts", "database", "dataset", "gate", "machine", "release", "report", "status", "tuning"},
    "evaluation": {"counts", "database", "gate", "machine", "release", "report", "status", "tuning"},
    "status": {"counts", "database", "evidence", "gate", "machine", "release", "service", "tuning"},
    "kube": {"database", "machine", "masking", "release", "service", "text"},
    "process": {"database", "machine", "masking", "release", "service"},
    "release": {"cloud", "counts", "database", "evidence", "gate", "machine", "service", "tuning"},
    "tuning": {"cloud", "database", "dataset", "machine"},
    "dataset": {"counts", "database", "machine", "report", "text"},
    "documents": {"counts", "database", "text"},
    "cloud": {"machine", "text"},
    "gate": {"counts"},
    "service": set(),
    "report": set(),
    "machine": {"text"},
    "evidence": set(),
    "database": {"patient_connection"},
    "patient_connection": set(),
    "masking": set(),
    "counts": set(),
    "text": set(),
    "errors": set(),
}
"""What each room of the role may import beside itself and ``errors``: it lies below, and so on downwards."""


def of_role(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and file (from ``finrisk_ops`` on, without ending) of each import of a file of the role."""
    own = path.relative_to(OPS).parent
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        folder = own if node.level == 1 else own.parents[node.level - 2]
        module = folder.joinpath(*(node.module or "").split("."))
        for alias in node.names:
            within = module / alias.name if (OPS / module).is_dir() else module
            yield node.lineno, within.as_posix()


def test_in_the_role_arrows_run_downwards_only() -> None:
    upwards = []
    for path in files(OPS):
        room = path.relative_to(OPS).parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        assert room in BELOW, f"{room} is no room of finrisk_ops: give it a place in BELOW"
        for line, name in of_role(path):
            if name.split("/")[0] not in BELOW[room] | {room, "errors"}:
                upwards.append(f"{path.relative_to(REPOSITORY)}:{line} imports {name}")
    assert upwards == []


def test_the_rooms_of_the_role_lie_above_one_another() -> None:
    left = dict(BELOW)
    while left:
        lowest = {room for room, below in left.items() if not below & set(left)}
        assert lowest, f"a circle of rooms: {sorted(left)}"
        left = {room: below for room, below in left.items() if room not in lowest}


def test_no_file_of_the_role_imports_itself_by_others() -> None:
    left = {
        path.relative_to(OPS).with_suffix("").as_posix(): {name for _, name in of_role(path)}
        for path in files(OPS)
    }
    while left:
        free = {name for name, needs in left.items() if not needs & set(left)}
        assert free, f"a circle of files among {sorted(left)}"
        left = {name: needs for name, needs in left.items() if name not in free}


def test_one_file_knows_how_a_module_talks_to_ansible() -> None:
    role = REPOSITORY / "roles" / "finrisk"
    knowing = {
        path.relative_to(role).as_posix()
        for folder in ("library", "module_utils")
        for path in files(role / folder)
        if any(name.endswith("module_utils.basic") for _, name in imported(path))
    }
    assert knowing == {"module_utils/finrisk_module.py"}
