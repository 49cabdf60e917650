"""Every test is in one tier; what fails twice fails `make test`, and what passed only alone is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import tiers
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
    code = tiers.main(["first", "second"], {"first": Tier(("first",), is_gate), "second": Tier(("second",))})
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


def test_what_fails_only_beside_others_does_not_fail_the_run(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "first/test_a.py").write_text(GREEN)
    (folder / "second/test_b.py").write_text(FLAKY)
    code, _, end = run(capfd)
    assert code == 0
    assert end.splitlines()[-1] == "  second/test_b.py::test_flaky"


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


def test_every_folder_of_tests_is_in_a_tier_and_every_long_file_is_there() -> None:
    folders = {path.relative_to(REPOSITORY).parts[1] for path in REPOSITORY.glob("tests/*/test_*.py")}
    selected = {word.removeprefix("tests/") for tier in TIERS.values() for word in tier.selection}
    assert folders <= selected
    assert set(TIERS["slow"].selection) >= {*QUICK_FOLDERS, *SLOW_FOLDERS}
    assert [file for file in LONGEST_FIRST if not (REPOSITORY / file).is_file()] == []
