"""Every test is in one tier; what fails twice fails `make test`, and what passed only alone is listed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests import tiers
from tests.cluster.schedule import CLUSTERS
from tests.grounds.repository import REPOSITORY
from tests.tiers import LONGEST_FIRST, QUICK_FOLDERS, SLOW_FOLDERS, TIERS, Tier

GREEN = "def test_green() -> None: pass"
RED = "def test_red() -> None: raise AssertionError"
FLAKY = """
from pathlib import Path

def test_flaky() -> None:
    mark = Path("was here")
    was_here = mark.exists()
    mark.touch()
    assert was_here
    Path("passed").touch()
"""
RED_AFTER_FLAKY = """
from pathlib import Path

def test_red_after_flaky() -> None:
    assert not Path("passed").exists()
"""
AFTER_ANOTHER = """
from pathlib import Path

def test_before() -> None:
    Path("left").touch()

def test_red_after_the_other() -> None:
    assert not Path("left").exists()
    Path("left").unlink(missing_ok=True)
"""
SLOW = """
import os, time
from pathlib import Path

import pytest

@pytest.mark.parametrize("number", range(2))
def test_slow(number: int) -> None:
    Path(__file__).with_name(os.environ["PYTEST_XDIST_WORKER"]).touch()
    time.sleep(0.2)
"""
SCHEDULED = """
from tests.cluster.schedule import Schedule

def pytest_xdist_make_scheduler(config, log):
    return Schedule(config, log)
"""
TESTS = REPOSITORY / "tests"
DEFECTS = "Failed beside others and passed alone"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration of its own, to run tests in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # pytest starts in a fifth of the time
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p xdist")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    return tmp_path


def run(capfd: pytest.CaptureFixture[str], is_gate: bool = False) -> tuple[int, str, str]:
    """Run the tiers `first` and `second`; return the code, the whole output and its end."""
    tiers_run = {"first": Tier(("first",), is_gate=is_gate), "second": Tier(("second",))}
    code = tiers.main(["first", "second"], tiers_run)
    output = capfd.readouterr().out
    return code, output, output[output.rindex("\nfirst ") :]


def test_what_fails_twice_fails_the_run_and_what_passes_alone_is_listed_at_the_very_end(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "first/test_a.py").write_text(RED)
    (folder / "first/test_b.py").write_text(FLAKY)
    (folder / "second/test_c.py").write_text(GREEN)
    code, output, end = run(capfd)
    assert code == 1
    assert output.count("FAILED first/test_a.py::test_red") == 2
    assert [line.split()[3] for line in end.splitlines()[1:3]] == ["failed,", "passed"]
    assert end.splitlines()[3].startswith(DEFECTS)
    assert end.splitlines()[4:] == ["  first/test_b.py::test_flaky"]


def test_a_gate_that_stays_red_ends_the_run_at_its_first_failure(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "first/test_a.py").write_text(RED)
    (folder / "second/test_b.py").write_text("raise AssertionError")
    code, output, end = run(capfd, is_gate=True)
    assert code == 1
    assert "second/test_b.py" not in output
    assert DEFECTS not in end


def test_a_gate_that_turns_green_alone_runs_its_other_tests_too(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "first/test_a.py").write_text(FLAKY)
    (folder / "first/test_z.py").write_text(RED_AFTER_FLAKY)
    (folder / "second/test_b.py").write_text(GREEN)
    code, output, _ = run(capfd, is_gate=True)
    assert code == 1
    assert "FAILED first/test_z.py::test_red_after_flaky" in output
    assert "second/test_b.py" not in output


@pytest.mark.parametrize(
    ("codes", "failed", "code"),
    [
        ([1, 0], [{"a.py::a"}, set()], 0),
        ([1, 1], [{"a.py::a"}, {"a.py::a"}], 1),
        ([1, 0], [{"a.py::a", "a.py::b"}, {"a.py::b"}], 1),  # b was not found again
        ([1], [{"gw1"}], 1),  # the two processes collected different tests
        ([2], [{"a.py::a"}], 2),  # broken off
        ([3], [{"a.py::a"}], 3),  # pytest itself failed
        ([5], [set()], 5),  # nothing to run
        ([-9], [{"a.py::a"}], -9),  # killed
    ],
)
def test_only_a_run_that_came_to_its_end_gets_a_second_chance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codes: list[int], failed: list[set[str]], code: int
) -> None:
    runs = iter(zip(codes, failed, strict=True))

    def run_pytest(*_: str) -> int:
        ended, tests = next(runs)
        tiers.LAST_FAILED.parent.mkdir(parents=True, exist_ok=True)
        tiers.LAST_FAILED.write_text(json.dumps(dict.fromkeys(tests, True)))
        return ended

    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").touch()
    monkeypatch.setattr(tiers, "_pytest", run_pytest)
    assert tiers.main(["only"], {"only": Tier(("tests",))}) == code
    assert next(runs, None) is None


def test_a_file_runs_again_whole_and_in_its_order(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "first/test_a.py").write_text(AFTER_ANOTHER)
    (folder / "second/test_b.py").write_text(GREEN)
    code, output, _ = run(capfd)
    assert code == 1, output
    assert output.count("FAILED first/test_a.py::test_red_after_the_other") == 2


@pytest.mark.parametrize("files", [tiers.ALONE, tiers.ALONE + 1])
def test_few_files_run_again_alone_and_many_two_at_a_time(
    folder: Path, capfd: pytest.CaptureFixture[str], files: int
) -> None:
    for number in range(files):
        (folder / f"first/test_{number}.py").write_text(FLAKY.replace("was here", f"was here {number}"))
    (folder / "second/test_b.py").write_text(GREEN)
    code, output, end = run(capfd)
    assert code == 0, output
    assert end.count("test_flaky") == files
    [again] = [line for line in output.splitlines() if line.startswith("+ pytest --maxfail")]
    assert ("-n 2" in again) == (files > tiers.ALONE)


def _taken(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    clusters: int,
    others: int,
) -> tuple[set[str], set[str]]:
    """Run so many files of each kind in four processes; return those that took some of either kind."""
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    (folder / "conftest.py").write_text(SCHEDULED)
    (folder / "cluster").mkdir()
    for number in range(clusters):
        (folder / f"cluster/test_a{number}.py").write_text(SLOW)
    for number in range(others):
        (folder / f"first/test_b{number}.py").write_text(SLOW)
    assert tiers.main(["all"], {"all": Tier(("cluster", "first"), processes=4)}) == 0
    assert f"{(clusters + others) * 2} passed" in capfd.readouterr().out
    with_cluster, without = ({path.name for path in (folder / of).glob("gw*")} for of in ("cluster", "first"))
    return with_cluster, without


def test_few_processes_take_what_needs_a_cluster_while_there_is_other_work(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with_cluster, without = _taken(folder, monkeypatch, capfd, 3, 9)
    assert len(with_cluster) == CLUSTERS
    assert without - with_cluster


def test_who_has_no_other_work_helps_with_what_needs_a_cluster(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with_cluster, without = _taken(folder, monkeypatch, capfd, 12, 2)
    assert len(with_cluster) > CLUSTERS
    assert len(without - with_cluster) < 2


def test_every_folder_of_tests_is_in_a_tier_and_every_long_file_is_there() -> None:
    folders = {f"tests/{path.relative_to(TESTS).parts[0]}" for path in TESTS.rglob("test_*.py")}
    selected = {folder for tier in TIERS.values() for folder in tier.folders}
    assert folders <= selected == set(TIERS["rest"].folders)
    assert set(TIERS["slow"].folders) >= {*QUICK_FOLDERS, *SLOW_FOLDERS}
    assert [file for file in LONGEST_FIRST if not (REPOSITORY / file).is_file()] == []


def test_where_slow_tests_are_wanted_only_files_of_the_quick_folders_that_have_none_are_left_out() -> None:
    files = [file for folder in QUICK_FOLDERS for file in (REPOSITORY / folder).rglob("test_*.py")]
    kept = {file for file in files if not tiers.left_out(file, tiers.SLOW)}
    marked = re.compile(r"mark\.slow\b|\bimport\b.*\bmark\b")
    assert {file for file in files if marked.search(file.read_text("utf-8"))} == kept
    assert 0 < len(kept) < len(files) / 4
    assert not any(tiers.left_out(file, "not slow") or tiers.left_out(file, "") for file in files)
    others = [file for folder in SLOW_FOLDERS for file in (REPOSITORY / folder).rglob("test_*.py")]
    assert not any(tiers.left_out(file, tiers.SLOW) for file in others)
