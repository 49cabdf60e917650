"""prepare.yml's work in this process, and what it wrote."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from finrisk_ops.dataset import prepare as dataset
from finrisk_rules.prompt import Source, render
from tests.grounds.training_rows import row


def sent(number: int, text: str) -> str:
    """The prompt of a row whose only source has this text."""
    return render(row(number)["strategy"], [Source("doc-1", "Corvane Bank 2024", text)])


def write_raw(folder: Path, given: Iterable[dict[str, Any] | bytes], array: bool = True) -> Path:
    """Write an export of the rows; lines of bytes are written as they are."""
    folder.mkdir(exist_ok=True)
    raw = folder / "training_data_raw_20261101_080000.json"
    lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in given]
    raw.write_bytes(b"[\n" + b",\n".join(lines) + b"\n]\n" if array else b"\n".join(lines))
    return raw


def prepare(folder: Path, check_mode: bool = False, **changes: Any) -> dict[str, Any]:
    """Prepare the folder's export; return the module's result."""
    given: dict[str, Any] = {
        "raw_file": "",
        "output_dir": folder,
        "train_split": 0.9,
        "max_examples": 0,
        "min_quality": 0.9,
        **changes,
    }
    result: dict[str, Any] = dataset.run(dataset.Request(**given), check_mode)
    return result


def lines(path: str) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    return [json.loads(line) for line in Path(path).read_text().split("\n") if line]


def turns(path: str) -> list[tuple[str, str]]:
    """Prompt and answer of each example of a set."""
    return [tuple(turn["parts"][0]["text"] for turn in each["contents"]) for each in lines(path)]


def rejected(result: dict[str, Any]) -> dict[int, str]:
    """The reason of each rejected row, by its line."""
    return {each["row"]: each["reason"] for each in lines(result["rejected_file"])}


def side_of(result: dict[str, Any], analysis: str) -> list[str]:
    """The sets that hold an answer."""
    return [
        path
        for path in ("training_file", "validation_file")
        if analysis in (given for _, given in turns(result[path]))
    ]
