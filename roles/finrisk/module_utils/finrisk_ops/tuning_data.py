"""The prepared dataset that a tuning job is given: its files, their hashes, examples and tokens."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import tokens
from .errors import FinriskError
from .files import newest, read_json, sha256_of
from .tuning_rules import MIN_TRAINING_EXAMPLES

_PREPARE = "ansible-playbook playbooks/prepare.yml"


@dataclass(frozen=True)
class DataFile:
    """One JSONL file of the dataset."""

    path: Path
    sha256: str
    examples: int
    tokens: int  # estimated


@dataclass(frozen=True)
class TuningData:
    """What the job trains on and what it is validated with."""

    metadata: Path
    training: DataFile
    validation: DataFile | None


def read(metadata: str, output_dir: Path) -> TuningData:
    """Return the dataset of a metadata file, or of the newest one in ``output_dir`` when none is named.

    Raises FinriskError when it is missing, was changed since it was prepared, or is too small to tune on.
    """
    path = Path(metadata) if metadata else newest(output_dir, "dataset_metadata", ".json")
    if path is None:
        raise FinriskError(f"no dataset_metadata_*.json in {output_dir}; run {_PREPARE} first")
    if not path.is_file():
        raise FinriskError(
            f"finrisk_dataset_metadata {path} does not exist; run {_PREPARE} or name another file"
        )
    content = read_json(path)
    names = content.get("files") if isinstance(content, dict) else None
    if not isinstance(names, dict):
        raise FinriskError(f"{path} does not name the files of a dataset; run {_PREPARE} again")
    training = _file(path, names, "training_set_")
    if training is None:
        raise FinriskError(f"{path} names no training_set_*.jsonl; run {_PREPARE} again")
    if training.examples < MIN_TRAINING_EXAMPLES:
        raise FinriskError(
            f"{training.path} has {training.examples} training examples, fewer than the "
            f"{MIN_TRAINING_EXAMPLES} that tuning needs; collect and export more, then run {_PREPARE} again"
        )
    return TuningData(path, training, _file(path, names, "validation_set_"))


def _file(metadata: Path, names: dict[str, Any], prefix: str) -> DataFile | None:
    found = sorted(name for name in names if Path(name).name.startswith(prefix) and name.endswith(".jsonl"))
    if not found:
        return None
    path = metadata.parent / found[0]
    if not path.is_file():
        raise FinriskError(f"{metadata} names {path}, which is missing; run {_PREPARE} again")
    digest = sha256_of(path)
    if digest != names[found[0]]:
        raise FinriskError(
            f"{path} was changed since it was prepared: its SHA-256 is {digest}, {metadata.name} says "
            f"{names[found[0]]}; run {_PREPARE} again"
        )
    examples, estimated = _measure(path)
    return DataFile(path, digest, examples, estimated) if examples else None


def _measure(path: Path) -> tuple[int, int]:
    examples = estimated = 0
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                estimated += tokens.estimate("\n".join(_texts(json.loads(line))))
            except (ValueError, KeyError, TypeError, IndexError):
                raise FinriskError(
                    f"line {number} of {path} is not a tuning example "
                    f'({{"systemInstruction": ..., "contents": [user, model]}}); run {_PREPARE} again'
                ) from None
            examples += 1
    return examples, estimated


def _texts(example: dict[str, Any]) -> list[str]:
    contents = example["contents"]
    if contents[-1]["role"] != "model":
        raise ValueError("the last turn is not the model's")
    turns = [example["systemInstruction"], *contents] if "systemInstruction" in example else contents
    return [part["text"] for turn in turns for part in turn["parts"]]
