"""What `make` deletes and keeps, and the lines that a shell reads from it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.connection import shell_lines
from tests.grounds.repository import REPOSITORY


def test_a_shell_reads_the_connection_whatever_the_values_hold() -> None:
    lines = shell_lines({"api_url": "http://127.0.0.1:8000", "database_url": "postgresql://u:p$a'b c@h/d"})
    line = 'eval "$1"; printf "%s|%s" "$api_url" "$database_url"'
    done = subprocess.run(["bash", "-c", line, "-", lines], capture_output=True, text=True, check=True)
    assert done.stdout == "http://127.0.0.1:8000|postgresql://u:p$a'b c@h/d"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the Makefile alone, and files of paid jobs."""
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    for name in ("local", "production"):
        (tmp_path / "training_data" / name).mkdir(parents=True)
        (tmp_path / "training_data" / name / "finetuning_job_20261128_000000.json").write_text("{}")
    (tmp_path / "var" / "local").mkdir(parents=True)
    return tmp_path


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *words], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def test_clean_keeps_the_training_data_of_every_environment_and_says_so(checkout: Path) -> None:
    done = make(checkout, "clean")
    assert done.returncode == 0, done.stderr
    assert len(list(checkout.glob("training_data/*/finetuning_job_*"))) == 2
    assert not (checkout / "var").exists()
    assert "kept: training_data (local production" in done.stdout
    assert "make clean-all" in done.stdout


def test_clean_all_refuses_without_a_terminal_and_deletes_when_it_is_confirmed(checkout: Path) -> None:
    done = make(checkout, "clean-all")
    assert done.returncode != 0
    assert "CONFIRM=yes" in done.stderr
    assert len(list(checkout.glob("training_data/*/finetuning_job_*"))) == 2
    assert (checkout / "var").exists()
    assert make(checkout, "clean-all", "CONFIRM=yes").returncode == 0
    assert not (checkout / "training_data").exists()


def test_python_keeps_what_it_compiled_whatever_the_shell_says(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    done = make(checkout, "-s", "--eval=told: ; @echo kept=$${PYTHONDONTWRITEBYTECODE-always}", "told")
    assert done.stdout == "kept=always\n", done.stderr


def test_a_folder_that_cannot_be_written_is_named_with_the_way_out() -> None:
    command = [sys.executable, "-m", "sandbox.demo", "--up"]
    environment = {**os.environ, "FINRISK_VAR_DIR": "/proc/none"}
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr.startswith("demo: cannot write /proc/none/logs/demo.log: No such file or directory")
    assert "FINRISK_VAR_DIR=DIR" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("status", [0, 1])
def test_a_venv_without_our_packages_is_not_ready(checkout: Path, status: int) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\nexit {status}\n")
    python.chmod(0o755)
    ready = checkout / ".venv" / ".ready"
    ready.touch()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHON"}
    command = ["make", "venv-as-asked"]
    subprocess.run(command, cwd=checkout, env=environment, check=True, capture_output=True, timeout=60)
    assert ready.exists() == (status == 0)
