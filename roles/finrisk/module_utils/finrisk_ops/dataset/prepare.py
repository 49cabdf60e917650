"""Makes a training and a validation set of an export: valid, redacted, without duplicates, split by group.

The export is read once as a stream; what is usable goes to a file without a name that vanishes with the
process, while a few numbers a row stay in memory: enough to choose and to split before the sets are written.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from finrisk_rules import tokens
from finrisk_rules.redaction import NOBODY, Names

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
from ..machine.workers import processors
from . import duplicates, report, vertex
from .candidates import Rejections, UsableRows
from .duplicates import DUPLICATE, NEAR_DUPLICATE, NEAR_VALIDATION, Questions, families, worse
from .examples import Terms
from .intake import Batch, Look, Rejection, batches
from .likeness import Kin
from .names import METADATA, PREFERENCES, RAW, REJECTED, REPORT, ROWS, TRAINING, VALIDATION
from .places import Places
from .portrait import Portrait
from .preferences import Preferences, pair_line
from .raw import read
from .sizes import Sizes
from .summary import Origins, Summary
from .variety import varied

_BUFFER = 1 << 18  # bytes
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
    refused_producers: tuple[str, ...] = ()
    tuned_rows: bool = False
    judge_again: bool = False
    names: Names = NOBODY  # that redaction takes out
    processes: int = 0  # 0: as many as there are processors
    tell: Callable[[int, int, str], None] | None = None  # takes percent done, 100, and of what

    @property
    def workers(self) -> int:
        """Return how many processes look at rows."""
        return self.processes or processors()

    def terms(self, is_scored: bool) -> Terms:
        """Return the terms on which a row is trained on; ``is_scored`` when others have a quality score."""
        return Terms(
            self.min_quality,
            self.training_labels,
            self.refused_producers,
            self.tuned_rows,
            self.names,
            is_scored=is_scored and self.min_quality > 0,
        )

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
        if self.processes < 0:
            raise FinriskError(
                f"finrisk_processes is {self.processes}: expected 0 for one a processor, or 1 and more"
            )


def run(request: Request, check_mode: bool) -> dict[str, Any]:
    """Write the seven files, or keep them when they would hold the same bytes.

    Raises FinriskError when there is no export, or nothing in it to train on.
    """
    request.check()
    raw = _raw_file(request)
    moment = _stamp_of(raw)
    folder = request.output_dir
    if not check_mode:
        make_folder(folder)
        remove_abandoned(folder)
    paths = {
        name: folder / f"{name}_{moment}.jsonl" for name in (TRAINING, VALIDATION, PREFERENCES, REJECTED)
    }
    paths[ROWS] = folder / f"{ROWS}_{moment}.tsv"
    paths[REPORT] = folder / f"{REPORT}_{moment}.html"
    paths[METADATA] = folder / f"{METADATA}_{moment}.json"
    with ExitStack() as stack:
        files: dict[str, Sink] = {}
        temporary: dict[str, Path] = {}
        for name, path in paths.items():
            if check_mode:
                files[name] = Sink()
            else:
                files[name], temporary[name] = stack.enter_context(scratch(folder, path.name))
        spool = stack.enter_context(
            tempfile.TemporaryFile(buffering=_BUFFER, dir=None if check_mode else folder)
        )
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
        "preference_file": str(paths[PREFERENCES]),
        "rejected_file": str(paths[REJECTED]),
        "metadata_file": str(paths[METADATA]),
        "report_file": str(paths[REPORT]),
        **summary.facts(),
        "summary": [*summary.lines(request.max_examples), verb, *map(str, _told(paths, files))],
        "diff": {
            "before": "".join(f"{path.name}\n" for name, path in paths.items() if name not in changed),
            "after": "".join(f"{path.name}\n" for path in paths.values()),
        },
    }


def _told(paths: Mapping[str, Path], files: Mapping[str, Sink]) -> list[Path]:
    """Return the files that an operator is told of: an empty one says that there is nothing of its kind."""
    return [path for name, path in paths.items() if files[name].size]


def _prepare(
    request: Request, raw: Path, moment: str, files: dict[str, Sink], spool: IO[bytes], paths: dict[str, Path]
) -> Summary:
    rejections = Rejections(files[REJECTED])
    usable = UsableRows(spool)
    preferences = Preferences()
    origins, redacted, conflicts, sha256 = _collect(raw, request, usable, rejections, preferences)
    rows = usable.rows()
    if not rows:
        raise FinriskError(
            f"{raw} holds nothing to train on: {number_of(origins.total, 'row')}, "
            f"{breakdown(rejections.counts) or 'none'}; collect more, then run "
            "playbooks/export.yml again",
            rejected=dict(rejections.counts),
        )
    kin = families(rows, usable.figures, usable.texts, request.workers)
    for row in worse(kin, usable.sources, usable.rank):
        usable.drop(row, NEAR_DUPLICATE)
    best = _chosen(usable, usable.rows(), request.max_examples)
    validation, apart = usable.ties.validation(best, request.train_split)
    best = _without_leaks(usable, best, validation, kin)
    portrait = Portrait.with_picks(best, sha256)
    train_tokens, pairs = _write_sets(usable, best, validation, files, rejections, preferences, portrait)
    summary = Summary(
        total=origins.total,
        valid=len(usable.rows()),
        train=len(best) - len(validation),
        validation=len(validation),
        apart=apart,
        users_on_both_sides=usable.ties.users_on_both_sides(best, validation),
        conflicts=conflicts,
        origins=origins,
        pairs=pairs,
        kinds=(len({usable.kinds[row] for row in best}), len({usable.kinds[row] for row in usable.rows()})),
        tokens=train_tokens,
        rejected=dict(sorted(rejections.counts.items())),
        redacted=dict(sorted(redacted.items())),
    )
    lengths = portrait.lengths[0] + portrait.lengths[1]
    metadata = {
        "created_at": datetime.strptime(moment, STAMP_FORMAT).replace(tzinfo=UTC).isoformat(),
        "source": {"file": raw.name, "sha256": sha256},
        "total": summary.total,
        "valid": summary.valid,
        "train_examples": summary.train,
        "validation_examples": summary.validation,
        "preference_pairs": summary.pairs,
        "train_split": request.train_split,
        "max_examples": request.max_examples or None,
        "rejected": summary.rejected,
        "redacted": summary.redacted,
        "duplicates": duplicates.report(summary.rejected, summary.conflicts),
        "split": {"apart": summary.apart, "users_on_both_sides": summary.users_on_both_sides},
        **origins.content(),
        "strategy_chars": Sizes.of(lengths.strategy.elements()).content(),
        "analysis_chars": Sizes.of(lengths.analysis.elements()).content(),
        "tokens_estimated": summary.tokens,
        **report.figures(portrait, summary),
        "files": {
            paths[name].name: files[name].sha256() for name in (TRAINING, VALIDATION, PREFERENCES, REJECTED)
        },
    }
    files[METADATA].write(json_bytes(metadata))
    files[REPORT].write(report.page(metadata, portrait.excerpts))
    return summary


def _collect(
    raw: Path, request: Request, usable: UsableRows, rejections: Rejections, preferences: Preferences
) -> tuple[Origins, Counter[str], int, str]:
    """Read the export once; of several answers to one question on the same sources the best stays.

    Returned are who wrote and judged the rows, what was redacted, how many answers contradict another, and
    the export's SHA-256, which is made while other processes look at rows.
    """
    questions, hashed = Questions(), hashlib.sha256()
    redacted: Counter[str] = Counter()
    origins, size = Origins(), max(1, raw.stat().st_size)
    look = Look(request.terms(_is_scored(raw)), request.judge_again)
    for batch in _hashing(batches(raw, look, request.workers), raw, hashed):
        origins.update(batch.origins)
        for dislike in batch.dislikes:
            preferences.add(dislike)
        for candidate in batch.rows:
            if isinstance(candidate, Rejection):
                rejections.add(*candidate)
                continue
            row = len(usable.fates)
            beside = partial(usable.beside, candidate)
            rival = questions.rival(candidate.question, candidate.rank, row, beside)
            if rival == row:
                rejections.add(candidate.number, candidate.name, DUPLICATE)
                continue
            if rival is not None:
                usable.drop(rival, DUPLICATE)
            if candidate.redacted:
                redacted.update(candidate.redacted)
            usable.add(candidate)
        if request.tell:
            request.tell(100 * batch.end // size, 100, "of the export read")
    return origins, redacted, questions.conflicts, hashed.hexdigest()


def _hashing(batches: Iterator[Batch], raw: Path, hashed: hashlib._Hash) -> Iterator[Batch]:
    """Yield the batches, and hash what of the export each was made of."""
    with raw.open("rb") as file:
        for batch in batches:
            hashed.update(file.read(batch.end - file.tell()))
            yield batch
        while rest := file.read(_BUFFER):
            hashed.update(rest)


def _is_scored(raw: Path) -> bool:
    """Say whether a row of the export has a quality score; one made by hand may have none."""
    return any(isinstance(line.value, dict) and "quality_score" in line.value for line in read(raw))


def _without_leaks(usable: UsableRows, rows: array[int], validation: set[int], kin: Kin) -> array[int]:
    """Return the rows without those to train on that nearly repeat one to validate with; never none."""
    known = {kin.of(row) for row in validation}
    leaks = {row for row in rows if row not in validation and kin.of(row) in known}
    if len(leaks) == len(rows) - len(validation):
        return rows
    for row in leaks:
        usable.drop(row, NEAR_VALIDATION)
    return array("I", (row for row in rows if row not in leaks))


def _chosen(usable: UsableRows, rows: array[int], limit: int) -> array[int]:
    """Return at most ``limit`` rows (0: all), of all kinds; of each the best, of equal ones the newest."""
    if not limit or len(rows) <= limit:
        return rows
    return varied(rows, usable.kinds, usable.ranks(), limit)


def _write_sets(
    usable: UsableRows,
    rows: array[int],
    validation: set[int],
    files: dict[str, Sink],
    rejections: Rejections,
    preferences: Preferences,
    portrait: Portrait,
) -> tuple[int, int]:
    """Write the sets, the pairs, and what was taken out; return the training set's tokens and the pairs."""
    places = Places(files[ROWS])
    in_sets = bytearray(len(usable.fates))
    for row in rows:
        in_sets[row] = 1
    samples = sample_tokens = sample_chars = chars = pairs = 0
    for row, line in enumerate(usable.lines()):
        if fate := usable.fate(row):
            rejections.add(line.number, line.name, fate)
            continue
        if not in_sets[row]:
            continue
        portrait.add(row, line, side=int(row in validation))
        if row in validation:
            files[VALIDATION].write(line.body)
            places.add(VALIDATION, line.name)
        else:
            files[TRAINING].write(line.body)
            places.add(TRAINING, line.name)
            if worse := preferences.worse(line.body, line.replaced, is_liked=line.is_liked):
                files[PREFERENCES].write(pair_line(line.body, worse.analysis))
                places.add(PREFERENCES, line.name, worse.name)
                pairs += 1
            chars += line.chars.example
            if samples < _TOKEN_SAMPLE:
                samples += 1
                sample_tokens += tokens.estimate("\n".join(vertex.texts(line.body)))
                sample_chars += line.chars.example
    return (round(sample_tokens * chars / sample_chars) if sample_chars else 0), pairs


def _raw_file(request: Request) -> Path:
    name = request.raw_file
    if not name:
        raw = newest(request.output_dir, RAW, ".json")
        if raw is None:
            raise FinriskError(
                f"there is no {RAW}_<time>.json in {request.output_dir}: run "
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
