"""The prepared dataset that a tuning job is given: its files, their hashes, examples and tokens.

A run has several tasks, and an upload is many calls. The first task reads the files, hashes them and counts;
what it found goes to the others with the state in which each file was on disk. They look at that state alone,
and read a file again only when somebody touched it since.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from finrisk_rules import tokens

from ..cloud.bucket import LocalFile
from ..dataset.names import METADATA, TRAINING, VALIDATION
from ..errors import FinriskError
from ..machine.files import newest, read_json
from .rules import MIN_TRAINING_EXAMPLES

_PREPARE = "playbooks/prepare.yml"
_NEAR = 0.9  # the estimate is within 10 %
_LINES_SHOWN = 5
_BLOCK = 1 << 20  # bytes


@dataclass(frozen=True)
class Limits:
    """What the service takes; 0 where the inventory sets no limit."""

    tokens_per_example: int = 0
    file_bytes: int = 0
    training_examples: int = 0
    validation_examples: int = 0

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Limits:
        """Return the inventory's limits; raises FinriskError for an unknown name or no whole number."""
        names = [item.name for item in fields(cls)]
        for name, value in values.items():
            if name not in names:
                raise FinriskError(
                    f"finrisk_tuning_limits has the unknown name {name!r}; known are {', '.join(names)}"
                )
            if not str(value).isdigit():
                raise FinriskError(
                    f"finrisk_tuning_limits: {name} is {value!r}, expected a whole number, 0 for no limit"
                )
        return cls(**{name: int(str(value)) for name, value in values.items()})


@dataclass(frozen=True)
class DataFile:
    """One JSONL file of the dataset; ``longest`` maps lines (from 1) near the limit to their tokens.

    All of it holds as long as the file on disk is in this ``state``.
    """

    path: Path
    state: str
    size: int  # bytes
    sha256: str
    md5: str  # in base64, as Cloud Storage has it
    examples: int = 0
    tokens: int = 0  # estimated
    longest: dict[int, int] = field(default_factory=dict)

    @property
    def local(self) -> LocalFile:
        """The file as it is sent."""
        return LocalFile(self.path, self.size, self.md5)


@dataclass(frozen=True)
class TuningData:
    """What the job trains on and what it is validated with, within these limits."""

    metadata: Path
    training: DataFile
    validation: DataFile | None
    limits: Limits = field(default_factory=Limits)

    @property
    def measured(self) -> dict[str, Any]:
        """What ``read`` and ``unread`` of a later task take over."""
        files = [file for file in (self.training, self.validation) if file]
        return {
            "limits": asdict(self.limits),
            "files": [asdict(file) | {"path": str(file.path)} for file in files],
        }


def read(
    metadata: str,
    output_dir: Path,
    limits: Limits | None = None,
    measured: Mapping[str, Any] | None = None,
) -> TuningData:
    """Return the dataset of a metadata file, or of the newest one in ``output_dir`` when none is named.

    ``measured`` is what an earlier task found, under these limits or it counts for nothing.

    Raises FinriskError when it is missing, was changed since it was prepared, is too small to tune on, or is
    beyond a limit of the service, naming the lines.
    """
    limits = limits or Limits()
    same_limits = (measured or {}).get("limits") == asdict(limits)
    data = unread(metadata, output_dir, measured if same_limits else None)
    _check_bytes([data.training, *([data.validation] if data.validation else [])], limits)
    training = _with_counts(data.training, limits)
    validation = _with_counts(data.validation, limits) if data.validation else None
    if training.examples < MIN_TRAINING_EXAMPLES:
        raise FinriskError(
            f"{training.path} has {training.examples} training examples, fewer than the "
            f"{MIN_TRAINING_EXAMPLES} that tuning needs; collect and export more, then run {_PREPARE} again"
        )
    _check_number(training, limits.training_examples, "training")
    if validation:
        _check_number(validation, limits.validation_examples, "validation")
    return TuningData(data.metadata, training, validation, limits)


def unread(metadata: str, output_dir: Path, measured: Mapping[str, Any] | None = None) -> TuningData:
    """Return the dataset as ``read`` does, its files hashed but nothing counted in them."""
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
    earlier = {str(file.get("path")): file for file in (measured or {}).get("files") or []}
    training = _file(path, names, f"{TRAINING}_", earlier)
    if training is None:
        raise FinriskError(f"{path} names no {TRAINING}_*.jsonl; run {_PREPARE} again")
    return TuningData(path, training, _file(path, names, f"{VALIDATION}_", earlier))


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
    texts = [f"{line} (about {count:,} tokens)" for line, count in list(tokens_of.items())[:_LINES_SHOWN]]
    more = len(tokens_of) - len(texts)
    return f"line {', '.join(texts)}" + (f" and {more} more" if more else "")


def _check_bytes(files: list[DataFile], limits: Limits) -> None:
    for file in files:
        if limits.file_bytes and file.size > limits.file_bytes:
            raise FinriskError(
                f"{file.path} has {file.size:,} bytes, the service takes at most {limits.file_bytes:,} "
                "(finrisk_tuning_limits); prepare fewer examples with -e finrisk_max_examples=N"
            )


def _file(
    metadata: Path, names: Mapping[str, Any], prefix: str, earlier: Mapping[str, Mapping[str, Any]]
) -> DataFile | None:
    """Return the file of this kind, None when it is empty; ``earlier`` are another task's, by path."""
    matches = sorted(name for name in names if Path(name).name.startswith(prefix) and name.endswith(".jsonl"))
    if not matches:
        return None
    path, expected = metadata.parent / matches[0], names[matches[0]]
    if not path.is_file():
        raise FinriskError(f"{metadata} names {path}, which is missing; run {_PREPARE} again")
    file = _unchanged(path, earlier.get(str(path)) or {}) or _with_hashes(path)
    if file.sha256 != expected:
        raise FinriskError(
            f"{path} was changed since it was prepared: its SHA-256 is {file.sha256}, {metadata.name} says "
            f"{expected}; run {_PREPARE} again"
        )
    return file if file.size else None


def _state(path: Path) -> str:
    """Return what is another after every change: the change time cannot be set back, as the others can."""
    entry = path.stat()
    return f"{entry.st_dev}:{entry.st_ino}:{entry.st_size}:{entry.st_mtime_ns}:{entry.st_ctime_ns}"


def _unchanged(path: Path, earlier: Mapping[str, Any]) -> DataFile | None:
    """Return the file as an earlier task found it, None when it was touched since."""
    if earlier.get("state") != _state(path):
        return None
    try:
        # the keys of a JSON object are text
        longest = {int(line): int(count) for line, count in earlier["longest"].items()}
        return DataFile(**{**earlier, "path": path, "longest": longest})
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _with_hashes(path: Path) -> DataFile:
    state, size = _state(path), 0
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            sha256.update(block)
            md5.update(block)
            size += len(block)
    return DataFile(path, state, size, sha256.hexdigest(), base64.b64encode(md5.digest()).decode("ascii"))


def _with_counts(file: DataFile, limits: Limits) -> DataFile:
    """Return the file with its examples and tokens; FinriskError names the lines that are too long."""
    if file.examples:
        return file  # counted under the same limits before
    counts, limit = _tokens_of_lines(file.path), limits.tokens_per_example
    if limit and (long := {line: count for line, count in counts.items() if count > limit}):
        raise FinriskError(
            f"{_lines(long)} of {file.path} {'is' if len(long) == 1 else 'are'} longer than the {limit:,} "
            "tokens that the service takes of one example (finrisk_tuning_limits); shorten or withdraw what "
            f"they were made from, then run {_PREPARE} again"
        )
    near = {line: count for line, count in counts.items() if limit and count > _NEAR * limit}
    return replace(file, examples=len(counts), tokens=sum(counts.values()), longest=near)


def _tokens_of_lines(path: Path) -> dict[int, int]:
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
