"""Makes a training and a validation set of an export: valid, redacted, without duplicates, split by group.

The export is read once as a stream; what is usable goes to a file without a name that vanishes with the
process, while a few numbers a row stay in memory: enough to choose and to split before the sets are written.
"""

from __future__ import annotations

import heapq
import json
import re
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from finrisk_rules import tokens
from finrisk_rules.examples import fold, question_digest
from finrisk_rules.prompt import SYSTEM_INSTRUCTION

from ..counts import breakdown, number_of
from ..errors import FinriskError
from ..machine.files import (
    STAMP_FORMAT,
    HashedFile,
    Sink,
    json_bytes,
    make_folder,
    newest,
    put_in_place,
    remove_abandoned,
    scratch,
    sha256_of,
    stamp,
)
from .digests import DigestIndex
from .duplicates import DUPLICATE, duplicates_told, without_duplicates
from .names import METADATA, RAW, REJECTED, TRAINING, VALIDATION
from .raw import read
from .rows import Example, example_of, id_of, is_safe
from .sizes import Sizes
from .split import Ties

_TOKEN_SAMPLE = 500  # examples whose tokens are counted; the rest follows from their characters


@dataclass(frozen=True)
class Request:
    """Which export to prepare, where to, and how."""

    raw_file: str  # empty: the newest export in the folder
    output_dir: Path
    train_split: float
    max_examples: int  # 0: all
    min_quality: float
    training_labels: frozenset[str] = frozenset()

    def check(self) -> None:
        """Raise FinriskError when a value makes no sense."""
        if not 0 < self.train_split < 1:
            raise FinriskError(
                f"finrisk_train_split is {self.train_split:g}: expected a share between 0 and 1, such as 0.9"
            )
        if self.max_examples < 0 or self.max_examples == 1:
            raise FinriskError(
                f"finrisk_max_examples is {self.max_examples}: expected 0 for all, or 2 and more"
            )


@dataclass
class UsableRows:
    """The usable rows: their lines in a nameless file, and a few numbers for each."""

    spool: IO[bytes]
    quality: array[float] = field(default_factory=lambda: array("f"))
    created_at: array[float] = field(default_factory=lambda: array("d"))
    strategy_chars: array[int] = field(default_factory=lambda: array("I"))
    analysis_chars: array[int] = field(default_factory=lambda: array("I"))
    chars: array[int] = field(default_factory=lambda: array("I"))
    superseded: bytearray = field(
        default_factory=bytearray
    )  # 1: a better answer to the same question came later
    ties: Ties = field(default_factory=Ties)

    def add(self, number: int, name: str | None, example: Example) -> None:
        """Keep one example."""
        self.spool.write(json.dumps([number, name]).encode() + b"\t" + example.json_line())
        self.quality.append(example.quality)
        self.created_at.append(example.created_at)
        self.strategy_chars.append(len(example.strategy))
        self.analysis_chars.append(len(example.analysis))
        self.chars.append(len(SYSTEM_INSTRUCTION) + len(example.prompt) + len(example.analysis))
        self.superseded.append(0)
        self.ties.add(example.documents, example.user, fold(example.strategy))

    def rows(self) -> array[int]:
        """Return the numbers of the rows that no better answer replaced."""
        return array("I", (row for row, superseded in enumerate(self.superseded) if not superseded))

    def lines(self) -> Iterator[tuple[int, str | None, bytes]]:
        """Yield line number, id and JSONL line of each row in order."""
        self.spool.seek(0)
        for line in self.spool:
            head, _, body = line.partition(b"\t")
            number, name = json.loads(head)
            yield number, name, body


@dataclass
class Rejections:
    """Writes which rows were rejected and why: the place in the export and the id, never any of the text."""

    file: Sink
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, number: int, name: str | None, reason: str) -> None:
        """Write one."""
        self.counts[reason] += 1
        if name and not is_safe(name):
            name = None
        self.file.write(json.dumps({"row": number, "id": name, "reason": reason}).encode() + b"\n")


def run(request: Request, check_mode: bool) -> dict[str, Any]:
    """Write the four files, or keep them when they would hold the same bytes.

    Raises FinriskError when there is no export, or nothing in it to train on.
    """
    request.check()
    raw = _raw_file(request)
    moment = _stamp_of(raw)
    folder = request.output_dir
    if not check_mode:
        make_folder(folder)
        remove_abandoned(folder)
    paths = {name: folder / f"{name}_{moment}.jsonl" for name in (TRAINING, VALIDATION, REJECTED)}
    paths[METADATA] = folder / f"{METADATA}_{moment}.json"
    with ExitStack() as stack:
        files: dict[str, Sink] = {}
        temporary: dict[str, Path] = {}
        for name, path in paths.items():
            if check_mode:
                files[name] = Sink()
            else:
                files[name], temporary[name] = stack.enter_context(scratch(folder, path.name))
        spool = stack.enter_context(tempfile.TemporaryFile(dir=None if check_mode else folder))
        summary = _prepare(request, raw, moment, files, spool, paths)
        changed = [name for name, path in paths.items() if not _holds(path, files[name].sha256())]
        if not check_mode and changed:
            for name, path in paths.items():  # the metadata last: it vouches for the others
                file = files[name]
                assert isinstance(file, HashedFile)  # noqa: S101 - for the type checker
                put_in_place(file, temporary[name], path)
    if not changed:
        verb = "the files of an earlier run hold the same and are kept:"
    else:
        verb = "would write:" if check_mode else "wrote:"
    return {
        "changed": bool(changed),
        "raw_file": str(raw),
        "training_file": str(paths[TRAINING]),
        "validation_file": str(paths[VALIDATION]),
        "rejected_file": str(paths[REJECTED]),
        "metadata_file": str(paths[METADATA]),
        **summary.facts(),
        "summary": [*summary.lines(request), verb, *map(str, _told(paths, files))],
        "diff": {
            "before": "".join(f"{path.name}\n" for name, path in paths.items() if name not in changed),
            "after": "".join(f"{path.name}\n" for path in paths.values()),
        },
    }


def _told(paths: Mapping[str, Path], files: Mapping[str, Sink]) -> list[Path]:
    """Return the files that an operator is told of: an empty one says that nothing was rejected."""
    return [path for name, path in paths.items() if name != REJECTED or files[name].size]


@dataclass(frozen=True)
class Summary:
    """What became of the export's rows."""

    total: int
    valid: int
    train: int
    validation: int
    apart: str
    tokens: int
    rejected: dict[str, int]
    redacted: dict[str, int]

    def facts(self) -> dict[str, Any]:
        """Return the numbers of the module's result."""
        return {
            "total": self.total,
            "valid": self.valid,
            "train_examples": self.train,
            "validation_examples": self.validation,
            "tokens_estimated": self.tokens,
            "rejected": self.rejected,
            "redacted": self.redacted,
        }

    def lines(self, request: Request) -> list[str]:
        """Return the numbers as an operator reads them."""
        others = without_duplicates(self.rejected)
        rejected = f"; rejected: {breakdown(others)}" if others else ""
        rows = number_of(self.total, "row")
        lines = [f"{rows}, {self.valid:,} usable{rejected}", *duplicates_told(self.rejected)]
        if self.redacted:
            lines.append(f"redacted: {breakdown(self.redacted)}")
        if self.train + self.validation < self.valid:
            lines.append(f"the best {request.max_examples:,} are used (finrisk_max_examples)")
        lines.append(
            f"{self.train:,} to train on (about {self.tokens:,} tokens), {self.validation:,} to validate "
            f"with, kept apart by their {self.apart}"
        )
        return lines


def _prepare(
    request: Request, raw: Path, moment: str, files: dict[str, Sink], spool: IO[bytes], paths: dict[str, Path]
) -> Summary:
    rejections = Rejections(files[REJECTED])
    usable = UsableRows(spool)
    total, redacted = _collect(raw, request, usable, rejections)
    rows = usable.rows()
    if not rows:
        raise FinriskError(
            f"{raw} holds nothing to train on: {number_of(total, 'row')}, "
            f"{breakdown(rejections.counts) or 'none'}; collect more, then run ansible-playbook "
            "playbooks/export.yml again",
            rejected=dict(rejections.counts),
        )
    best = _best(usable, rows, request.max_examples)
    validation, apart = usable.ties.validation(best, request.train_split)
    train_tokens = _write_sets(usable, best, validation, files, rejections)
    summary = Summary(
        total=total,
        valid=len(rows),
        train=len(best) - len(validation),
        validation=len(validation),
        apart=apart,
        tokens=train_tokens,
        rejected=dict(sorted(rejections.counts.items())),
        redacted=dict(sorted(redacted.items())),
    )
    metadata = {
        "created_at": datetime.strptime(moment, STAMP_FORMAT).replace(tzinfo=UTC).isoformat(),
        "source": {"file": raw.name, "sha256": sha256_of(raw)},
        "total": summary.total,
        "valid": summary.valid,
        "train_examples": summary.train,
        "validation_examples": summary.validation,
        "train_split": request.train_split,
        "max_examples": request.max_examples or None,
        "rejected": summary.rejected,
        "strategy_chars": Sizes.of(usable.strategy_chars[row] for row in best).content(),
        "analysis_chars": Sizes.of(usable.analysis_chars[row] for row in best).content(),
        "tokens_estimated": summary.tokens,
        "files": {paths[name].name: files[name].sha256() for name in (TRAINING, VALIDATION, REJECTED)},
    }
    files[METADATA].write(json_bytes(metadata))
    return summary


def _collect(
    raw: Path, request: Request, usable: UsableRows, rejections: Rejections
) -> tuple[int, Counter[str]]:
    """Read the export once; of several answers to one question on the same sources the best-scored stays."""
    questions, best = DigestIndex(), array("I")
    redacted: Counter[str] = Counter()
    total = 0
    for line in read(raw):
        total += 1
        example = line.problem or example_of(line.value, request.min_quality, request.training_labels)
        if isinstance(example, str):  # the reason why the row makes none
            rejections.add(line.number, id_of(line.value), example)
            continue
        question = questions.number(question_digest(example.strategy, example.documents))
        row = len(usable.quality)
        if question == len(best):
            best.append(row)
        elif example.quality > usable.quality[best[question]]:
            usable.superseded[best[question]] = 1
            best[question] = row
        else:
            rejections.add(line.number, id_of(line.value), DUPLICATE)
            continue
        redacted.update(example.redacted)
        usable.add(line.number, id_of(line.value), example)
    return total, redacted


def _best(usable: UsableRows, rows: array[int], limit: int) -> array[int]:
    """Return at most ``limit`` rows (0: all): the best-scored, of equal ones the newest, then the first."""
    if not limit or len(rows) <= limit:
        return rows

    def rank(row: int) -> int:
        score = int((usable.quality[row] + 1) * 1_000_000)
        seconds = min(max(int(usable.created_at[row]), 0), (1 << 40) - 1)
        return (((score << 40) + seconds) << 32) - row

    least = heapq.nlargest(limit, map(rank, rows))[-1]
    return array("I", (row for row in rows if rank(row) >= least))


def _write_sets(
    usable: UsableRows, rows: array[int], validation: set[int], files: dict[str, Sink], rejections: Rejections
) -> int:
    """Write both sets and what was superseded; return the training set's estimated tokens."""
    in_sets = bytearray(len(usable.superseded))
    for row in rows:
        in_sets[row] = 1
    samples = sample_tokens = sample_chars = chars = 0
    for row, (number, name, line) in enumerate(usable.lines()):
        if usable.superseded[row]:
            rejections.add(number, name, DUPLICATE)
        elif not in_sets[row]:
            continue
        elif row in validation:
            files[VALIDATION].write(line)
        else:
            files[TRAINING].write(line)
            chars += usable.chars[row]
            if samples < _TOKEN_SAMPLE:
                samples += 1
                sample_tokens += tokens.estimate("\n".join(_texts(line)))
                sample_chars += usable.chars[row]
    return round(sample_tokens * chars / sample_chars) if sample_chars else 0


def _texts(line: bytes) -> list[str]:
    example = json.loads(line)
    return [
        part["text"]
        for turn in (example["systemInstruction"], *example["contents"])
        for part in turn["parts"]
    ]


def _raw_file(request: Request) -> Path:
    name = request.raw_file
    if not name:
        raw = newest(request.output_dir, RAW, ".json")
        if raw is None:
            raise FinriskError(
                f"there is no {RAW}_<time>.json in {request.output_dir}: run ansible-playbook "
                "playbooks/export.yml first, or name a file with -e finrisk_raw_file=PATH"
            )
        return raw
    path = Path(name).expanduser().absolute()
    if (
        any(sign in path.name for sign in "*?[") and not path.exists()
    ):  # as the shell would have written it out
        path = max(path.parent.glob(path.name), default=path)
    if not path.is_file():
        raise FinriskError(
            f"finrisk_raw_file is {name}: {path} is not a file; leave it out to take the newest export"
        )
    return path


def _stamp_of(raw: Path) -> str:
    """Return the time in the export's name, so that a second run writes the same names; else its age."""
    match = re.search(r"\d{8}_\d{6}", raw.name)
    if match:
        try:
            datetime.strptime(match[0], STAMP_FORMAT).replace(tzinfo=UTC)
        except ValueError:
            pass
        else:
            return match[0]
    return stamp(datetime.fromtimestamp(raw.stat().st_mtime, UTC))


def _holds(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_of(path) == sha256
