"""The files ``evaluation_<time>.json``: one for each change of evidence or verdict."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import FinriskError
from ..machine.files import free_stamp, read_json, stamped_files, write_bytes, write_json
from ..release.approval import Evidence
from ..status.gate import VERDICTS
from .evaluation import sha256

PREFIX, SUFFIX, PAGE_SUFFIX = "evaluation", ".json", ".html"
HISTORY = 200
"""Evaluations that a page looks back on."""
_PASSES = ("asked_at", "present_rate")
"""What of the inputs changes although nobody asked anything."""
_READ = {"verdict", "reason", "at", "stage", "metrics", "exposure", "needed", "inputs", "sha256"}
"""What is read of an earlier evaluation."""
_NUMBER = re.compile(r"\d[\d.,]*")


class Kept(NamedTuple):
    """Where an evaluation lies, if anywhere, the SHA-256 of its inputs, and whether it had to be written.

    A check writes nothing: then a new one would lie there.
    """

    path: Path | None
    sha256: str
    is_new: bool
    is_check: bool = False


def keep(folder: Path, content: Mapping[str, Any], *, check: bool) -> Kept:
    """Return the file of the evaluation: the newest one, unless evidence or decision are others since.

    The page for a browser is written first: a file of evidence has its page beside it.
    """
    before = history(folder)
    if before and _decision(before[-1][1]) == _decision(content):
        path, same = before[-1]
        return Kept(path, same["sha256"], is_new=False)
    moment = free_stamp(folder, (PREFIX, SUFFIX), (PREFIX, PAGE_SUFFIX))
    path = folder / f"{PREFIX}_{moment}{SUFFIX}"
    if not check:
        earlier = [each for _, each in before]
        from .report import report  # which draws

        write_bytes(path.with_suffix(PAGE_SUFFIX), report(content, earlier))
        write_json(path, content)
    return Kept(path, content["sha256"], is_new=True, is_check=check)


def history(folder: Path, most: int = HISTORY) -> list[tuple[Path, dict[str, Any]]]:
    """Return the newest evaluations of the folder, the oldest of them first; what is none is left out."""
    evaluations: list[tuple[Path, dict[str, Any]]] = []
    for path in reversed(stamped_files(folder, PREFIX, SUFFIX)):
        if len(evaluations) == most:
            break
        if content := _read(path):
            evaluations.append((path, content))
    return evaluations[::-1]


def evidence(folder: Path) -> list[Evidence]:
    """Return what the folder's evaluations rest on, the oldest first, without those that were changed."""
    kept = (
        _evidence(path, content) for path in stamped_files(folder, PREFIX, SUFFIX) if (content := _read(path))
    )
    return [each for each in kept if each]


def _read(path: Path) -> dict[str, Any] | None:
    try:
        content = read_json(path)
    except FinriskError:
        return None
    whole = isinstance(content, dict) and content.keys() >= _READ and str(content["verdict"]) in VERDICTS
    return content if whole else None


def _evidence(path: Path, content: Mapping[str, Any]) -> Evidence | None:
    inputs = content["inputs"]
    try:
        of = (inputs["environment"], inputs["experiment"], inputs["running"]["revision"])
    except (KeyError, TypeError):
        return None
    digest = sha256(inputs)
    return Evidence(digest, *of, content["verdict"], path) if digest == content["sha256"] else None


def _decision(content: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Return what makes an evaluation another one; a reason is the same whatever its numbers."""
    lasting = {key: value for key, value in content["inputs"].items() if key not in _PASSES}
    return content["verdict"], _NUMBER.sub("", content["reason"]), lasting
