"""Makes a training and a validation set of an export: valid, redacted, without duplicates, split by group.

The export is read once as a stream; what is usable goes to a file without a name that vanishes with the
process, while a few numbers a row stay in memory: enough to choose and to split before the sets are written.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from ..counts import breakdown, number_of
from ..errors import FinriskError
from ..machine import folder_lock
from ..machine.files import (
    STAMP_FORMAT,
    HashedFile,
    Sink,
    json_bytes,
    put_in_place,
    remove_abandoned,
    scratch,
    sha256_of,
)
from . import repeats, report
from .candidates import Rejections, UsableRows
from .collection import collect
from .duplicates import families, worse
from .kin import Kin
from .names import METADATA, PREFERENCES, REJECTED, REPORT, ROWS, TRAINING, VALIDATION
from .portrait import Portrait
from .preferences import Preferences
from .repeats import NEAR_DUPLICATE, NEAR_VALIDATION
from .request import Request, raw_file, stamp_of
from .room import having_room
from .sets import write_sets
from .sizes import Sizes
from .spool import Spool
from .summary import Summary
from .variety import varied

__all__ = ["Request", "run"]


def run(request: Request, check_mode: bool) -> dict[str, Any]:
    """Write the seven files, or keep them when they would hold the same bytes.

    Raises FinriskError when there is no export, or nothing in it to train on.
    """
    request.check()
    raw_file(request)  # without one, no folder is made
    if check_mode:
        return _made(request, check_mode)
    with folder_lock.held(request.output_dir):  # while rows are erased, no set is made of them
        remove_abandoned(request.output_dir)
        return _made(request, check_mode)


def _made(request: Request, check_mode: bool) -> dict[str, Any]:
    raw = raw_file(request)
    moment = stamp_of(raw)
    folder = request.output_dir
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
        place = Path(tempfile.gettempdir()) if check_mode else folder
        spool = stack.enter_context(tempfile.TemporaryFile(buffering=0, dir=place))
        with having_room(place, raw):
            summary = _prepare(request, raw, moment, files, spool, paths)
            for file in files.values():
                file.flush()
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
    usable = UsableRows(Spool(spool))
    preferences = Preferences()
    origins, redacted, conflicts, sha256 = collect(raw, request, usable, rejections, preferences)
    rows = usable.rows()
    if not rows:
        raise FinriskError(
            f"{raw} holds nothing to train on: {number_of(origins.total, 'row')}, "
            f"{breakdown(rejections.counts) or 'none'}; collect more, then run "
            "playbooks/export.yml again",
            rejected=dict(rejections.counts),
        )
    kin = families(rows, usable.figures, usable.values, usable.texts, request.workers)
    for row in worse(kin, usable.sources, usable.rank):
        usable.drop(row, NEAR_DUPLICATE)
    best = _chosen(usable, usable.rows(), request.max_examples)
    validation, apart = usable.ties.validation(best, request.train_split)
    best = _without_leaks(usable, best, validation, kin)
    portrait = Portrait.with_picks(best, sha256)
    train_tokens, pairs = write_sets(usable, best, validation, files, rejections, preferences, portrait)
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
        "duplicates": repeats.report(summary.rejected, summary.conflicts),
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


def _holds(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_of(path) == sha256
