"""The prepared dataset that a tuning job is given: its files, their hashes, examples and tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ..dataset import tokens
from ..dataset.names import METADATA, TRAINING, VALIDATION
from ..errors import FinriskError
from ..machine.files import newest, read_json, sha256_of
from .rules import MIN_TRAINING_EXAMPLES

_PREPARE = "ansible-playbook playbooks/prepare.yml"
_NEAR = 0.9  # the estimate is within 10 %


_LINES_SHOWN = 5


@dataclass(frozen=True)
class Limits:
    """What the service takes; 0 where the inventory sets no limit."""

    tokens_per_example: int = 0
    file_bytes: int = 0
    training_examples: int = 0
    validation_examples: int = 0

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Limits:
        """Return the inventory's limits; raises FinriskError for an unknown name or no whole number."""
        known = [item.name for item in fields(cls)]
        for name, value in given.items():
            if name not in known:
                raise FinriskError(
                    f"finrisk_tuning_limits has the unknown name {name!r}; known are {', '.join(known)}"
                )
            if not str(value).isdigit():
                raise FinriskError(
                    f"finrisk_tuning_limits: {name} is {value!r}, expected a whole number, 0 for no limit"
                )
        return cls(**{name: int(str(value)) for name, value in given.items()})


@dataclass(frozen=True)
class DataFile:
    """One JSONL file of the dataset; ``longest`` maps lines (from 1) near the limit to their tokens."""

    path: Path
    sha256: str
    examples: int = 0
    tokens: int = 0  # estimated
    longest: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class TuningData:
    """What the job trains on and what it is validated with."""

    metadata: Path
    training: DataFile
    validation: DataFile | None


def read(metadata: str, output_dir: Path, limits: Limits | None = None) -> TuningData:
    """Return the dataset of a metadata file, or of the newest one in ``output_dir`` when none is named.

    Raises FinriskError when it is missing, was changed since it was prepared, is too small to tune on, or is
    beyond a limit of the service, naming the lines.
    """
    limits = limits or Limits()
    data = unread(metadata, output_dir)
    _check_bytes([data.training.path, *([data.validation.path] if data.validation else [])], limits)
    training = _measured(data.training, limits)
    validation = _measured(data.validation, limits) if data.validation else None
    if training.examples < MIN_TRAINING_EXAMPLES:
        raise FinriskError(
            f"{training.path} has {training.examples} training examples, fewer than the "
            f"{MIN_TRAINING_EXAMPLES} that tuning needs; collect and export more, then run {_PREPARE} again"
        )
    _check_number(training, limits.training_examples, "training")
    if validation:
        _check_number(validation, limits.validation_examples, "validation")
    return TuningData(data.metadata, training, validation if validation and validation.examples else None)


def unread(metadata: str, output_dir: Path) -> TuningData:
    """Return the dataset as ``read`` does, its files hashed but not read: examples and tokens are 0."""
    path = Path(metadata) if metadata else newest(output_dir, METADATA, ".json")
    if path is None:
        raise FinriskError(f"no {METADATA}_*.json in {output_dir}; run {_PREPARE} first")
    if not path.is_file():
        raise FinriskError(
            f"finrisk_dataset_metadata {path} does not exist; run {_PREPARE} or name another file"
        )
    content = read_json(path)
    names = content.get("files") if isinstance(content, dict) else None
    if not isinstance(names, dict):
        raise FinriskError(f"{path} does not name the files of a dataset; run {_PREPARE} again")
    training = _file(path, names, f"{TRAINING}_")
    if training is None:
        raise FinriskError(f"{path} names no {TRAINING}_*.jsonl; run {_PREPARE} again")
    return TuningData(path, training, _file(path, names, f"{VALIDATION}_"))


def warnings(data: TuningData, limits: Limits) -> list[str]:
    """Return what may go wrong: examples so near the limit that the estimate cannot tell."""
    near = [file for file in (data.training, data.validation) if file and file.longest]
    return [
        f"{_lines(file.longest)} of {file.path} {'is' if len(file.longest) == 1 else 'are'} near the limit "
        f"of {limits.tokens_per_example:,} tokens; the service drops what is longer"
        for file in near
    ]


def _check_number(file: DataFile, most: int, kind: str) -> None:
    if most and file.examples > most:
        raise FinriskError(
            f"{file.path} has {file.examples:,} {kind} examples, the service takes at most {most:,} "
            "(finrisk_tuning_limits); prepare fewer with -e finrisk_max_examples=N"
            + (" or another finrisk_train_split" if kind == "validation" else "")
        )


def _lines(tokens_of: Mapping[int, int]) -> str:
    shown = [f"{line} (about {count:,} tokens)" for line, count in list(tokens_of.items())[:_LINES_SHOWN]]
    more = len(tokens_of) - len(shown)
    return f"line {', '.join(shown)}" + (f" and {more} more" if more else "")


def _check_bytes(paths: list[Path], limits: Limits) -> None:
    for path in paths:
        size = path.stat().st_size
        if limits.file_bytes and size > limits.file_bytes:
            raise FinriskError(
                f"{path} has {size:,} bytes, the service takes at most {limits.file_bytes:,} "
                "(finrisk_tuning_limits); prepare fewer examples with -e finrisk_max_examples=N"
            )


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
    return DataFile(path, digest) if path.stat().st_size else None


def _measured(file: DataFile, limits: Limits) -> DataFile:
    counts, limit = _measure(file.path), limits.tokens_per_example
    if limit and (long := {line: count for line, count in counts.items() if count > limit}):
        raise FinriskError(
            f"{_lines(long)} of {file.path} {'is' if len(long) == 1 else 'are'} longer than the {limit:,} "
            "tokens that the service takes of one example (finrisk_tuning_limits); shorten or withdraw what "
            f"they were made from, then run {_PREPARE} again"
        )
    near = {line: count for line, count in counts.items() if limit and count > _NEAR * limit}
    return replace(file, examples=len(counts), tokens=sum(counts.values()), longest=near)


def _measure(path: Path) -> dict[int, int]:
    """Return the estimated tokens of each line."""
    counts = {}
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                counts[number] = tokens.estimate("\n".join(_texts(json.loads(line))))
            except (ValueError, KeyError, TypeError, IndexError):
                raise FinriskError(
                    f"line {number} of {path} is not a tuning example "
                    f'({{"systemInstruction": ..., "contents": [user, model]}}); run {_PREPARE} again'
                ) from None
    return counts


def _texts(example: dict[str, Any]) -> list[str]:
    contents = example["contents"]
    if contents[-1]["role"] != "model":
        raise ValueError("the last turn is not the model's")
    turns = [example["systemInstruction"], *contents] if "systemInstruction" in example else contents
    return [part["text"] for turn in turns for part in turn["parts"]]
