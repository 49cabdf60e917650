"""What tests/grounds/packages.py spares the runs of the tests: never a change of the sources."""

from __future__ import annotations

import base64
import importlib.util
import io
import os
import pickle
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from tests.grounds import packages
from tests.grounds.playground import Playground
from tests.grounds.repository import REPOSITORY


def callback() -> ModuleType:
    """The callback, as Ansible loads it."""
    where = REPOSITORY / "tests/grounds/callbacks/packages.py"
    spec = importlib.util.spec_from_file_location("packages_callback", where)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names(file: Path) -> list[str]:
    """What is in a package."""
    held = pickle.loads(file.read_bytes())  # noqa: S301 - the test's own
    return zipfile.ZipFile(io.BytesIO(base64.b64decode(held.zip_data))).namelist()


def test_a_module_is_packed_once_and_the_next_run_says_the_same(playground: Playground) -> None:
    kept = playground.folder / "packages"
    kept.mkdir()
    first = playground.run("evaluate", **{packages.FOLDER: str(kept)})
    [file] = kept.glob("*/*finrisk_evaluation*")
    text = {name for name in names(file) if name.endswith(".py")}
    assert any("finrisk_module" in name for name in text)
    assert not any("finrisk_ops" in name for name in text), "it is installed, and compiled once for all"
    assert {f"{name}c" for name in text} == set(names(file)) - text
    made = file.stat()
    second = playground.run("evaluate", **{packages.FOLDER: str(kept)})
    assert (second.code, second.output) == (first.code, first.output)
    assert file.stat().st_ino == made.st_ino, "it was not packed again"
    file.write_bytes(b"no package")
    assert playground.run("evaluate", **{packages.FOLDER: str(kept)}).output != first.output, "nor left out"


def test_what_was_packed_of_other_sources_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sources = callback()._sources
    assert sources() == "", "nothing is kept of a folder without the role"
    source = tmp_path / "roles/finrisk/module_utils/a.py"
    source.parent.mkdir(parents=True)
    source.write_text("A = 1\n")
    before = sources()
    assert sources() == before
    os.utime(source, (1, 1))
    other = sources()
    source.with_name("b.py").touch()
    assert len({before, other, sources()}) == 3
